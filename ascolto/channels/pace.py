"""How often the desk writes by itself to addresses that nobody has proven, so that it cannot be used to flood a stranger."""

from datetime import datetime, timedelta
from typing import Literal

from ascolto.channels.models import MailPace

Kind = Literal["acknowledgement", "survey"]

PER_ADDRESS = timedelta(hours=24)  # threats.md D8: at most one per address in a day
BREAKER_PERIOD = timedelta(hours=1)
BREAKER_LETTERS = 200  # over all addresses; a desk that is asked more often in an hour is being abused, and stays silent


def take_turn(*, address: str, kind: Kind, at: datetime) -> bool:
    """
    Whether one letter of this kind may go to this unproven address now; if so, its turn is taken.

    Twice within a day is refused, also for two callers at once. Above 200 letters an hour everybody is refused.
    """
    if MailPace.objects.filter(kind=kind, last_at__gt=at - BREAKER_PERIOD).count() >= BREAKER_LETTERS:
        return False
    rows = MailPace.objects.filter(address=address, kind=kind)
    if rows.filter(last_at__lte=at - PER_ADDRESS).update(last_at=at):
        return True
    if rows.exists():
        return False
    _, is_new = MailPace.objects.get_or_create(address=address, kind=kind, defaults={"last_at": at})
    return is_new
