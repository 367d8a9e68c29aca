"""The one script a site embeds; small, the same for every visitor, and without a cookie."""

import gzip
import json
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_GET

from ascolto.conversations.models import Inbox
from ascolto.web.language import OURS
from ascolto.web.messenger.door import messenger_with
from ascolto.web.security import open_to_all
from ascolto.workspace.queries import workspace

PLACE_OF_SETTINGS = '"ASCOLTO_SETTINGS"'  # in loader.js; words and key are put in its place
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
KEPT_S = 300  # by browsers; a change of the loader reaches every page within five minutes


@open_to_all
@require_GET
def script(request: HttpRequest, key: str) -> HttpResponse:
    """The loader of this inbox, gzipped for who asks: it holds no secret. 304 when the browser has it, 404 for an unknown key."""
    inbox = messenger_with(key)
    return as_script(request, source("js/messenger/loader.js").replace(PLACE_OF_SETTINGS, settings_of(inbox), 1))


def as_script(request: HttpRequest, text: str) -> HttpResponse:
    """A script for other sites' pages, as bytes or as 304."""
    body = text.encode()
    is_small = bool(TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")))
    etag = f'"{sha256(body).hexdigest()[:16]}{"-gzip" if is_small else ""}"'
    headers = {
        "Cache-Control": f"public, max-age={KEPT_S}",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": etag,
        "Vary": "Accept-Encoding",
    }
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    if is_small:
        headers["Content-Encoding"] = "gzip"
        body = packed(body)
    return HttpResponse(body, content_type="text/javascript; charset=utf-8", headers=headers)


@lru_cache(maxsize=16)
def packed(body: bytes) -> bytes:
    """The same bytes for the same script, so that the ETag holds."""
    return gzip.compress(body, mtime=0)


@lru_cache(maxsize=4)
def source(name: str) -> str:
    """A loader as it is installed, to be filled in."""
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(f"{name} is not installed")
    return Path(path).read_text(encoding="utf-8")


def settings_of(inbox: Inbox) -> str:
    """What the loader has to know, as a JavaScript literal: its key, and its few words in every language."""
    desk = workspace()
    name = desk.name if desk else inbox.name
    facts = {"key": inbox.key, "language": inbox.language, "words": {code: words_in(code, name) for code in OURS}}
    return json.dumps(facts, separators=(",", ":")).replace("<", "\\u003c")


def words_in(language: str, name: str) -> dict[str, str]:
    with override(language):
        return {
            "open": _("Write to %(name)s") % {"name": name},
            "window": _("Messages with %(name)s") % {"name": name},
            "one": ngettext("%(count)s new reply", "%(count)s new replies", 1) % {"count": 1},
            "many": ngettext("%(count)s new reply", "%(count)s new replies", 2) % {"count": "{count}"},
        }
