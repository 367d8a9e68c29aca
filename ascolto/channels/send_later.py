"""Have replies sent, by one job for each conversation, so that they leave in their order."""

from datetime import datetime, timedelta
from uuid import UUID

from ascolto.channels import attempts, contract, dispatch, pace
from ascolto.channels.acknowledge_mail import acknowledge_mail
from ascolto.channels.models import EarlyReceipt
from ascolto.channels.raw import unread_for_long
from ascolto.channels.read_later import read_soon
from ascolto.jobs.enqueue import enqueue
from ascolto.jobs.kind import TryLater, job

LONGEST_WAIT = timedelta(hours=24)
RECEIPTS_WAIT = timedelta(days=7)  # for a message that nobody here knows


@job("channels.deliver", attempts=10_000)  # the replies count their own attempts; this one may have waited for many
def deliver_replies(*, conversation_id: str, now: datetime) -> None:
    """Send what waits of a conversation; when the provider does not take it now, come back."""
    try:
        while dispatch.deliver_waiting(conversation_id=UUID(conversation_id), now=now):
            pass
    except contract.TryLater as error:
        raise TryLater(min(error.after or attempts.PAUSED_WAIT, LONGEST_WAIT), error.reason) from error


@job("channels.acknowledge_mail", attempts=12)
def acknowledge_mail_later(*, conversation_id: str, mail_id: str, asked_at: str, now: datetime) -> None:
    """Tell who wrote by mail that it arrived."""
    try:
        acknowledge_mail(conversation_id=UUID(conversation_id), mail_id=mail_id, asked_at=datetime.fromisoformat(asked_at))
    except contract.TryLater as error:
        raise TryLater(max(error.after or timedelta(), timedelta(minutes=10)), error.reason) from error


def send_soon(*, conversation: UUID, at: datetime) -> None:
    """Have what waits of this conversation sent. Twice is once."""
    enqueue(deliver_replies, now=at, key=str(conversation), conversation_id=str(conversation))


def sweep(now: datetime) -> None:
    """For the timetable: what was forgotten on its way in or out goes on, and what nobody will ask for any more is removed."""
    for inbox in unread_for_long(now=now):
        read_soon(inbox=inbox, at=now)
    for conversation in dispatch.forgotten(now=now):
        send_soon(conversation=conversation, at=now)
    EarlyReceipt.objects.filter(at__lt=now - RECEIPTS_WAIT).delete()
    pace.forget_old_letters(now=now)
