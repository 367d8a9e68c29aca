"""What runs inside the frame: welcome, chat, earlier conversations, the two questions. All words come from here."""

import json
import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_GET

from ascolto.channels.messenger.expectation import expectation
from ascolto.conversations.models import Inbox
from ascolto.files.store import LIMIT_BYTES, MB
from ascolto.surveys.wording import wording
from ascolto.web.messenger.door import closed_messenger, language_of_visitor, messenger_with
from ascolto.web.security import open_to_all

# An origin goes into a header: whatever is not plainly one is left out, whoever wrote it into the row.
PLAIN_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?")
FILES_IN_ONE_MESSAGE = 10


@open_to_all
@require_GET
def frame(request: HttpRequest, key: str) -> HttpResponse:
    """The messenger as a page of its own, or (`?embedded=1`) in the frame that the loader opens on another site."""
    if closed := closed_messenger(key):
        return closed_page(request, closed)
    inbox = messenger_with(key)
    language = language_of_visitor(request, inbox)
    origins = origins_of(inbox)
    context = {
        "inbox": inbox,
        "language": language,
        "welcome": inbox.welcome if language == inbox.language else "",  # written once, in the inbox's language
        "is_embedded": request.GET.get("embedded") == "1",
        "origins": json.dumps(origins),
        "limit_bytes": LIMIT_BYTES,
        "limit_mb": LIMIT_BYTES // MB,
        "limit_files": FILES_IN_ONE_MESSAGE,
    }
    with override(language):
        told = {"expectation": expectation(language=language, at=timezone.now()), "survey": wording()}
        response = render(request, "messenger/frame.html", context | told)
    response["Content-Language"] = language
    response["Content-Security-Policy"] = policy(origins)
    return response


def closed_page(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    """What stands where the messenger was."""
    language = language_of_visitor(request, inbox)
    with override(language):
        response = render(request, "messenger/closed.html", {"language": language}, status=410)
    response["Content-Language"] = language
    response["Content-Security-Policy"] = policy(origins_of(inbox))
    return response


def origins_of(inbox: Inbox) -> list[str]:
    return [origin for origin in inbox.allowed_origins if PLAIN_ORIGIN.fullmatch(str(origin))]


def policy(origins: list[str]) -> str:
    """Scripts and styles of ours alone, no sink that takes text for markup, only the inbox's sites around it (threat D5)."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
            " ".join(("frame-ancestors 'self'", *origins)),
        )
    )
