"""How many text messages leave in a day; the one module here that reads the database (threat H9)."""

from datetime import datetime, timedelta

import phonenumbers
from django.utils.translation import gettext as _

from ascolto.channels.contract import Door, TryLater
from ascolto.channels.models import Delivery
from ascolto.channels.twilio.numbers import country_of

DAY = timedelta(days=1)
PER_DAY = 1000  # to one country; an ordinary desk writes some hundreds
WAIT = timedelta(hours=1)


def refuse_flood(door: Door, number: str, *, now: datetime) -> None:
    """
    Let no more than the day's share leave to a country; what is beyond waits, and the channel shows why.

    :raises TryLater: with words for colleagues
    """
    limit = per_day(door)
    if sent_to(door, number, since=now - DAY) >= limit:
        words = _("Not sent yet: %(limit)s text messages to %(country)s in a day are the limit of this inbox.")
        raise TryLater(words % {"limit": limit, "country": country_of(number)}, after=WAIT)


def per_day(door: Door) -> int:
    """The limit of the settings; a senseless one counts as none."""
    written = door.get("per_day").strip()
    return int(written) if written.isascii() and written.isdigit() and 0 < len(written) < 8 else PER_DAY


def sent_to(door: Door, number: str, *, since: datetime) -> int:
    """How many the provider has taken for numbers with the same calling code."""
    code = phonenumbers.parse(number, None).country_code
    rows = Delivery.objects.filter(inbox=door.inbox, to__startswith=f"+{code}", tried_at__gte=since)
    return rows.exclude(provider_id="").count()
