"""One conversation on screen: messages, notes and events as one timeline."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from ascolto.accounts.models import User
from ascolto.channels.models import Thread
from ascolto.conversations.drafts import draft_of
from ascolto.conversations.models import Conversation
from ascolto.conversations.read_marks import mark_read
from ascolto.conversations.timeline import timeline
from ascolto.eventlog.read import last_position
from ascolto.web.console import inbox
from ascolto.web.console.choices import choices_context
from ascolto.web.console.customer import LANGUAGES, customer_context
from ascolto.web.console.lines import lines_of
from ascolto.web.console.rows import CHANNELS, name_of
from ascolto.web.console.visible import colleague, conversation_or_404
from ascolto.web.page import is_fragment

# Where a reply goes, by the kind of inbox: in general, and in a language that we know.
WAYS: dict[str, tuple[str | Promise, str | Promise]] = {
    "messenger": (_("in the messenger"), _("in the messenger, in %(language)s")),
    "webform": (_("by e-mail"), _("by e-mail, in %(language)s")),
    "api": (_("through another program"), _("through another program, in %(language)s")),
    "email": (_("by e-mail"), _("by e-mail, in %(language)s")),
    "sms": (_("as a text message"), _("as a text message, in %(language)s")),
    "phone": (_("a call is answered by calling"), _("a call is answered by calling, in %(language)s")),
    "whatsapp": (_("by WhatsApp"), _("by WhatsApp, in %(language)s")),
    "telegram": (_("by Telegram"), _("by Telegram, in %(language)s")),
}
LIVE = 20  # messages that a live update looks through


@require_GET
def thread(request: HttpRequest, number: int) -> HttpResponse:
    """A conversation with its list and its customer; for htmx the two panes that change."""
    return show(request, conversation_or_404(request, number), before=id_or_none(request.GET.get("before")))


def show(
    request: HttpRequest,
    conversation: Conversation,
    *,
    before: UUID | None = None,
    status: int = 200,
    written: dict[str, Any] | None = None,
) -> HttpResponse:
    """The whole screen around a conversation, with what was written and not taken (`written`) still in the composer."""
    user, now = colleague(request), timezone.now()
    context = thread_context(user, conversation, now, before=before) | customer_context(user, conversation)
    context |= choices_context(conversation, user) | {"place": "conversations", "list": list_of(request, conversation, user)}
    if written is None and "note" in request.GET:
        written = {"is_note": True}
    context["composer"] |= written or {}
    if is_fragment(request):
        return render(request, "console/thread/_panes.html", context, status=status)
    context |= inbox.list_context(user, context["list"], cursor=None, now=now, current=conversation.number)
    context["position"] = last_position()
    return render(request, "console/thread.html", context, status=status)


def thread_context(user: User, conversation: Conversation, now: datetime, *, before: UUID | None = None) -> dict[str, Any]:
    """What the thread pane shows."""
    found = timeline(conversation, before=before)
    draft = draft_of(user, conversation)
    return {
        "conversation": conversation,
        "channel": CHANNELS.get(conversation.inbox.kind, conversation.inbox.name),
        "lines": list(lines_of(found.entries, conversation)),
        "before": found.before,
        "is_old_page": before is not None,
        "now": now,
        "composer": {
            "text": draft.text if draft else "",
            "is_note": bool(draft and draft.is_note),
            "saved_at": draft.updated_at if draft else None,
            "client_id": uuid4().hex,
            "last_seen": now.isoformat(),
            "to": way_of(conversation),
        },
    }


def way_of(conversation: Conversation) -> str:
    """How a reply reaches the customer, in words: a mail by its address."""
    general, spoken = WAYS.get(conversation.inbox.kind, WAYS["api"])
    address = address_of(conversation)
    if address:
        general, spoken = _("by e-mail to %(address)s"), _("by e-mail to %(address)s, in %(language)s")
    language = str(LANGUAGES.get(conversation.language, ""))
    named = {"address": address, "language": language.lower() if get_language() == "it" else language}
    return str(spoken if language else general) % named


def address_of(conversation: Conversation) -> str:
    """Where a mail to them goes; empty for other channels."""
    if conversation.inbox.kind != "email":
        return ""
    return Thread.objects.filter(conversation=conversation, is_main=True).values_list("address", flat=True).first() or ""


@require_GET
def timeline_part(request: HttpRequest, number: int) -> HttpResponse:
    """The latest lines with the head of the thread and its facts, for live updates; or the page before a message."""
    conversation = conversation_or_404(request, number)
    before, after = id_or_none(request.GET.get("before")), instant_or_none(request.GET.get("after"))
    if before is not None:
        older = timeline(conversation, before=before)
        context = {"conversation": conversation, "before": older.before, "lines": list(lines_of(older.entries, conversation))}
        return render(request, "console/thread/_older.html", context)
    latest = timeline(conversation, limit=LIVE)
    user, now = colleague(request), timezone.now()
    context = choices_context(conversation, user) | {
        "conversation": conversation,
        "channel": CHANNELS.get(conversation.inbox.kind, conversation.inbox.name),
        "who": name_of(conversation),
        "list": list_of(request, conversation, user),
        "lines": list(lines_of([each for each in latest.entries if after is None or each.at >= after], conversation)),
        "before": latest.before,
        "now": now,
    }
    return render(request, "console/thread/_live.html", context)


@require_GET
def customer_pane(request: HttpRequest, number: int) -> HttpResponse:
    """The customer beside the thread, for live updates."""
    conversation, user = conversation_or_404(request, number), colleague(request)
    context = customer_context(user, conversation) | choices_context(conversation, user) | {"conversation": conversation}
    return render(request, "console/customer/_customer.html", context)


@require_GET
def holder(request: HttpRequest, number: int) -> HttpResponse:
    """Whether I hold it, nobody does, or another: whom a new message concerns."""
    held_by = conversation_or_404(request, number).assignee_id
    user = colleague(request)
    return JsonResponse({"holder": "nobody" if held_by is None else "me" if held_by == user.pk else "other"})


@require_POST
def read(request: HttpRequest, number: int) -> HttpResponse:
    """This colleague has read what stands there now."""
    mark_read(user=colleague(request), conversation=conversation_or_404(request, number), at=timezone.now())
    return HttpResponse(status=204)


def list_of(request: HttpRequest, conversation: Conversation, user: User) -> str:
    """Which list stands beside the thread: the one they came from, else one that holds the conversation."""
    asked = request.GET.get("list", "")
    if asked in inbox.NAMES:
        return asked
    if not conversation.is_active:
        return "resolved"
    if conversation.assignee_id == user.pk:
        return "mine"
    return "unassigned" if conversation.assignee_id is None else str(conversation.status)


def id_or_none(text: str | None) -> UUID | None:
    """An id from an address. :raises Http404: it is none"""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def instant_or_none(text: str | None) -> datetime | None:
    """An instant from an address. :raises Http404: it is none"""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise Http404 from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
