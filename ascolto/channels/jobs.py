"""What arrives is read, and what leaves is sent, in jobs: no page, no door and no reaction waits for a provider."""

from datetime import datetime, timedelta
from uuid import UUID

from ascolto.channels.acknowledge import acknowledge
from ascolto.channels.delivery import deliver
from ascolto.channels.dial import place_call_later, take_waiting_later
from ascolto.channels.mail_link import mail_link
from ascolto.channels.read_later import read_arrivals
from ascolto.channels.send_later import acknowledge_mail_later, deliver_replies
from ascolto.egress import mail
from ascolto.jobs.kind import TryLater, job

SHORTEST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)

__all__ = [
    "acknowledge_later",
    "acknowledge_mail_later",
    "deliver_replies",
    "mail_link_later",
    "mail_reply_later",
    "place_call_later",
    "read_arrivals",
    "take_waiting_later",
]


@job("channels.mail_reply", attempts=60)  # the day that deliver() gives itself takes about 35 of them
def mail_reply_later(*, message_id: str, since: str, now: datetime) -> None:
    """Mail a reply; the waits grow with what has passed since the first attempt was due."""
    began = datetime.fromisoformat(since)
    try:
        deliver(message_id=UUID(message_id), since=began, now=now)
    except mail.TryLater as error:
        raise TryLater(min(max((now - began) / 2, SHORTEST_WAIT), LONGEST_WAIT), str(error)) from error


@job("channels.acknowledge", attempts=12)
def acknowledge_later(*, conversation_id: str, now: datetime) -> None:
    """Tell the sender of a web form that it arrived."""
    try:
        acknowledge(conversation_id=UUID(conversation_id), now=now)
    except mail.TryLater as error:
        raise TryLater(timedelta(minutes=10), str(error)) from error


@job("channels.mail_link", attempts=12)
def mail_link_later(*, link_id: str, asked_at: str, now: datetime) -> None:
    """Mail a new link to a customer's own page."""
    try:
        mail_link(link_id=UUID(link_id), asked_at=datetime.fromisoformat(asked_at), now=now)
    except mail.TryLater as error:
        raise TryLater(timedelta(minutes=10), str(error)) from error
