"""The week as a form: seven days, each closed or with up to two periods."""

from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from ascolto.workspace.queries import Week

PERIODS = 2  # a lunch break; a day that has more keeps them all
MIDNIGHT = time(0)
END_OF_DAY = time.max  # a period until midnight is kept so: hours end on the day they began


@dataclass(frozen=True, kw_only=True)
class Day:
    """One weekday as it is filled in: pairs of times as text, and what is wrong with them."""

    number: int  # 0 Monday
    rows: list[tuple[str, str]]
    is_closed: bool
    periods: tuple[tuple[time, time], ...] = ()
    problem: str = ""

    @property
    def name(self) -> str:
        return str(WEEKDAYS[self.number])


def as_days(week: Week) -> list[Day]:
    """The opening hours."""
    return [day_of(number, week.get(number, [])) for number in range(7)]


def day_of(number: int, periods: list[tuple[time, time]]) -> Day:
    rows = [(as_text(opens), as_text(closes)) for opens, closes in periods]
    return Day(number=number, rows=padded(rows), is_closed=not periods, periods=tuple(periods))


def as_text(at: time) -> str:
    return "00:00" if at == END_OF_DAY else f"{at:%H:%M}"


def padded(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return rows + [("", "")] * (PERIODS - len(rows))


def read_week(said: QueryDict) -> list[Day]:
    """
    What was filled in: `opens-0`, `closes-0` (Monday) once for each period, `closed-0`.

    With all seven days closed the first one says so: a week without hours would mean always open.
    """
    days = [read_day(said, number) for number in range(7)]
    if not any(day.periods or day.problem for day in days):
        problem = _("All seven days are closed. Give the times of one day at least, or choose “Always open”.")
        days[0] = Day(number=0, rows=days[0].rows, is_closed=days[0].is_closed, problem=problem)
    return days


def read_day(said: QueryDict, number: int) -> Day:
    opens, closes = (said.getlist(f"{name}-{number}")[:10] for name in ("opens", "closes"))
    rows = [(one.strip()[:8], other.strip()[:8]) for one, other in zip(opens, closes, strict=False)]
    if f"closed-{number}" in said:
        return Day(number=number, rows=padded(rows), is_closed=True)
    try:
        periods = periods_of([row for row in rows if row != ("", "")])
    except ValueError as error:
        return Day(number=number, rows=padded(rows), is_closed=False, problem=str(error))
    return Day(number=number, rows=padded(rows), is_closed=False, periods=periods)


def periods_of(rows: list[tuple[str, str]]) -> tuple[tuple[time, time], ...]:
    """The periods in order. :raises ValueError: with words for people"""
    if not rows:
        raise ValueError(_("Give the times, or choose “closed”."))
    found = []
    for row in rows:
        try:
            opens, closes = (wall_time(each) for each in row)
        except ValueError as error:
            raise ValueError(_("Each period needs two times, as 09:00 and 13:00.")) from error
        closes = END_OF_DAY if closes == MIDNIGHT else closes
        if opens >= closes:
            raise ValueError(_("A period ends after it begins; one past midnight is two, each on its day."))
        found.append((opens, closes))
    found.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise ValueError(_("Two periods are open at the same time."))
    return tuple(found)


def wall_time(text: str) -> time:
    """A time of the desk's own clock. :raises ValueError:"""
    found = time.fromisoformat(text)
    if found.tzinfo is not None:
        raise ValueError(text)
    return found
