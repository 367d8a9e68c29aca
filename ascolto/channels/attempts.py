"""One attempt to deliver: begun and counted before it is made, and only its own outcome is written down (threats Q2, Q5)."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ascolto.channels import receipts
from ascolto.channels.contract import Taken
from ascolto.channels.models import Delivery
from ascolto.conversations.models import Message

State = Delivery.State
WAITING = (State.QUEUED, State.SENDING)  # sending: an attempt is under way, or was broken off
ATTEMPTS = 60
GIVE_UP_AFTER = timedelta(hours=24)  # a provider that is away for a day needs a person
SHORTEST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
PAUSED_WAIT = timedelta(minutes=5)  # until a channel that rests is asked again

log = logging.getLogger(__name__)


def begin(delivery: Delivery, *, now: datetime) -> bool:
    """
    Count an attempt, committed before anything is sent; whether it is ours to make.

    No other can have begun one meanwhile, and what an earlier one still has to say is no longer heard.
    """
    rows = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, state__in=WAITING, attempts_left__gt=0)
    if not rows.update(state=State.SENDING, attempts=F("attempts") + 1, attempts_left=F("attempts_left") - 1, tried_at=now):
        return False
    delivery.state, delivery.attempts, delivery.attempts_left = State.SENDING, delivery.attempts + 1, delivery.attempts_left - 1
    delivery.tried_at = now
    return True


@transaction.atomic
def note_sent(delivery: Delivery, taken: Taken, *, now: datetime) -> bool:
    """The provider has it. False: another attempt was begun since, and what it finds counts."""
    rows = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts)
    if not rows.update(provider_id=taken.id[:200], note=""):
        log.warning("delivery %s was sent by an attempt that another one had taken over", delivery.pk)
        return False
    delivery.provider_id = taken.id[:200]
    delivery.refresh_from_db(fields=["state"])
    receipts.move(delivery, taken.state, at=now, now=now)
    receipts.take_early(delivery, now=now)
    return True


@transaction.atomic
def note_failed(delivery: Delivery, words: str, *, now: datetime) -> bool:
    """It will not go, for a reason in plain words."""
    if not Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, state__in=WAITING).update(tried_at=now):
        return False
    return receipts.move(delivery, State.FAILED, at=now, note=words, now=now)


@transaction.atomic
def note_waits(delivery: Delivery, words: str, *, now: datetime) -> bool:
    """It has not gone yet, and why; after a day of that, or the last attempt, it has failed. Whether it goes on waiting."""
    if now - delivery.queued_at >= GIVE_UP_AFTER or not delivery.attempts_left:
        note_failed(delivery, gave_up_words(words), now=now)
        return False
    rows = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, state__in=WAITING)
    if rows.update(state=State.QUEUED, note=words[:300]):
        delivery.state, delivery.note = State.QUEUED, words[:300]
        queued = Message.objects.filter(pk=delivery.message_id, delivery=Message.Delivery.QUEUED)
        queued.update(delivery_note=words[:300])
    return True


def wait_after(delivery: Delivery, *, now: datetime) -> timedelta:
    """How long until the next attempt: half of what has passed, from seconds up to an hour."""
    return min(max((now - delivery.queued_at) / 2, SHORTEST_WAIT), LONGEST_WAIT)


def gave_up_words(reason: str) -> str:
    return _("Not sent: it was tried for a day or %(times)s times. %(reason)s") % {"times": ATTEMPTS, "reason": reason}
