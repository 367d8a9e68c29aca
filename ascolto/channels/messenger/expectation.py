"""When a visitor may expect an answer: from answers that were really given and the opening hours, nothing else."""

import time as clock
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ascolto.conversations.models import Episode
from ascolto.workspace import hours, queries

LOOK_BACK = timedelta(days=28)  # whole weeks, so that each weekday counts the same
AT_LEAST = 5  # fewer answers say nothing; then nothing is said (as everywhere in the product)
AT_MOST = 500  # the latest; more would not change the words
SHARE = 0.8  # eight in ten: a promise that is kept four times out of five, and says so
KEPT_S = 60.0
MINUTES_SAID = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
HOURS_SAID = (2, 3, 4, 6, 8, 12, 24)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What the messenger says at its head: one sentence, whether the desk is open, and what the sentence rests on."""

    text: str
    is_open: bool
    detail: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known: opening hours now, and how long eight in ten answers took."""

    at: datetime
    is_open: bool
    closes_at: datetime | None
    opens_at: datetime | None
    count: int
    most: timedelta | None  # SHARE of the answers came within this
    half: timedelta | None


_kept: dict[str, tuple[float, Expectation]] = {}


def expectation(*, language: str, at: datetime) -> Expectation:
    """What to say to a visitor now, in that language; remembered for a minute. A few bounded queries."""
    kept = _kept.get(language)
    if kept is not None and 0 <= clock.monotonic() - kept[0] < KEPT_S:
        return kept[1]
    found = in_words(facts(at), language)
    _kept[language] = (clock.monotonic(), found)
    return found


def forget() -> None:
    """Read everything anew at the next call; for tests and for whoever changed the hours."""
    _kept.clear()


def facts(at: datetime) -> Facts:
    """Opening hours at that instant, and the first answers of the last four weeks to what began while we were open."""
    desk = queries.workspace()
    zone = ZoneInfo(desk.time_zone if desk else "UTC")
    week, holidays = queries.week(), queries.holidays()
    rows = (
        Episode.objects.filter(first_reply_at__gte=at - LOOK_BACK, first_reply_at__lte=at)
        .order_by("-first_reply_at")
        .values_list("opened_at", "first_reply_at")[:AT_MOST]
    )
    waits = [
        first_reply - opened
        for opened, first_reply in rows
        if first_reply is not None and hours.is_open(opened, week=week, holidays=holidays, zone=zone)
    ]
    enough = len(waits) >= AT_LEAST
    return Facts(
        at=at.astimezone(zone),
        is_open=hours.is_open(at, week=week, holidays=holidays, zone=zone),
        closes_at=hours.closes_at(at, week=week, holidays=holidays, zone=zone),
        opens_at=hours.next_opening(at, week=week, holidays=holidays, zone=zone),
        count=len(waits),
        most=share_within(waits, SHARE) if enough else None,
        half=share_within(waits, 0.5) if enough else None,
    )


def share_within(waits: Sequence[timedelta], share: float) -> timedelta:
    """The shortest time within which that share of the answers came: one that was really needed, not between two. Pure."""
    return sorted(waits)[max(ceil(len(waits) * share), 1) - 1]


def in_words(known: Facts, language: str) -> Expectation:
    """The facts as sentences. Pure."""
    with translation.override(language):
        return Expectation(text=sentence(known), is_open=known.is_open, detail=detail(known))


def sentence(known: Facts) -> str:
    if known.is_open and known.most is not None:
        return _("8 in 10 first answers come within %(time)s.") % {"time": rounded_up(known.most)}
    if known.is_open and known.closes_at is not None:
        return _("We are here until %(time)s.") % {"time": clock_time(known.closes_at)}
    if known.is_open:
        return _("Write to us: the answer comes here.")
    if known.opens_at is None:
        return _("We are closed now. What you write is kept and read.")
    days = (known.opens_at.date() - known.at.date()).days
    told = {"time": clock_time(known.opens_at), "day": date_format(known.opens_at, "l")}
    if days == 0:
        return _("We are closed now and open today at %(time)s.") % told
    if days == 1:
        return _("We are closed now and open tomorrow at %(time)s.") % told
    if days < 7:
        return _("We are closed now and open on %(day)s at %(time)s.") % told
    return _("We are closed now and open on %(date)s.") % {"date": date_format(known.opens_at, "j F")}


def detail(known: Facts) -> str:
    """What the sentence rests on, for whoever asks; empty when it rests on nothing but the hours."""
    if known.half is None or not known.is_open:
        return ""
    words = ngettext(
        "From %(count)s answer of the last 28 days; half came within %(half)s.",
        "From %(count)s answers of the last 28 days; half came within %(half)s.",
        known.count,
    )
    said = words % {"count": known.count, "half": rounded_up(known.half)}
    if known.closes_at is None:
        return said
    return _("%(basis)s Open until %(time)s.") % {"basis": said, "time": clock_time(known.closes_at)}


def rounded_up(wait: timedelta) -> str:
    """A time that people say, never shorter than it was."""
    minutes = max(ceil(wait.total_seconds() / 60), 1)
    for said in MINUTES_SAID:
        if minutes <= said:
            return ngettext("%(count)s minute", "%(count)s minutes", said) % {"count": said}
    passed = ceil(minutes / 60)
    for said in HOURS_SAID:
        if passed <= said:
            return ngettext("%(count)s hour", "%(count)s hours", said) % {"count": said}
    days = ceil(passed / 24)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def clock_time(at: datetime) -> str:
    return date_format(at, "H:i")
