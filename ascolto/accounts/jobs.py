"""Letters to colleagues go out in jobs: a page never waits for the mail server, and none is lost when it is away."""

from collections.abc import Callable
from datetime import timedelta

from ascolto.accounts import letters
from ascolto.accounts.models import User, written_alike
from ascolto.jobs.kind import TryLater, job

WAIT = timedelta(minutes=2)


@job("accounts.new_password", attempts=6)
def new_password_later(*, email: str) -> None:
    """Mail the link for a new password, if the address is a colleague's; asked for in the same way for any address (F5)."""
    user = User.objects.filter(email=written_alike(email), is_active=True).first()
    if user is not None:
        deliver(lambda: letters.send_new_password(user))


@job("accounts.letter", attempts=6)
def letter_later(*, to: str, subject: str, body: str) -> None:
    """Mail a letter that holds no secret."""
    deliver(lambda: letters.send(to, subject, body))


def deliver(send: Callable[[], None]) -> None:
    try:
        send()
    except OSError as error:  # every failure of SMTP and of the network is one
        raise TryLater(WAIT, f"the mail server does not take it: {type(error).__name__}") from error
