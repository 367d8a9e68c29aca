"""Messages, notes and events as one ordered list for a screen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Prefetch, Q

from ascolto.accounts.models import User
from ascolto.conversations import events
from ascolto.conversations.models import Attachment, Conversation, Message, Tag
from ascolto.eventlog.event import Event
from ascolto.eventlog.read import events_of
from ascolto.people.models import Team

PAGE = 50
# What the thread tells beside the messages themselves, as quiet lines.
SHOWN = (
    events.ConversationStarted,
    events.ConversationAssigned,
    events.ConversationResolved,
    events.ConversationReopened,
    events.StatusSet,
    events.ConversationTagged,
    events.PrioritySet,
    events.MessageFailed,
)
# Of one moment with words, these led to them.
BEFORE_WORDS = (events.ConversationStarted, events.ConversationReopened, events.ConversationAssigned)


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An event as the thread shows it, with the names its ids stand for."""

    position: int
    at: datetime
    event: Event
    actor: User | None
    assignee: User | None = None
    team: Team | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the thread: a message, a note or something that happened."""

    kind: Literal["message", "note", "event"]
    at: datetime
    message: Message | None = None
    happening: Happening | None = None


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """A page of the thread, oldest first; `before` is where the earlier page ends."""

    entries: list[Entry]
    before: str | None


def timeline(conversation: Conversation, *, before: UUID | None = None, limit: int = PAGE) -> Timeline:
    """
    The latest `limit` messages (or those before the message with that id) with the events between them, oldest first.

    Four queries and one for each kind of name, whatever the length.
    """
    messages = messages_page(conversation, before=before, limit=limit + 1, internal=True)
    earlier = len(messages) > limit
    messages = messages[-limit:]
    until = before_at(conversation, before)
    since = messages[0].at if earlier else None
    entries = [Entry(kind="note" if each.visibility == "internal" else "message", at=each.at, message=each) for each in messages]
    entries += [
        Entry(kind="event", at=each.at, happening=each)
        for each in happenings(conversation)
        if (since is None or each.at >= since) and (until is None or each.at < until)
    ]
    entries.sort(key=place)
    return Timeline(entries=entries, before=str(messages[0].id) if earlier else None)


def place(entry: Entry) -> tuple[datetime, bool]:
    """In order of time; what began a conversation, reopened it or took it stands before the words of the same moment."""
    happening = entry.happening
    return entry.at, happening is None or not isinstance(happening.event, BEFORE_WORDS)


def messages_page(conversation: Conversation, *, before: UUID | None, limit: int, internal: bool) -> list[Message]:
    """Up to `limit` messages, oldest first, ending before the given one; without notes unless `internal`."""
    rows = Message.objects.filter(conversation=conversation)
    if not internal:
        rows = rows.filter(visibility=Message.Visibility.PUBLIC)
    if before is not None:
        at = before_at(conversation, before)
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=before)) if at else rows.none()
    files = Prefetch("attachments", Attachment.objects.select_related("file").order_by("id"))
    return list(rows.select_related("author").prefetch_related(files).order_by("-at", "-id")[:limit])[::-1]


def messages_after(conversation: Conversation, after: UUID, *, limit: int) -> list[Message]:
    """The public messages among the latest `limit` that came after the given one; all of these when it is not known."""
    first = before_at(conversation, after)
    rows = messages_page(conversation, before=None, limit=limit, internal=False)
    return rows if first is None else [row for row in rows if (row.at, row.id) > (first, after)]


def texts_of(messages: Iterable[UUID], *, conversations: Iterable[UUID]) -> dict[UUID, str]:
    """The words of these messages, as far as they stand in these conversations."""
    rows = Message.objects.filter(id__in=list(messages), conversation__in=list(conversations))
    return dict(rows.values_list("id", "text"))


def before_at(conversation: Conversation, before: UUID | None) -> datetime | None:
    if before is None:
        return None
    return Message.objects.filter(conversation=conversation, pk=before).values_list("at", flat=True).first()


def happenings(conversation: Conversation) -> list[Happening]:
    """The shown events of a conversation with names for their ids; at most the first 500."""
    rows = events_of(conversation.id, kinds=[each.kind for each in SHOWN], limit=500)
    users = named_users(row.event for row in rows)
    team_ids = {row.event.team for row in rows if isinstance(row.event, events.ConversationAssigned) and row.event.team}
    teams = {team.id: team for team in Team.objects.filter(id__in=team_ids)} if team_ids else {}
    tag_ids = {id for row in rows for id in getattr(row.event, "tags", ())}
    tags = dict(Tag.objects.filter(id__in=tag_ids).values_list("id", "name")) if tag_ids else {}
    return [
        Happening(
            position=row.position,
            at=row.at,
            event=row.event,
            actor=users.get(row.event.actor.id),
            assignee=users.get(str(getattr(row.event, "assignee", None))),
            team=teams.get(getattr(row.event, "team", None)),  # type: ignore[arg-type]
            tags=tuple(tags[id] for id in getattr(row.event, "tags", ()) if id in tags),
        )
        for row in rows
    ]


def named_users(facts: Iterable[Event]) -> dict[str, User]:
    ids: set[str] = set()
    for fact in facts:
        if fact.actor.kind == "agent":
            ids.add(fact.actor.id)
        if assignee := getattr(fact, "assignee", None):
            ids.add(str(assignee))
    return {str(user.id): user for user in User.objects.filter(id__in=ids)} if ids else {}
