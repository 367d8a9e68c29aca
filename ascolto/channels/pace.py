"""How often the desk writes by itself: no stranger is flooded with it, and two machines do not write to each other for ever."""

from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from ascolto.channels.models import AutomaticMail, MailPace, Unsubscribed
from ascolto.people.models import Address

Kind = Literal["acknowledgement", "survey", "link"]

PER_ADDRESS = timedelta(hours=24)  # threats.md D8: at most one per address in a day
BREAKER_PERIOD = timedelta(hours=1)
NO_DOTS = ("gmail.com", "googlemail.com")  # dots before their @ mean nothing: all spellings are one mailbox
BREAKER_LETTERS = 200  # of a kind, to unproven addresses; a desk that is asked more often is being abused, and stays silent
BREAKER_ALL = 2000  # of every kind, to anybody: something runs in a circle
# Zammad's numbers (threats.md J2, R11): so many in so many minutes to one mailbox, proven or not, whatever they are about.
CAPS = ((10, 10), (15, 30), (25, 60), (50, 180), (100, 600))
REMEMBERED = timedelta(minutes=600)


@transaction.atomic
def take_turn(*, address: str, kind: Kind, at: datetime, is_proven: bool = False) -> bool:
    """
    Whether one letter that no colleague wrote may go to this address now; if so, its turn is taken.

    Never to one that bounced or whose owner unsubscribed; above the caps and the breaker to nobody. To an address that
    nobody has proven once a day for each kind, also when two callers ask at once.
    """
    mailbox = mailbox_of(address)
    if not is_proven and had_its_turn(mailbox, kind, at):
        return False  # a flood costs one look each
    if is_unwelcome(address, mailbox, kind) or is_looping(mailbox, at) or is_abused(kind, at):
        return False
    if not is_proven and not take_turn_of_the_day(mailbox, kind, at):
        return False
    AutomaticMail.objects.create(address=mailbox, kind=kind, at=at)
    return True


def is_unwelcome(address: str, mailbox: str, kind: Kind) -> bool:
    """It does not work (threat J4), or its owner wants none of it (E4); a link is what its owner asks for."""
    bounced = Address.objects.filter(kind=Address.Kind.EMAIL, value=address.strip().lower(), undeliverable_since__isnull=False)
    return bounced.exists() or (kind != "link" and Unsubscribed.objects.filter(address=mailbox).exists())


def is_looping(mailbox: str, at: datetime) -> bool:
    """Whether as many went to this mailbox lately as go to one where a machine answers (threats J1, J2)."""
    rows = AutomaticMail.objects.filter(address=mailbox, at__gt=at - REMEMBERED).order_by("-at")
    times = list(rows.values_list("at", flat=True)[: CAPS[-1][0]])
    return any(len(times) >= letters and times[letters - 1] > at - timedelta(minutes=minutes) for letters, minutes in CAPS)


def is_abused(kind: Kind, at: datetime) -> bool:
    """Whether more goes out in an hour than a desk in its right mind writes by itself."""
    since = at - BREAKER_PERIOD
    if MailPace.objects.filter(kind=kind, last_at__gt=since).count() >= BREAKER_LETTERS:
        return True
    return AutomaticMail.objects.filter(at__gt=since).count() >= BREAKER_ALL


def had_its_turn(mailbox: str, kind: Kind, at: datetime) -> bool:
    return MailPace.objects.filter(address=mailbox, kind=kind, last_at__gt=at - PER_ADDRESS).exists()


def take_turn_of_the_day(mailbox: str, kind: Kind, at: datetime) -> bool:
    """Of two callers at once one gets it."""
    rows = MailPace.objects.filter(address=mailbox, kind=kind)
    if rows.filter(last_at__lte=at - PER_ADDRESS).update(last_at=at):
        return True
    if rows.exists():
        return False
    _, is_new = MailPace.objects.get_or_create(address=mailbox, kind=kind, defaults={"last_at": at})
    return is_new


def unsubscribe(*, address: str, at: datetime) -> None:
    """Write no more letters by ourselves to this mailbox; answers of people still go there. Twice is once."""
    Unsubscribed.objects.get_or_create(address=mailbox_of(address), defaults={"at": at})


def forget_old_letters(*, now: datetime) -> int:
    """Forget what no cap looks at any more; how many rows."""
    return AutomaticMail.objects.filter(at__lte=now - REMEMBERED).delete()[0]


def mailbox_of(address: str) -> str:
    """The mailbox behind an address, so that victim+1@… and victim+2@… are one victim. Pure."""
    local, at, domain = address.strip().lower().rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '') if domain in NO_DOTS else local}{at}{domain}"
