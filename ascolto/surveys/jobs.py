"""The letter that asks how it went, for customers who are no longer there."""

from datetime import datetime, timedelta
from uuid import UUID

from ascolto.egress import mail
from ascolto.jobs.kind import TryLater, job
from ascolto.surveys.ask_by_mail import ask_by_mail

ASK_BY_MAIL_AFTER = timedelta(minutes=10)  # who is still in the messenger has seen the questions by then


@job("surveys.ask_by_mail", attempts=12)
def ask_by_mail_later(*, invitation_id: str, now: datetime) -> None:
    """Send the letter if the questions were not seen; see ask_by_mail for when it is not sent."""
    try:
        ask_by_mail(invitation_id=UUID(invitation_id), now=now)
    except mail.TryLater as error:
        raise TryLater(timedelta(minutes=20), str(error)) from error
