"""Opening hours across time zones and holidays; pure."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Periods = Mapping[int, list[tuple[time, time]]]
LOOK_AHEAD_DAYS = 60  # a desk closed for longer has no next opening to promise


def is_open(at: datetime, *, week: Periods, holidays: Collection[date], zone: ZoneInfo) -> bool:
    """Whether the desk is open at that instant. A week without any period means: always open."""
    return closes_at(at, week=week, holidays=holidays, zone=zone) is not None or not week


def closes_at(at: datetime, *, week: Periods, holidays: Collection[date], zone: ZoneInfo) -> datetime | None:
    """When the period that holds `at` ends, UTC-comparable in `zone`; None when closed or always open."""
    local = at.astimezone(zone)
    if local.date() in holidays:
        return None
    for opens, closes in week.get(local.weekday(), []):
        if opens <= local.time().replace(tzinfo=None) < closes:
            return datetime.combine(local.date(), closes, zone)
    return None


def next_opening(at: datetime, *, week: Periods, holidays: Collection[date], zone: ZoneInfo) -> datetime | None:
    """The first instant after `at` at which a period begins; None when there is none within 60 days, or the desk never closes."""
    local = at.astimezone(zone)
    for ahead in range(LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=ahead)
        if day in holidays:
            continue
        for opens, _closes in week.get(day.weekday(), []):
            begins = datetime.combine(day, opens, zone)
            if begins > at:
                return begins
    return None
