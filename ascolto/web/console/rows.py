"""One conversation as a line of a list: who, what in their words, how long and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ascolto.conversations import queries
from ascolto.conversations.models import Conversation
from ascolto.text.phones import phone_in_words
from ascolto.web.parts.tags import waited

ICONS = {
    "messenger": "message-circle",
    "webform": "globe",
    "api": "webhook",
    "email": "mail",
    "sms": "message-square-text",
    "phone": "phone",
    "whatsapp": "message-circle-more",
    "telegram": "send",
    "custom": "cable",
}
CHANNELS: dict[str, str | Promise] = {
    "messenger": gettext_lazy("Messenger"),
    "webform": gettext_lazy("Web form"),
    "api": gettext_lazy("Another program"),
    "email": gettext_lazy("E-mail"),
    "sms": gettext_lazy("Text messages"),
    "phone": gettext_lazy("Phone"),
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a list shows of one conversation."""

    conversation: Conversation
    who: str
    what: str
    last: str  # the last words, when they are not those of the subject
    why: str
    icon: str
    channel: str | Promise
    is_unread: bool
    found: SafeString | str = ""  # the words that a search found


def rows_of(conversations: Iterable[Conversation], *, now: datetime) -> list[Row]:
    """Rows for a list; no query."""
    return [row_of(each, now=now) for each in conversations]


def row_of(conversation: Conversation, *, now: datetime, found: SafeString | str = "") -> Row:
    """The row of one conversation with its customer and inbox at hand."""
    subject, preview = conversation.subject, conversation.preview
    return Row(
        conversation=conversation,
        who=name_of(conversation),
        what=subject or preview,
        last="" if not subject or preview.startswith(subject[:40]) else preview,
        why=why(conversation, now),
        icon=ICONS.get(conversation.inbox.kind, "message-circle"),
        channel=CHANNELS.get(conversation.inbox.kind, conversation.inbox.name),
        is_unread=is_unread(conversation),
        found=found,
    )


def is_unread(conversation: Conversation) -> bool:
    """Whether a customer's words wait to be read; `is_unread` on the row comes from queries.for_rows."""
    return bool(getattr(conversation, "is_unread", False)) and conversation.is_active and conversation.last_author == "customer"


def name_of(conversation: Conversation) -> str:
    """The customer's name; of somebody who gave none, their address, as people read it."""
    if conversation.customer.name:
        return conversation.customer.name
    address = queries.address_of(conversation)
    return (address if "@" in address else phone_in_words(address)) or _("Visitor")


def why(conversation: Conversation, now: datetime) -> str:
    """Why it stands in a list, in words."""
    if conversation.status == Conversation.Status.RESOLVED:
        return _("Resolved")
    if conversation.status == Conversation.Status.WAITING:
        return _("Waits on the customer")  # since when stands above it: the time of the last message
    if conversation.waiting_since is None:
        return _("It is our turn")
    time = waited(conversation.waiting_since, now)
    if conversation.assignee_id is None:
        return _("Waits on us: %(time)s, nobody holds it yet") % {"time": time}
    return _("Waits on us: %(time)s") % {"time": time}
