"""A colleague calls a customer from the desk: their own phone rings first, and the conversation tells what came of it."""

from datetime import datetime, timedelta
from typing import Protocol, cast
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ascolto.accounts.models import User
from ascolto.channels import calls
from ascolto.channels.ask_for_call import ATTRIBUTE
from ascolto.channels.connect import door_of
from ascolto.channels.contract import Door, Kind, Never, TryLater
from ascolto.channels.models import Call
from ascolto.channels.phone.words import words_of
from ascolto.channels.registry import kind_of
from ascolto.channels.twilio.numbers import refuse_costly
from ascolto.conversations import access
from ascolto.conversations.events import NoteWritten
from ascolto.conversations.models import Conversation, Inbox, Message
from ascolto.conversations.receive import about
from ascolto.conversations.reply import append as append_message
from ascolto.conversations.reply import lock
from ascolto.database.ids import new_id
from ascolto.eventlog.append import append
from ascolto.eventlog.event import Actor
from ascolto.jobs.enqueue import enqueue
from ascolto.jobs.kind import job
from ascolto.people.models import Address

STILL_RINGING = timedelta(minutes=2)  # a second press within this is the same call

NO_PHONE = _("Write your own number into your account first: it rings before the customer’s.")
NO_INBOX = _("No phone inbox is connected: call with your own phone, and leave a note.")
NOT_THEIRS = _("This is not a number of this customer.")


class CannotCall(Exception):
    """The call cannot begin; `words` say why, to the colleague."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


class Calling(Protocol):
    """A kind of channel that calls (phone/channel.py)."""

    def call(self, door: Door, *, ours: UUID, agent: str, customer: str) -> str: ...
    def take(self, door: Door, *, call: str, agent: UUID) -> None: ...


def calling(kind: Kind | None) -> Calling | None:
    return cast(Calling, kind) if hasattr(kind, "take") and hasattr(kind, "call") else None


@transaction.atomic
def call_customer(*, conversation: Conversation, number: str, by: User, at: datetime) -> Call:
    """
    Have this colleague's phone rung, then the customer's; who waits in the queue is put through instead.

    Returns at once, the calling is a job's. Twice within two minutes is the same call.
    :param number: one of the customer's own, as +390612345: no other is ever called (threat G2)
    :raises CannotCall:
    """
    locked = lock(conversation)
    if not is_theirs(locked, number):
        raise CannotCall(NOT_THEIRS)
    if not by.phone:
        raise CannotCall(NO_PHONE)
    if waiting := waiting_call(locked):
        enqueue(take_waiting_later, now=at, key=f"{waiting.pk}:{by.pk}", call_id=str(waiting.pk), agent_id=str(by.pk))
        return waiting
    inbox = phone_inbox_for(locked, by)
    if inbox is None:
        raise CannotCall(NO_INBOX)
    try:
        refuse_costly(door_of(inbox), number)
    except Never as error:
        raise CannotCall(error.reason) from error
    ours = Call.objects.filter(conversation=locked, direction=Call.Direction.OUT, agent=by, number=number, ended_at=None)
    if ringing := ours.filter(began_at__gt=at - STILL_RINGING).first():
        return ringing
    call = begin(locked, inbox, number, by, at)
    enqueue(place_call_later, now=at, key=str(call.pk), call_id=str(call.pk))
    return call


def is_theirs(conversation: Conversation, number: str) -> bool:
    """Whether the customer has given this number, or asked to be called back at it."""
    if number and number == wished_number(conversation):
        return True
    return Address.objects.filter(customer=conversation.customer_id, kind=Address.Kind.PHONE, value=number).exists()


def wished_number(conversation: Conversation) -> str:
    """Where they asked to be called back; empty when they did not."""
    wish = conversation.attributes.get(ATTRIBUTE)
    return str(wish.get("phone") or "") if isinstance(wish, dict) else ""


def waiting_call(conversation: Conversation) -> Call | None:
    """The caller of this conversation who stands in the queue now."""
    rows = Call.objects.filter(conversation=conversation, direction=Call.Direction.IN, ended_at=None)
    return rows.exclude(waits_since=None).select_related("inbox").first()


def phone_inbox_for(conversation: Conversation, by: User) -> Inbox | None:
    """The phone inbox to call from: the conversation's own, else the first that this colleague may see."""
    rows = access.visible_inboxes(by).filter(kind=Inbox.Kind.PHONE, is_active=True, channel__paused_at=None)
    inboxes = list(rows.filter(channel__isnull=False).order_by("created_at"))
    return min(inboxes, key=lambda each: each.pk != conversation.inbox_id, default=None)


def begin(conversation: Conversation, inbox: Inbox, number: str, by: User, at: datetime) -> Call:
    call = Call(
        id=new_id(),
        inbox=inbox,
        direction=Call.Direction.OUT,
        number=number,
        conversation=conversation,
        agent=by,
        began_at=at,
    )
    # Not notes.write_note: a call does not throw away what its colleague has begun to type.
    actor = Actor("agent", str(by.pk))
    text = words_of(call, conversation.inbox.language)
    internal, not_sent = Message.Visibility.INTERNAL, Message.Delivery.NONE
    call.message = append_message(conversation, text, internal, actor, by, at, "", (), f"call:{call.pk}", not_sent)
    call.save(force_insert=True)
    Conversation.objects.filter(pk=conversation.pk).update(updated_at=at, version=conversation.version + 1)
    append(NoteWritten(message=call.message.id, actor=actor, **about(conversation)), at=at)
    return call


@job("channels.place_call", attempts=1)  # a second attempt might ring twice; the colleague presses again
def place_call_later(*, call_id: str, now: datetime) -> None:
    """Have the provider ring the colleague's phone."""
    call = (
        Call.objects.select_related("inbox", "agent", "message").filter(pk=UUID(call_id), provider_id="", ended_at=None).first()
    )
    if call is not None:
        place(call, now)


def place(call: Call, now: datetime) -> None:
    kind = calling(kind_of(call.inbox.kind))
    agent = call.agent.phone if call.agent else ""
    with translation.override(call.agent.language if call.agent else "en"):
        try:
            if kind is None or not agent:
                raise Never(str(NO_PHONE))
            id = kind.call(door_of(call.inbox), ours=call.pk, agent=agent, customer=call.number)
        except (TryLater, Never) as error:
            fail(call, error.reason, now)
            return
    Call.objects.filter(pk=call.pk, provider_id="").update(provider_id=id[:100])


@transaction.atomic
def fail(call: Call, reason: str, now: datetime) -> None:
    """The provider did not begin it: the note says so, with the reason."""
    call.why, call.ended_at = "failed", now
    call.save(update_fields=["why", "ended_at"])
    calls.show(call, now, reason=reason)


@job("channels.take_waiting", attempts=1)
def take_waiting_later(*, call_id: str, agent_id: str, now: datetime) -> None:
    """Put the caller through; who has hung up meanwhile is a missed call already."""
    call = Call.objects.select_related("inbox").filter(pk=UUID(call_id), ended_at=None).first()
    kind = calling(kind_of(call.inbox.kind)) if call else None
    if call is None or kind is None:
        return
    try:
        kind.take(door_of(call.inbox), call=call.provider_id, agent=UUID(agent_id))
    except (TryLater, Never) as error:
        with transaction.atomic():
            calls.show(call, now, reason=error.reason)
