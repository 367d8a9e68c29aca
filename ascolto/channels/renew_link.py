"""A customer's link has run out: a new one goes to the address that the old one went to, and nowhere else."""

from datetime import datetime

from django.db import transaction

from ascolto.channels.jobs import mail_link_later
from ascolto.channels.pace import take_turn
from ascolto.conversations.links import expired_link
from ascolto.jobs.enqueue import enqueue


@transaction.atomic
def ask_for_link(*, token: str, at: datetime) -> bool:
    """
    Have a new link mailed for one that time has closed; whether one goes.

    Once a day and address at most (threat D8). Revoked, forged and unknown links bring nothing. Who asks is told the same
    in each case: the answer is for the log and for tests.
    """
    link = expired_link(token, now=at)
    if link is None or not link.sent_to or not take_turn(address=link.sent_to, kind="link", at=at):
        return False
    enqueue(mail_link_later, now=at, key=str(link.id), link_id=str(link.id), asked_at=at.isoformat())
    return True
