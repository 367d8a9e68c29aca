"""Mail that did not leave because no server is set: what would have gone out, one by one."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from ascolto.accounts.models import User
from ascolto.egress.mail import NotKept, list_kept, read_kept
from ascolto.text.normalise import MAX_CHARS, normalise
from ascolto.web.admin.door import only_with

LABELS = {
    "From": pgettext_lazy("a mail", "From"),
    "To": pgettext_lazy("a mail", "To"),
    "Message-ID": gettext_lazy("Its own number"),
}
LATEST = 100  # the newest; the folder itself has the others


@require_safe
@only_with("manage_desk")  # a kept mail may hold a new password's link: it opens accounts, so only admins read it
def mails(request: HttpRequest, admin: User) -> HttpResponse:
    """The newest kept mails."""
    found = list_kept(LATEST + 1)
    context = {
        "place": "settings",
        "section": "mail",
        "mails": found[:LATEST],
        "has_more": len(found) > LATEST,
        "latest": LATEST,
        "has_server": bool(settings.SMTP_URL),
    }
    return render(request, "settings/mails.html", context)


@require_safe
@only_with("manage_desk")
def mail(request: HttpRequest, admin: User, name: str) -> HttpResponse:
    """One mail as plain text, its links to be opened."""
    try:
        found = read_kept(name)
    except NotKept as error:
        raise Http404 from error
    context = {
        "place": "settings",
        "section": "mail",
        "subject": str(found.get("Subject", "")),
        "headers": [(words, str(found[header])) for header, words in LABELS.items() if found.get(header)],
        "at": dated(found),
        "text": plain_text(found),
    }
    response = render(request, "settings/mail.html", context)
    response["Referrer-Policy"] = "no-referrer"  # the links in it are secrets
    return response


def dated(found: EmailMessage) -> datetime | None:
    """When it was written; None when its date cannot be read."""
    try:
        at = parsedate_to_datetime(str(found.get("Date", "")))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def plain_text(found: EmailMessage) -> str:
    body = found.get_body(preferencelist=("plain",))
    return normalise(str(body.get_content())[:MAX_CHARS], max_chars=MAX_CHARS * 3) if body is not None else ""
