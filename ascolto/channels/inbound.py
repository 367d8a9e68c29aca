"""Every door ends here: from what arrived to a customer, a conversation and a message, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from ascolto.channels.models import Visit
from ascolto.conversations.models import Conversation
from ascolto.conversations.preview import shortened
from ascolto.conversations.receive import Incoming, Place, Received, already_received, locked, receive_many, repeated
from ascolto.conversations.start import Opening, start_many
from ascolto.database.select import select_many
from ascolto.eventlog.event import SYSTEM, Actor
from ascolto.files.models import StoredFile
from ascolto.people.identify import Claim, meet_many
from ascolto.people.models import Customer

SUBJECT_LENGTH = 80  # of a conversation that nobody gave a subject: as much as a row of the list shows


class NotYours(Exception):
    """The conversation, the visit or a file belongs to someone else, or does not exist: one answer for all."""


@dataclass(frozen=True, kw_only=True)
class InboundMessage:
    """
    A customer's message as a channel hands it over: normalised, dated, with the sender's own id in `source`.

    Exactly one of these says who it is: `visit` (messenger), `customer` (known to a trusted caller), `claim` (anything else).
    Without `conversation` a new one is started.
    """

    inbox: UUID
    text: str
    at: datetime
    source: str | None
    html: str = ""
    files: tuple[UUID, ...] = ()
    inline: Mapping[UUID, str] | None = None
    file_owner: str = ""  # who must have uploaded the files, as files/store.py wrote it
    claimed_at: datetime | None = None
    visit: UUID | None = None
    customer: UUID | None = None
    claim: Claim | None = None
    conversation: UUID | None = None
    subject: str = ""
    language: str = ""
    external_id: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    is_automatic: bool = False
    preview: str = ""
    head: Mapping[str, Any] | None = None
    by: Actor = SYSTEM


@transaction.atomic(savepoint=False)
def accept_many(messages: Sequence[InboundMessage]) -> list[Received | Exception]:
    """
    Let messages in: find or meet the customer, find or start the conversation, receive.

    Twice with the same `source` returns the first answer. NotYours stands at the place of a message whose
    conversation, visit or file is not its sender's; the others are let in. In few statements for the whole batch.
    """
    answers: dict[int, Received | Exception] = {}
    known = already_received(each.source for each in messages)
    waiting: dict[int, InboundMessage] = {}
    first_of: dict[str, int] = {}
    for index, each in enumerate(messages):
        if each.source is not None and each.source in known:
            answers[index] = known[each.source]
        elif each.source is not None and each.source in first_of:
            continue  # the same message twice in one batch: answered like the first
        else:
            waiting[index] = each
            if each.source is not None:
                first_of[each.source] = index
    refuse_foreign_files(waiting, answers)
    # Locks in the order that everyone takes them: visits, conversations, and the log last, which meeting someone appends to.
    visits = visits_of({each.visit for each in waiting.values() if each.visit is not None})
    named = locked({each.conversation for each in waiting.values() if each.conversation is not None})
    customers = customers_for(waiting, visits, answers)
    conversations = conversations_for(waiting, named, customers, answers)
    order = [index for index in waiting if index not in answers]
    incoming = [incoming_of(waiting[index], conversations[index].id) for index in order]
    received = receive_many(incoming, known=known, rows={each.id: each for each in conversations.values()})
    answers.update(zip(order, received, strict=True))
    for index, each in enumerate(messages):
        if index not in answers:
            first = answers[first_of[each.source or ""]]
            answers[index] = first if isinstance(first, Exception) else repeated(first)
    return [answers[index] for index in range(len(messages))]


def accept(message: InboundMessage) -> Received:
    """
    Let one message in. Twice at the same moment is once, too: the later one waits, and finds the first.

    :raises NotYours, ConversationGone, TooManyFiles:
    """
    try:
        with transaction.atomic():
            answer = accept_many([message])[0]
    except IntegrityError:  # its source, or the proof in it, was written since we looked
        answer = accept_many([message])[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def refuse_foreign_files(waiting: dict[int, InboundMessage], answers: dict[int, Received | Exception]) -> None:
    """A file goes only with its uploader's message (threat G2)."""
    wanted = {file for each in waiting.values() for file in each.files}
    if not wanted:
        return
    owners = dict(StoredFile.objects.filter(id__in=wanted).values_list("id", "owner"))
    for index, each in waiting.items():
        if any(owners.get(file) != each.file_owner for file in each.files):
            answers[index] = NotYours()


class Caller(NamedTuple):
    """Of a visit what a message has to know."""

    inbox: UUID
    customer: UUID | None
    language: str
    expires_at: datetime


def customers_for(
    waiting: dict[int, InboundMessage], visits: dict[UUID, Caller], answers: dict[int, Received | Exception]
) -> dict[int, UUID]:
    """The customer of each message; visits without one get a new one, and keep it."""
    found: dict[int, UUID] = {}
    known = {each.customer for each in waiting.values() if each.customer is not None}
    existing = set(Customer.objects.filter(id__in=known, forgotten_at=None).values_list("id", flat=True)) if known else set()
    to_meet: dict[int, Claim] = {}
    visitor_first: dict[UUID, int] = {}
    for index, each in waiting.items():
        if index in answers:
            continue
        if each.visit is not None:
            visit = visits.get(each.visit)
            if visit is None or visit.inbox != each.inbox or visit.expires_at <= each.at:
                answers[index] = NotYours()
            elif visit.customer is not None:
                found[index] = visit.customer
            elif each.conversation is not None:
                answers[index] = NotYours()  # who has not said a word yet has no conversation, and stays nobody
            elif each.visit not in visitor_first:
                visitor_first[each.visit] = index
                to_meet[index] = each.claim or Claim(language=visit.language)
        elif each.customer is not None:
            if each.customer in existing:
                found[index] = each.customer
            else:
                answers[index] = NotYours()
        else:
            to_meet[index] = each.claim or Claim(language=each.language)
    if to_meet:
        at = max(waiting[index].at for index in to_meet)
        for index, customer in zip(to_meet, meet_many(list(to_meet.values()), at=at), strict=True):
            found[index] = customer.id
    for visit_id, index in visitor_first.items():
        Visit.objects.filter(pk=visit_id).update(customer=found[index])
    for index, each in waiting.items():
        if index not in found and index not in answers and each.visit is not None:
            found[index] = found[visitor_first[each.visit]]
    return found


def visits_of(ids: set[UUID]) -> dict[UUID, Caller]:
    """
    Those of these visits that have not been ended; without making a model of each, for every message passes here.

    Who has no customer yet is this transaction's alone until it ends: an address left or a proof at the same moment waits.
    """
    found = callers(ids)
    if nobody := {id for id, caller in found.items() if caller.customer is None}:
        for id in nobody:
            del found[id]
        found.update(callers(nobody, is_locking=True))
    return found


def callers(ids: set[UUID], *, is_locking: bool = False) -> dict[UUID, Caller]:
    columns = ("id", "inbox", "customer", "language", "expires_at", "revoked_at")
    rows = select_many(Visit, columns, by="id", values=ids, is_locking=is_locking)
    return {id: Caller(*facts) for id, *facts, revoked_at in rows if revoked_at is None}


def conversations_for(
    waiting: dict[int, InboundMessage],
    named: dict[UUID, Place],
    customers: dict[int, UUID],
    answers: dict[int, Received | Exception],
) -> dict[int, Conversation | Place]:
    """The conversation of each message: the one it names, if it is this customer's at this inbox, else a new one."""
    found: dict[int, Conversation | Place] = {}
    to_start: dict[int, Opening] = {}
    for index, each in waiting.items():
        if index in answers:
            continue
        if each.conversation is None:
            to_start[index] = opening_of(each, customers[index])
        elif (row := named.get(each.conversation)) and (row.inbox_id, row.customer_id) == (each.inbox, customers[index]):
            found[index] = row
        else:
            answers[index] = NotYours()
    if to_start:
        found.update(zip(to_start, start_many(list(to_start.values())), strict=True))
    return found


def opening_of(message: InboundMessage, customer: UUID) -> Opening:
    return Opening(
        inbox=message.inbox,
        customer=customer,
        at=message.at,
        subject=message.subject or shortened(message.text, SUBJECT_LENGTH),
        language=message.language,
        external_id=message.external_id,
        attributes=message.attributes,
        by=message.by,
    )


def incoming_of(message: InboundMessage, conversation: UUID) -> Incoming:
    return Incoming(
        conversation=conversation,
        text=message.text,
        at=message.at,
        source=message.source,
        html=message.html,
        files=message.files,
        inline=message.inline,
        claimed_at=message.claimed_at,
        is_automatic=message.is_automatic,
        preview=message.preview,
        head=message.head,
    )
