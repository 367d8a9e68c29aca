"""How often the desk writes by itself to addresses that nobody has proven, so that it cannot be used to flood a stranger."""

from datetime import datetime, timedelta
from typing import Literal

from ascolto.channels.models import MailPace

Kind = Literal["acknowledgement", "survey", "link"]

PER_ADDRESS = timedelta(hours=24)  # threats.md D8: at most one per address in a day
BREAKER_PERIOD = timedelta(hours=1)
NO_DOTS = ("gmail.com", "googlemail.com")  # dots before their @ mean nothing: all spellings are one mailbox
BREAKER_LETTERS = 200  # over all addresses; a desk that is asked more often in an hour is being abused, and stays silent


def take_turn(*, address: str, kind: Kind, at: datetime) -> bool:
    """
    Whether one letter of this kind may go to this unproven address now; if so, its turn is taken.

    Twice within a day is refused, also for two callers at once. Above 200 letters an hour everybody is refused.
    """
    if MailPace.objects.filter(kind=kind, last_at__gt=at - BREAKER_PERIOD).count() >= BREAKER_LETTERS:
        return False
    mailbox = mailbox_of(address)
    rows = MailPace.objects.filter(address=mailbox, kind=kind)
    if rows.filter(last_at__lte=at - PER_ADDRESS).update(last_at=at):
        return True
    if rows.exists():
        return False
    _, is_new = MailPace.objects.get_or_create(address=mailbox, kind=kind, defaults={"last_at": at})
    return is_new


def mailbox_of(address: str) -> str:
    """The mailbox behind an address, so that victim+1@… and victim+2@… are one victim. Pure."""
    local, at, domain = address.strip().lower().rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '') if domain in NO_DOTS else local}{at}{domain}"
