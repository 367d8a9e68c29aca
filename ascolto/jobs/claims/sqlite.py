"""Claim by compare-and-set under one writer; looking costs no write lock."""

from datetime import datetime

from ascolto.jobs.claims import due
from ascolto.jobs.models import Job


def claim_next(*, now: datetime, worker: str, until: datetime) -> Job | None:
    while seen := due.abandoned(now).first() or due.ready(now).first():
        if Job.objects.filter(pk=seen.pk, version=seen.version, state=seen.state).update(**due.taken(now, worker, until)):
            return Job.objects.get(pk=seen.pk)
    return None
