"""An agent's or a bot's reply: append, stop the wait, record ReplyWritten."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ascolto.accounts.models import User
from ascolto.conversations.events import ConversationAssigned, ConversationFact, ReplyWritten
from ascolto.conversations.models import Attachment, Conversation, Draft, Episode, Message
from ascolto.conversations.preview import preview_of
from ascolto.conversations.receive import MAX_FILES, ConversationGone, TooManyFiles, about, reopen
from ascolto.database.ids import new_id
from ascolto.eventlog.append import append_many
from ascolto.eventlog.event import Actor

Status = Conversation.Status


class NothingSaid(Exception):
    """Neither words nor a file."""


class SomeoneElseWasFirst(Exception):
    """Another reply was written since the writer last looked; `message` is that reply."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message.pk))
        self.message = message


@transaction.atomic
def write_reply(
    *,
    conversation: Conversation,
    text: str,
    by: Actor,
    author: User | None,
    at: datetime,
    html: str = "",
    files: Sequence[UUID] = (),
    source: str | None = None,
    last_seen: datetime | None = None,
    delivery: str = Message.Delivery.LIVE,
) -> Message:
    """
    Append a reply that the customer will see, hand the turn to them and record ReplyWritten.

    Twice with the same `source` returns the first. Who replies to what nobody holds, holds it from then on.
    A reply to a resolved conversation reopens it first.
    :param text: normalised plain text; `html` is already sanitised
    :param at: UTC
    :param last_seen: when the writer last saw a reply; a later one by someone else is not written over
    :raises NothingSaid, TooManyFiles, ConversationGone:
    :raises SomeoneElseWasFirst: only with `last_seen`
    """
    if known := written_before(source):
        return known
    refuse_nothing(text, files)
    locked = lock(conversation)
    if known := written_before(source):  # by its twin, while this one waited for the lock
        return known
    if last_seen is not None:
        refuse_if_answered(locked, by, last_seen)
    message = append(locked, text, Message.Visibility.PUBLIC, by, author, at, html, files, source, delivery)
    facts: list[tuple[ConversationFact, datetime]] = []
    if locked.status == Status.RESOLVED:
        facts.append((reopen(locked, at, by), at))
    is_first = Episode.objects.filter(conversation=locked, resolved_at=None, first_reply_at=None).update(first_reply_at=at) == 1
    facts.append((ReplyWritten(message=message.id, is_first=is_first, actor=by, **about(locked)), at))
    if locked.assignee_id is None and author is not None:
        locked.assignee = author
        facts.append((ConversationAssigned(assignee=author.id, team=locked.team_id, actor=by, **about(locked)), at))
    hand_over_turn(locked, text, at, "bot" if by.kind == "bot" else "agent")
    if author is not None:
        Draft.objects.filter(conversation=locked, user=author).delete()
    append_many(facts)
    return message


def written_before(source: str | None) -> Message | None:
    """What was already written under its writer's own id."""
    return Message.objects.filter(source=source).first() if source is not None else None


def refuse_nothing(text: str, files: Sequence[UUID]) -> None:
    if not text.strip() and not files:
        raise NothingSaid
    if len(files) > MAX_FILES:
        raise TooManyFiles


def lock(conversation: Conversation) -> Conversation:
    """The conversation as it stands now, held until the end of the transaction."""
    locked = Conversation.objects.select_for_update().filter(pk=conversation.pk).first()
    if locked is None:
        raise ConversationGone
    return locked


def refuse_if_answered(conversation: Conversation, by: Actor, last_seen: datetime) -> None:
    newer = (
        Message.objects.filter(conversation=conversation, visibility="public", at__gt=last_seen)
        .exclude(author_kind=Message.Author.CUSTOMER)
        .exclude(author_id=UUID(by.id) if by.kind == "agent" else None)
        .select_related("author")
        .order_by("at")
        .first()
    )
    if newer is not None:
        raise SomeoneElseWasFirst(newer)


def append(
    conversation: Conversation,
    text: str,
    visibility: str,
    by: Actor,
    author: User | None,
    at: datetime,
    html: str,
    files: Sequence[UUID],
    source: str | None,
    delivery: str,
) -> Message:
    message = Message.objects.create(
        id=new_id(),
        conversation=conversation,
        author_kind=Message.Author.BOT if by.kind == "bot" else Message.Author.AGENT,
        author=author,
        visibility=visibility,
        text=text,
        html=html,
        at=at,
        source=source,
        delivery=delivery,
    )
    Attachment.objects.bulk_create(Attachment(message=message, file_id=file) for file in dict.fromkeys(files))
    return message


def hand_over_turn(conversation: Conversation, text: str, at: datetime, last_author: str) -> None:
    conversation.status = Status.WAITING
    conversation.is_active = True
    conversation.waiting_since = None
    conversation.last_author = last_author
    conversation.preview = preview_of(text) or conversation.preview
    conversation.last_message_at = max(conversation.last_message_at, at)
    conversation.updated_at = at
    conversation.version += 1
    conversation.save(
        update_fields=[
            "status",
            "is_active",
            "waiting_since",
            "last_author",
            "preview",
            "last_message_at",
            "updated_at",
            "version",
            "assignee",
        ]
    )
