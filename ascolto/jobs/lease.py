"""Hold something that one worker at a time should have, such as the open connection to a mailbox."""

from datetime import datetime

from django.db.models import F, Q

from ascolto.jobs.models import TimetableEntry
from ascolto.jobs.timetable import LEASE


def hold(*, name: str, worker: str, now: datetime) -> bool:
    """
    Take what is free or left by a worker that vanished; true as well while we have it already.

    It is renewed with the worker's other leases (timetable.keep_entries) and ends a minute after its death. Whoever holds it
    may lose it without noticing, so what is done under it must bear being done twice.
    :param name: up to 64 characters, of no entry of the timetable
    """
    row, _ = TimetableEntry.objects.get_or_create(name=name, defaults={"next_at": now})
    if row.leased_by == worker and row.leased_until is not None and row.leased_until > now:
        return True
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    seen = TimetableEntry.objects.filter(free, name=name, version=row.version)
    return bool(seen.update(leased_by=worker, leased_until=now + LEASE, version=F("version") + 1))


def let_go(*, worker: str, name: str = "") -> int:
    """Give back this, or all that the worker holds, entries of the timetable included. Twice is once. Returns how many."""
    rows = TimetableEntry.objects.filter(leased_by=worker)
    rows = rows.filter(name=name) if name else rows
    return rows.update(leased_by="", leased_until=None)
