"""The thread as lines: day rulers, messages, notes, and what happened in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ascolto.conversations import events
from ascolto.conversations.models import Attachment, Conversation, Message
from ascolto.conversations.timeline import Entry, Happening
from ascolto.files.models import StoredFile
from ascolto.files.types import TABLE
from ascolto.web.console.letter_parts import Letter, letter_of
from ascolto.web.console.rows import name_of

PRIORITIES: dict[int, str | Promise] = {
    1: gettext_lazy("low"),
    2: gettext_lazy("normal"),
    3: gettext_lazy("high"),
    4: gettext_lazy("urgent"),
}
MAX_LOGO_BYTES = 10_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the thread; `id` is its element's, so that live updates know it again."""

    kind: str  # day, message, note, event
    id: str
    at: datetime
    message: Message | None = None
    author: str = ""
    state: str = ""
    icon: str = ""
    words: SafeString | str = ""
    files: tuple[tuple[Attachment, bool], ...] = ()  # each with whether a small picture of it can be had
    letter: Letter | None = None  # what a mail has beside its words


def lines_of(entries: Iterable[Entry], conversation: Conversation) -> Iterator[Line]:
    """The entries of a timeline with a ruler wherever a new day begins, in the desk's own time."""
    day = None
    for entry in entries:
        if (today := timezone.localtime(entry.at).date()) != day:
            day = today
            yield Line(kind="day", id=f"day-{day.isoformat()}", at=entry.at)
        if entry.message is not None:
            yield message_line(entry, entry.message, conversation)
        elif entry.happening is not None:
            yield event_line(entry.happening, conversation)


def message_line(entry: Entry, message: Message, conversation: Conversation) -> Line:
    author = author_of(message, conversation)
    return Line(
        kind=entry.kind,
        id=f"message-{message.id}",
        at=message.at,
        message=message,
        author=author,
        state=state_of(message),
        icon=STATES.get(message.delivery, ""),
        files=tuple((each, has_picture(each.file)) for each in message.attachments.all() if stands_beside(each, message)),
        letter=letter_of(message, sender=author),
    )


def stands_beside(attachment: Attachment, message: Message) -> bool:
    """Whether a file has a place of its own: not the little logos that stand within the HTML of a mail."""
    return not (attachment.is_inline and message.html and attachment.file.size_bytes <= MAX_LOGO_BYTES)


def has_picture(file: StoredFile) -> bool:
    """Whether there is a small picture of it, or one can still be drawn when it is asked for."""
    if file.preview_tried_at is not None:
        return bool(file.preview_digest)
    return file.type in TABLE and TABLE[file.type].is_shown


def author_of(message: Message, conversation: Conversation) -> str:
    """Who wrote it, by name."""
    if message.author_kind == Message.Author.CUSTOMER:
        return name_of(conversation)
    if message.author is not None:
        return message.author.name or message.author.email
    return _("Bot") if message.author_kind == Message.Author.BOT else _("A program of ours")


STATES = {
    "live": "check",
    "queued": "clock",
    "sent": "mail",
    "delivered": "mail-check",
    "read": "check-check",
    "failed": "triangle-alert",
}


def state_of(message: Message) -> str:
    """What became of a reply, in words; empty for what is not delivered. A note says it itself, in a whole sentence."""
    match message.delivery:
        case Message.Delivery.LIVE:
            return _("In the messenger, not read yet")
        case Message.Delivery.QUEUED:
            return message.delivery_note or _("Goes out now")
        case Message.Delivery.SENT:
            return message.delivery_note or _("Sent")
        case Message.Delivery.DELIVERED:
            return _("Delivered")
        case Message.Delivery.READ:
            return _("Read")
        case Message.Delivery.FAILED:
            return message.delivery_note or _("Not sent: the reason is not known")
    return ""


def event_line(happening: Happening, conversation: Conversation) -> Line:
    icon, words = told(happening, conversation)
    return Line(kind="event", id=f"event-{happening.position}", at=happening.at, icon=icon, words=words)


def told(happening: Happening, conversation: Conversation) -> tuple[str, SafeString | str]:
    """An event as an icon and a sentence with names."""
    actor = bold(actor_of(happening, conversation))
    match happening.event:
        case events.ConversationAssigned() as event:
            return told_assigned(happening, event, actor)
        case events.ConversationResolved():
            return "check", format_html(_("{actor} resolved the conversation"), actor=actor)
        case events.ConversationReopened():
            return "rotate-ccw", format_html(_("{actor} opened the conversation again"), actor=actor)
        case events.StatusSet(status="waiting"):
            return "hourglass", format_html(_("{actor} said that we wait on the customer"), actor=actor)
        case events.StatusSet():
            return "rotate-ccw", format_html(_("{actor} said that it is our turn"), actor=actor)
        case events.ConversationTagged():
            if not happening.tags:
                return "tag", format_html(_("{actor} took all tags off"), actor=actor)
            return "tag", format_html(_("{actor} tagged it {tags}"), actor=actor, tags=bold(", ".join(happening.tags)))
        case events.PrioritySet() as event:
            level = bold(str(PRIORITIES[event.priority]))
            return "flag", format_html(_("{actor} set the priority to {level}"), actor=actor, level=level)
        case events.MessageFailed():
            return "triangle-alert", _("A reply could not be delivered")
        case _:
            return "log-in", _("The conversation began at “%(inbox)s”") % {"inbox": conversation.inbox.name}


def told_assigned(happening: Happening, event: events.ConversationAssigned, actor: SafeString) -> tuple[str, SafeString]:
    if event.assignee != event.previous_assignee:
        if event.assignee is None:
            return "arrow-right-left", format_html(_("{actor} put the conversation back: nobody holds it"), actor=actor)
        if str(event.assignee) == event.actor.id:
            return "user-check", format_html(_("{actor} took the conversation"), actor=actor)
        holder = bold(happening.assignee.name if happening.assignee else _("someone who has left"))
        return "arrow-right-left", format_html(_("{actor} gave the conversation to {holder}"), actor=actor, holder=holder)
    if happening.team is None:
        return "users", format_html(_("{actor} took the team off"), actor=actor)
    return "users", format_html(
        _("{actor} gave the conversation to the team {team}"), actor=actor, team=bold(happening.team.name)
    )


def actor_of(happening: Happening, conversation: Conversation) -> str:
    if happening.actor is not None:
        return happening.actor.name or happening.actor.email
    match happening.event.actor.kind:
        case "customer":
            return name_of(conversation)
        case "agent":
            return _("Someone who has left")
        case "token":
            return _("A program of ours")
    return "Ascolto"


def bold(words: str) -> SafeString:
    return format_html("<b>{}</b>", words)
