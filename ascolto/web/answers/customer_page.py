"""The customer's own page: /t/<token>. Whoever holds the link reads and writes here; it proves nothing and joins nothing."""

import secrets
from hashlib import sha256
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ascolto.channels.delivery import language_of
from ascolto.channels.inbound import InboundMessage, NotYours, accept
from ascolto.channels.link_view import file_for, messages_for, subject_for, view_of
from ascolto.channels.messenger.expectation import expectation
from ascolto.channels.renew_link import ask_for_link
from ascolto.conversations.access import NotFound
from ascolto.conversations.links import LinkGone, open_link
from ascolto.conversations.models import PrivateLink
from ascolto.conversations.read_marks import mark_seen_by_customer
from ascolto.surveys.display import mark_displayed
from ascolto.surveys.queries import answered_by_customer, pending_for_customer
from ascolto.text.normalise import MAX_CHARS, TooLong, is_blank, normalise, normalise_line
from ascolto.web.answers.call_form import CallForm
from ascolto.web.answers.file import bytes_of
from ascolto.web.answers.privately import answer, by_secret_link, gone, speaking
from ascolto.web.client import comes_too_often
from ascolto.web.uploads import MAX_FILES, BadUpload, keep

PAGE = 50
RATES = "10/minute;60/hour"  # of messages from one address
RENEWAL_RATES = "5/minute;20/hour"
NONCE_CHARS = 40
GONE = "answers/page_gone.html"


@by_secret_link
@require_http_methods(["GET", "HEAD", "POST"])
def customer_page(request: HttpRequest, token: str) -> HttpResponse:
    """The public part of the thread and a form to go on; by POST, one more message."""
    try:
        link = open_link(token, now=now())
    except LinkGone:
        return renewed(request, token) if request.POST.get("renew") else not_open(request)
    with speaking(request, language_of(link.conversation)):
        return written(request, token, link) if request.method == "POST" else shown(request, token, link)


def not_open(request: HttpRequest) -> HttpResponse:
    """One answer for every link that does not open, with the words that it kept from being sent."""
    return gone(request, GONE, text=request.POST.get("text", "")[:MAX_CHARS])


def renewed(request: HttpRequest, token: str) -> HttpResponse:
    """Have a new link mailed to where this one went, if it was good once; the answer is the same whatever it was."""
    if not comes_too_often(request, "link renewal", RENEWAL_RATES):
        ask_for_link(token=token, at=now())
    return answer(request, "answers/page_renewed.html", {})


def shown(
    request: HttpRequest,
    token: str,
    link: PrivateLink,
    *,
    problem: str = "",
    text: str = "",
    call: CallForm | None = None,
    status: int = 200,
) -> HttpResponse:
    conversation, view = link.conversation, view_of(link)
    messages = messages_for(view, before=uuid_in(request.GET.get("before")), limit=PAGE + 1)
    whose = (conversation.customer_id, conversation.id, now())
    survey = pending_for_customer(*whose) if view.is_customers else None
    context: dict[str, object] = {
        "token": token,
        "conversation": conversation,
        "subject": subject_for(view, conversation),
        "messages": messages[-PAGE:],
        "last_shown": messages[-1].id if messages else "",  # what is written after it was not seen here
        "has_earlier": len(messages) > PAGE,
        "is_latest": "before" not in request.GET,
        "expires_at": link.expires_at,
        "survey": survey,
        "answered": answered_by_customer(*whose) if view.is_customers and not survey else None,
        "expected": expectation(language=get_language() or "it", at=now()),
        "nonce": request.POST.get("nonce") or secrets.token_urlsafe(16),
        "text": text,
        "problem": problem,
        "call": call or CallForm(),
        "now": now(),
        "sent": request.GET.get("sent", "") if not problem else "",
        "max_files": MAX_FILES,
    }
    return answer(request, "answers/page.html", context, status=status)


def uuid_in(said: str | None) -> UUID | None:
    try:
        return UUID(said or "")
    except ValueError:
        return None


def written(request: HttpRequest, token: str, link: PrivateLink) -> HttpResponse:
    """Take one message in; the same form sent twice is one message."""
    said = request.POST.get("text", "")
    if comes_too_often(request, "customer page", RATES):
        words = _("Too many messages from here at once. Your text is still here: wait a minute and press Send again.")
        return shown(request, token, link, problem=words, text=said, status=429)
    try:
        text = normalise(said)
        files = keep(uploads(request), owner=f"link:{link.id}", at=now())
        if is_blank(text) and not files:
            return shown(request, token, link, problem=_("Write something or choose a file, then press Send."), status=422)
        accept(message_of(request, link, text, files))
    except TooLong:
        words = _("That is longer than fits in one message. Shorten it, or attach it as a file.")
        return shown(request, token, link, problem=words, text=said, status=422)
    except BadUpload as error:
        return shown(request, token, link, problem=error.words, text=said, status=422)
    except NotYours:
        return not_open(request)
    note_seen(link, request.POST.get("up_to"))
    return HttpResponseRedirect(f"{request.path}?sent=1#last", status=303)


def uploads(request: HttpRequest) -> list["UploadedFile[bytes]"]:
    return [each for each in request.FILES.getlist("files") if isinstance(each, UploadedFile)]


def source_of(request: HttpRequest, link: PrivateLink, *said: str) -> str:
    """The same only for the same form with the same words and files."""
    nonce = request.POST.get("nonce", "")[:NONCE_CHARS] or secrets.token_urlsafe(16)
    digest = sha256("\x00".join(said).encode("utf-8", "replace")).hexdigest()[:32]
    return f"t:{link.id}:{normalise_line(nonce)}:{digest}"


def message_of(request: HttpRequest, link: PrivateLink, text: str, files: list[UUID]) -> InboundMessage:
    return InboundMessage(
        inbox=link.conversation.inbox_id,
        text=text,
        at=now(),
        source=source_of(request, link, text, *(f"{each.name}:{each.size}" for each in uploads(request))),
        files=tuple(files),
        file_owner=f"link:{link.id}",
        customer=link.conversation.customer_id,
        conversation=link.conversation_id,
    )


@by_secret_link
@require_POST
def read(request: HttpRequest, token: str) -> HttpResponse:
    """The page has been before someone's eyes for a moment (said by its script, never by a GET)."""
    try:
        link = open_link(token, now=now())
    except LinkGone:
        return not_open(request)
    if note_seen(link, request.POST.get("up_to")):
        mark_displayed(conversation_id=link.conversation_id, customer_id=link.conversation.customer_id, at=now())
    return HttpResponse(status=204)


def note_seen(link: PrivateLink, up_to: str | None) -> bool:
    """The customer has read as far as this; whoever else holds a link reads nothing in their place, and it is said so."""
    is_customers = view_of(link).is_customers
    if is_customers:
        mark_seen_by_customer(conversation=link.conversation, at=now(), up_to=uuid_in(up_to))
    return is_customers


@by_secret_link
@require_safe
def attachment(request: HttpRequest, token: str, attachment_id: UUID) -> HttpResponseBase:
    """One file of a message that this page shows."""
    try:
        found = file_for(view_of(open_link(token, now=now())), attachment_id)
        return bytes_of(found.file, is_preview=request.GET.get("preview") == "1")
    except (LinkGone, NotFound, Http404):
        return not_open(request)
