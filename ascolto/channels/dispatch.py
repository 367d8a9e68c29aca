"""Replies leave by the channel that their customer writes from, each conversation's in their order."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.channels import attempts, health
from ascolto.channels.connect import door_of
from ascolto.channels.contract import Door, Kind, Never, TryLater
from ascolto.channels.models import Channel, Delivery, Thread
from ascolto.channels.outbound import Way, desk_language, mail_domain, new_mail_id, outbound
from ascolto.channels.registry import kind_of
from ascolto.conversations.models import Message
from ascolto.database.ids import new_id

BATCH = 50  # replies of a conversation in one job: others want their turn
FORGOTTEN_AFTER = timedelta(minutes=10)
NOTED_AGAIN_AFTER = timedelta(seconds=10)
NOTED: dict[UUID, datetime] = {}  # by inbox; of this process

log = logging.getLogger(__name__)


def route_of(conversation_id: UUID) -> Thread | None:
    """Where replies of a conversation go by themselves: its main thread. None: it has none; then see delivery.py."""
    return Thread.objects.filter(conversation=conversation_id, is_main=True).select_related("inbox").first()


@transaction.atomic
def queue_reply(*, message: Message, thread: Thread, at: datetime) -> Delivery:
    """Note that a reply is to leave by this thread, under a mail id that stays. Twice is once; whoever calls has it sent."""
    kind = kind_of(thread.inbox.kind)
    if kind is not None and kind.capabilities.subject and not message.mail_id:
        message.mail_id = new_mail_id(mail_domain(thread.inbox))
        Message.objects.filter(pk=message.pk, mail_id="").update(mail_id=message.mail_id)
    row = Delivery(id=new_id(), message=message, inbox=thread.inbox, kind=thread.inbox.kind[:10], to=thread.address, queued_at=at)
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    waits = Message.objects.filter(pk=message.pk, delivery=Message.Delivery.LIVE)
    waits.update(delivery=Message.Delivery.QUEUED)
    return Delivery.objects.get(message=message, kind=row.kind, to=row.to)


def deliver_waiting(*, conversation_id: UUID, now: datetime) -> bool:
    """
    Send what waits of a conversation, oldest first; whether there may be more.

    What fails for good is marked and passed over; at least once, always under the same mail id (threat Q2).
    :raises TryLater: the oldest cannot go now; those behind it wait for it
    """
    if route_of(conversation_id) is None:
        return False
    doors: dict[UUID, Door] = {}
    with translation.override(desk_language()):
        for _count in range(BATCH):
            delivery = oldest_waiting(conversation_id)
            if delivery is None:
                return False
            deliver_one(delivery, doors, now)
    return True


def oldest_waiting(conversation_id: UUID) -> Delivery | None:
    rows = Delivery.objects.filter(message__conversation=conversation_id, state__in=attempts.WAITING)
    known = rows.select_related(
        "inbox__channel", "message__author", "message__conversation__customer", "message__conversation__inbox"
    )
    return known.prefetch_related("message__attachments__file").order_by("message__at", "message_id", "id").first()


def deliver_one(delivery: Delivery, doors: dict[UUID, Door], now: datetime) -> None:
    """One attempt, with everything that may come of it written down. :raises TryLater: it waits, and so do those behind it"""
    kind = kind_of(delivery.inbox.kind)
    if reason := why_never(delivery, kind):
        attempts.note_failed(delivery, reason, now=now)
        return
    if delivery.inbox.channel.paused_at is not None:
        raise TryLater(note(delivery, _("Not sent yet: the channel is paused.")), after=attempts.PAUSED_WAIT)
    assert kind is not None  # why_never has looked
    if not attempts.begin(delivery, now=now):
        return  # another worker has it in hand
    try:
        if delivery.inbox_id not in doors:
            doors[delivery.inbox_id] = door_of(delivery.inbox)
        door = doors[delivery.inbox_id]
        taken = kind.send(outbound([delivery.message], way_of(delivery, kind, door), since=delivery.queued_at), door)
    except Never as error:
        attempts.note_failed(delivery, error.reason, now=now)
    except TryLater as error:
        waits(delivery, error, now)
    except Exception as error:
        log.exception("sending %s failed", delivery.pk)
        waits(delivery, TryLater(_("The channel failed (%(name)s).") % {"name": type(error).__name__}), now)
    else:
        attempts.note_sent(delivery, taken, now=now)
        note_well(delivery.inbox_id, now)


def note_well(inbox: UUID, now: datetime) -> None:
    """Something left by this channel; written down every few seconds, at once after trouble."""
    last = NOTED.get(inbox)
    if last is None or abs(now - last) >= NOTED_AGAIN_AFTER:
        health.note_sent(inbox=inbox, at=now)
        NOTED[inbox] = now


def why_never(delivery: Delivery, kind: Kind | None) -> str:
    """What stands in the way of any attempt; empty: nothing."""
    if kind is None or not hasattr(delivery.inbox, "channel"):
        return _("Not sent: this kind of channel is no longer there.")
    if delivery.message.conversation.customer.forgotten_at is not None:
        return _("Not sent: the customer was forgotten.")
    if not delivery.attempts_left:
        return attempts.gave_up_words(delivery.note)
    return ""


def way_of(delivery: Delivery, kind: Kind, door: Door) -> Way:
    thread = Thread.objects.filter(conversation=delivery.message.conversation_id, address=delivery.to).first()
    name = thread.name if thread else ""
    return Way(door=door, can=kind.capabilities, thread=thread, to=delivery.to, to_name=name)


def waits(delivery: Delivery, error: TryLater, now: datetime) -> None:
    """:raises TryLater: unless it has waited long enough; then those behind it get their turn"""
    if error.after is None:
        NOTED.pop(delivery.inbox_id, None)
        health.note_trouble(inbox=delivery.inbox_id, words=error.reason, at=now, side="out")
    if attempts.note_waits(delivery, error.reason, now=now):
        raise TryLater(error.reason, after=error.after or attempts.wait_after(delivery, now=now))


def note(delivery: Delivery, words: str) -> str:
    Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts).update(note=words)
    Message.objects.filter(pk=delivery.message_id, delivery=Message.Delivery.QUEUED).update(delivery_note=words)
    return words


def forgotten(*, now: datetime) -> list[UUID]:
    """Conversations in which something has waited for a while, whatever became of the job that should send it."""
    rows = Delivery.objects.filter(state__in=attempts.WAITING, queued_at__lt=now - FORGOTTEN_AFTER)
    rows = rows.filter(inbox__in=Channel.objects.filter(paused_at=None).values("pk"))
    return list(rows.values_list("message__conversation", flat=True).distinct()[:1000])
