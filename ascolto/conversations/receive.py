"""Customers' messages enter their conversations; one transaction for as many as there are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from ascolto.conversations.events import ConversationFact, ConversationReopened, MessageReceived
from ascolto.conversations.models import Attachment, Conversation, Episode, Message
from ascolto.conversations.preview import preview_of
from ascolto.database.ids import new_id
from ascolto.database.insert import insert_many
from ascolto.database.select import select_many
from ascolto.database.values import preparation
from ascolto.eventlog.append import append_many
from ascolto.eventlog.event import Actor
from ascolto.eventlog.read import position_about

Status = Conversation.Status


class ConversationGone(Exception):
    """There is no such conversation (any more)."""


class TooManyFiles(Exception):
    """More files than one message may carry."""


MAX_FILES = 50  # threats.md, hard limits


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """
    A customer's message, normalised and dated by the channel that brings it (this room knows no channels).

    :param is_automatic: a machine wrote it: it stands in the conversation, but takes no turn and reopens nothing (threat J8)
    :param inline: of the files, those that stand within the HTML, with their content ids
    :param preview: what lists show of it, where that is not its beginning (an answer below what it quotes)
    :param head: of a mail, what a person wants to see of its head
    """

    conversation: UUID
    text: str
    at: datetime
    source: str | None = None
    html: str = ""
    files: tuple[UUID, ...] = ()
    inline: Mapping[UUID, str] | None = None
    claimed_at: datetime | None = None
    is_automatic: bool = False
    preview: str = ""
    head: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Received:
    """Where a message stands: its ids, and whether it had been received before."""

    message: UUID
    conversation: UUID
    number: int
    at: datetime
    position: int = 0  # of MessageReceived in the log
    is_repeated: bool = False


@dataclass(slots=True, kw_only=True)
class Place:
    """Of a conversation what a message changes and its event names; a model of each would cost more than the message."""

    id: UUID
    number: int
    inbox_id: UUID
    customer_id: UUID
    status: str
    waiting_since: datetime | None
    preview: str
    last_message_at: datetime


@transaction.atomic(savepoint=False)
def receive_many(
    incoming: Sequence[Incoming],
    *,
    known: Mapping[str, Received] | None = None,
    rows: Mapping[UUID, Conversation | Place] | None = None,
) -> list[Received | Exception]:
    """
    Append customers' messages, reopen what was resolved, start the wait, and record MessageReceived for each.

    In a few statements for the whole batch. A message whose `source` was received before, in this batch or earlier,
    returns the first one and changes nothing. `at` is when it reached us, UTC: clocks start from there.
    An exception in the list (ConversationGone, TooManyFiles) belongs to the message at its place; the others are received.
    :param known: what `already_received` said, from a caller who has asked in this transaction; None: it is asked here
    :param rows: the conversations as `locked` gave them or as they were just started; None: they are read here
    """
    known = dict(already_received(each.source for each in incoming) if known is None else known)
    rows = locked({each.conversation for each in incoming}) if rows is None else rows
    answers: list[Received | Exception] = []
    messages: list[tuple[UUID, Incoming]] = []
    facts: list[tuple[ConversationFact, datetime]] = []
    touched: dict[UUID, Conversation | Place] = {}
    for each in incoming:
        conversation = rows.get(each.conversation)
        if each.source is not None and each.source in known:
            answers.append(repeated(known[each.source]))
        elif conversation is None:
            answers.append(ConversationGone())
        elif len(each.files) > MAX_FILES:
            answers.append(TooManyFiles())
        else:
            message = new_id()
            messages.append((message, each))
            by = Actor("customer", str(conversation.customer_id))
            if not each.is_automatic:
                if conversation.status == Status.RESOLVED:
                    facts.append((reopen(conversation, each.at, by), each.at))
                take_turn(conversation, each)
                touched[conversation.id] = conversation
            facts.append(
                (MessageReceived(message=message, is_automatic=each.is_automatic, actor=by, **about(conversation)), each.at)
            )
            received = Received(message=message, conversation=conversation.id, number=conversation.number, at=each.at)
            answers.append(received)
            if each.source is not None:
                known[each.source] = received
    save_messages(messages)
    save_turns(touched.values())
    if not facts:
        return answers
    positions = positions_by_message(facts, append_many(facts))
    return [placed(answer, positions) for answer in answers]


def locked(ids: Collection[UUID]) -> dict[UUID, Place]:
    """These conversations, for this transaction alone until it ends, with what a message changes and its event names."""
    columns = ("id", "number", "inbox", "customer", "status", "waiting_since", "preview", "last_message_at")
    rows = select_many(Conversation, columns, by="id", values=ids, is_locking=True)
    return {
        id: Place(
            id=id,
            number=number,
            inbox_id=inbox,
            customer_id=customer,
            status=status,
            waiting_since=waiting_since,
            preview=preview,
            last_message_at=last_message_at,
        )
        for id, number, inbox, customer, status, waiting_since, preview, last_message_at in rows
    }


def positions_by_message(facts: Sequence[tuple[ConversationFact, datetime]], positions: Sequence[int]) -> dict[UUID, int]:
    pairs = zip(facts, positions, strict=True)
    return {fact.message: position for (fact, _), position in pairs if isinstance(fact, MessageReceived)}


def placed(answer: Received | Exception, positions: Mapping[UUID, int]) -> Received | Exception:
    """The answer with its message's position in the log."""
    if isinstance(answer, Exception) or answer.message not in positions:
        return answer
    return Received(
        message=answer.message,
        conversation=answer.conversation,
        number=answer.number,
        at=answer.at,
        position=positions[answer.message],
        is_repeated=answer.is_repeated,
    )


def receive(incoming: Incoming) -> Received:
    """Receive one message. Twice with the same `source` returns the first. :raises ConversationGone, TooManyFiles:"""
    answer = receive_many([incoming])[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def already_received(sources: Iterable[str | None]) -> dict[str, Received]:
    """What was answered to those of these sources that were received before."""
    asked = [source for source in sources if source is not None]
    found = [source for (source,) in select_many(Message, ("source",), by="source", values=asked)]
    if not found:  # nearly always
        return {}
    rows = Message.objects.filter(source__in=found).values_list("source", "id", "conversation_id", "conversation__number", "at")
    return {
        source: Received(
            message=message,
            conversation=conversation,
            number=number,
            at=at,
            position=position_about(conversation, MessageReceived.kind, message=str(message)),
            is_repeated=True,
        )
        for source, message, conversation, number, at in rows
        if source is not None
    }


def repeated(received: Received) -> Received:
    """The same answer for a message that came again."""
    return replace(received, is_repeated=True)


def save_messages(messages: Sequence[tuple[UUID, Incoming]]) -> None:
    """The messages and their attachments, in two statements."""
    columns = (
        "id",
        "conversation",
        "author_kind",
        "visibility",
        "text",
        "html",
        "at",
        "claimed_at",
        "source",
        "is_automatic",
        "head",
    )
    never_delivered = ("delivery", "delivery_note", "mail_id")  # empty: what customers write is not sent by us
    kinds = (Message.Author.CUSTOMER.value, Message.Visibility.PUBLIC.value)
    rows = [
        (
            id,
            each.conversation,
            *kinds,
            each.text,
            each.html,
            each.at,
            each.claimed_at,
            each.source,
            each.is_automatic,
            each.head or None,
            "",
            "",
            "",
        )
        for id, each in messages
    ]
    insert_many(Message, columns + never_delivered, rows)
    attachments = [
        Attachment(message_id=id, file_id=file, content_id=inline.get(file, "")[:200], is_inline=file in inline)
        for id, each in messages
        for inline in [each.inline or {}]
        for file in each.files
    ]
    if attachments:
        Attachment.objects.bulk_create(attachments)


class About(TypedDict):
    """What every event of a conversation carries."""

    subject: UUID
    inbox: UUID
    customer: UUID
    number: int


def about(conversation: Conversation | Place) -> About:
    """What every event of this conversation carries."""
    return About(
        subject=conversation.id, inbox=conversation.inbox_id, customer=conversation.customer_id, number=conversation.number
    )


def reopen(conversation: Conversation | Place, at: datetime, by: Actor) -> ConversationReopened:
    """Begin the next episode of a resolved conversation (the row itself is saved with the turn)."""
    last = Episode.objects.filter(conversation=conversation.id).aggregate(last=Max("number"))["last"] or 0
    Episode.objects.create(conversation_id=conversation.id, number=last + 1, opened_at=at)
    return ConversationReopened(episode=last + 1, actor=by, **about(conversation))


def take_turn(conversation: Conversation | Place, incoming: Incoming) -> None:
    """It is our turn now. The wait begins with the first word that nobody has answered."""
    conversation.status = Status.OPEN
    conversation.waiting_since = conversation.waiting_since or incoming.at
    conversation.preview = preview_of(incoming.preview or incoming.text) or conversation.preview
    conversation.last_message_at = max(conversation.last_message_at, incoming.at)


def save_turns(conversations: Iterable[Conversation | Place]) -> None:
    """One UPDATE per conversation in one round: Django's bulk_update writes a CASE per column, ten times the work."""
    fields = Conversation._meta
    moment, key = (preparation(fields.get_field(name)) or unchanged for name in ("last_message_at", "id"))
    rows = [
        (
            row.status,
            True,
            row.waiting_since and moment(row.waiting_since),
            row.preview,
            moment(row.last_message_at),
            moment(row.last_message_at),
            "customer",
            key(row.id),
        )
        for row in conversations
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {fields.db_table} SET status = %s, is_active = %s, waiting_since = %s, preview = %s, "  # noqa: S608
            "last_message_at = %s, updated_at = %s, last_author = %s, version = version + 1 WHERE id = %s",
            rows,
        )


def unchanged(value: Any) -> Any:
    return value
