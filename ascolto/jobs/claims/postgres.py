"""Claim with SKIP LOCKED: workers never wait for each other, nor for a transaction that is just enqueuing."""

from datetime import datetime

from django.db import transaction

from ascolto.jobs.claims import due
from ascolto.jobs.models import Job


@transaction.atomic
def claim_next(*, now: datetime, worker: str, until: datetime) -> Job | None:
    for candidates in (due.abandoned(now), due.ready(now)):
        if found := candidates.select_for_update(skip_locked=True).first():
            Job.objects.filter(pk=found.pk).update(**due.taken(now, worker, until))
            return Job.objects.get(pk=found.pk)
    return None
