"""Run recurring entries: a lease decides who, a window is finished once."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from ascolto.jobs.models import TimetableEntry

LEASE = timedelta(minutes=1)  # renewed while the worker lives; an entry whose worker was killed is begun again after it

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """Something that recurs: its name, how often, and the function that is given the time. It may run late, or again."""

    name: str
    every: timedelta
    run: Callable[[datetime], None]


def run_timetable(entries: Sequence[Entry], *, now: datetime, worker: str) -> int:
    """
    Run every entry whose window has opened and that no other worker runs; return how many were run here.

    A window is finished once, whoever asks. Windows missed while nothing ran are made up for by one run. A run that was
    killed is begun again when its lease is over; one that raises is logged and waits for its next window.
    """
    return sum(run_entry(entry, now, worker) for entry in entries)


def run_entry(entry: Entry, now: datetime, worker: str) -> bool:
    row, _ = TimetableEntry.objects.get_or_create(name=entry.name, defaults={"next_at": now})
    if not take(row, now, worker):
        return False
    error = ""
    try:
        entry.run(now)
    except Exception as problem:
        log.exception("timetable entry %s failed", entry.name)
        error = f"{type(problem).__name__}: {problem}"[:2000]
    next_at = window_after(row.next_at, entry.every, now)
    mine = TimetableEntry.objects.filter(name=row.name, version=row.version + 1)
    if not mine.update(next_at=next_at, leased_by="", leased_until=None, finished_at=now, last_error=error):
        log.warning("timetable entry %s was taken over by another worker", entry.name)
    return True


def take(row: TimetableEntry, now: datetime, worker: str) -> bool:
    """Compare-and-set on the version: of two who saw the same window one gets it."""
    if row.next_at > now or (row.leased_until and row.leased_until > now):
        return False
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    seen = TimetableEntry.objects.filter(free, name=row.name, version=row.version, next_at__lte=now)
    return bool(seen.update(leased_by=worker, leased_until=now + LEASE, version=F("version") + 1))


def window_after(opened_at: datetime, every: timedelta, now: datetime) -> datetime:
    """The first window's opening after `now`; windows follow each other without drift."""
    return opened_at + every * ((now - opened_at) // every + 1)


def keep_entries(*, now: datetime, worker: str) -> int:
    """Renew the leases of the entries this worker runs. Returns how many."""
    return TimetableEntry.objects.filter(leased_by=worker, leased_until__gt=now).update(leased_until=now + LEASE)
