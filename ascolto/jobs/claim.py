"""Claim the next due job for a worker, chosen by database."""

from datetime import datetime, timedelta

from django.db import connection

from ascolto.jobs.claims import postgres, sqlite
from ascolto.jobs.models import Job, JobState

LEASE = timedelta(seconds=60)  # renewed while the worker lives (keep_leases); a killed worker's job waits this long
LONGEST = timedelta(minutes=15)  # a job that runs longer hangs: its lease is no longer renewed


def claim_next(*, now: datetime, worker: str) -> Job | None:
    """
    The job that is due longest, or whose worker vanished, now leased to `worker` with a new version; None when none is due.

    Two workers never get the same version of the same job.
    """
    if connection.vendor == "postgresql":
        return postgres.claim_next(now=now, worker=worker, until=now + LEASE)
    return sqlite.claim_next(now=now, worker=worker, until=now + LEASE)


def keep_leases(*, now: datetime, worker: str) -> int:
    """Renew the leases of what this worker runs; call it more often than a lease lasts. Returns how many."""
    mine = Job.objects.filter(state=JobState.RUNNING, leased_by=worker, started_at__gt=now - LONGEST)
    return mine.update(leased_until=now + LEASE)


def end_leases(*, worker: str, now: datetime) -> int:
    """What a worker that is known to be dead ran is begun again at once. Twice is once. Returns how many."""
    return Job.objects.filter(state=JobState.RUNNING, leased_by=worker).update(leased_until=now)
