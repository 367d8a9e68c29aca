"""Which conversation a message belongs to: what proves it, what only hints at it (threats A1, A2); a few queries for many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from ascolto.channels.contract import ArrivedMessage
from ascolto.channels.models import MessageId, Thread
from ascolto.channels.tokens import thread_in
from ascolto.conversations.models import Conversation, Message

GOES_ON_FOR = timedelta(days=3)  # without threads of its own, a word so soon after the end belongs to what was resolved
SHARED_IDS = 50  # of References; the latest: the rest names what the sender's program never forgot

How = Literal["token", "participant", "address", "matter", ""]


@dataclass(frozen=True, kw_only=True)
class Place:
    """
    Where a message goes: a conversation and how we know, or a new one.

    :param hint: number of a conversation that it may follow up, for people to see; nothing happens there
    """

    conversation: UUID | None = None
    inbox: UUID | None = None
    customer: UUID | None = None
    how: How = ""
    sent_to: str = ""  # the address that the token in it was sent to
    hint: int | None = None


NOWHERE = Place()


@dataclass(frozen=True)
class Known:
    """What the database says about all that the messages of a batch name."""

    threads: Mapping[UUID, Thread]  # by its id
    main: Mapping[UUID, str]  # by conversation: the address that our mails go to
    ours: Mapping[str, Conversation]  # by Message-ID of a mail of ours
    theirs: Mapping[str, Sequence[Conversation]]  # by the sender's own id of an earlier message
    takes_part: frozenset[tuple[UUID, str]]  # (conversation, address)
    numbers: Mapping[int, Conversation]


def places_of(messages: Sequence[ArrivedMessage], *, inbox: UUID, has_threads: bool, now: datetime) -> list[Place]:
    """
    The place of each message, in their order.

    A token of ours (in the address, or an unguessable Message-ID that it answers) is proof. An answer to the customer's own
    earlier message joins when its sender takes part there. All else starts anew, with a hint where there is one.
    :param has_threads: the channel says what answers what (mail); without, the latest conversation of the address goes on
    """
    known = look_up(messages, within=None if has_threads else inbox)
    latest = {} if has_threads else latest_of({each.sender.value for each in messages if each.sender.value}, inbox, now)
    return [place_of(each, known, latest) for each in messages]


def place_of(message: ArrivedMessage, known: Known, latest: Mapping[str, Conversation]) -> Place:
    for token in message.tokens:
        if (stands_for := thread_in(token)) and (thread := known.threads.get(stands_for)):
            return at(thread.conversation, "token", sent_to=thread.address)
    answered = list(message.answers_to[-SHARED_IDS:])[::-1]
    for id in answered:
        if found := known.ours.get(id):
            return at(found, "token", sent_to=known.main.get(found.id, ""))
    hint = known.numbers.get(message.subject_number or 0)
    for id in answered:
        for conversation in known.theirs.get(id, ()):
            if (conversation.id, message.sender.value) in known.takes_part:
                return at(conversation, "participant")
            hint = hint or conversation
    if message.sender.value and (found := latest.get(message.sender.value)):
        return at(found, "address")
    return Place(hint=hint.number) if hint else NOWHERE


def at(conversation: Conversation, how: How, sent_to: str = "") -> Place:
    return Place(
        conversation=conversation.id, inbox=conversation.inbox_id, customer=conversation.customer_id, how=how, sent_to=sent_to
    )


def look_up(messages: Sequence[ArrivedMessage], *, within: UUID | None) -> Known:
    """:param within: the inbox that the senders' ids mean something in; None: everywhere (a mail's)"""
    tokens = {thread for each in messages for token in each.tokens if (thread := thread_in(token))}
    ids = {id[:200] for each in messages for id in each.answers_to[-SHARED_IDS:] if id}
    numbers = {each.subject_number for each in messages if each.subject_number}
    theirs: dict[str, list[Conversation]] = {}
    if ids:
        rows = MessageId.objects.filter(value__in=ids).select_related("message__conversation").order_by("-message__at")
        for row in rows if within is None else rows.filter(inbox=within):
            theirs.setdefault(row.value, []).append(row.message.conversation)
    named = {conversation.id for found in theirs.values() for conversation in found}
    answered = Message.objects.filter(mail_id__in=ids).select_related("conversation") if ids else ()
    ours = {row.mail_id: row.conversation for row in answered}
    return Known(
        threads={row.id: row for row in Thread.objects.filter(id__in=tokens).select_related("conversation")} if tokens else {},
        main=dict(Thread.objects.filter(conversation__in=ours.values(), is_main=True).values_list("conversation_id", "address"))
        if ours
        else {},
        ours=ours,
        theirs=theirs,
        takes_part=frozenset(Thread.objects.filter(conversation_id__in=named).values_list("conversation_id", "address"))
        if named
        else frozenset(),
        numbers={row.number: row for row in Conversation.objects.filter(number__in=numbers)} if numbers else {},
    )


def latest_of(addresses: set[str], inbox: UUID, now: datetime) -> dict[str, Conversation]:
    """The conversation of each address at this inbox that goes on: open, or resolved only lately."""
    if not addresses:
        return {}
    rows = Thread.objects.filter(inbox=inbox, address__in=addresses).select_related("conversation")
    found: dict[str, Conversation] = {}
    for row in rows.order_by("last_in_at", "created_at"):
        conversation = row.conversation
        if conversation.is_active or conversation.last_message_at > now - GOES_ON_FOR:
            found[row.address] = conversation
    return found
