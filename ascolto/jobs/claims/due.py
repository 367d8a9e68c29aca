"""Which jobs may be claimed, and what a claim writes; the same for every database."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from ascolto.jobs.models import Job, JobState


def abandoned(now: datetime) -> QuerySet[Job]:
    """Jobs whose worker let the lease run out, oldest first."""
    return Job.objects.filter(state=JobState.RUNNING, leased_until__lte=now).order_by("leased_until")


def ready(now: datetime) -> QuerySet[Job]:
    """Jobs whose time has come, oldest first."""
    return Job.objects.filter(state=JobState.WAITING, run_at__lte=now).order_by("run_at")


def taken(now: datetime, worker: str, until: datetime) -> dict[str, Any]:
    return {
        "state": JobState.RUNNING,
        "leased_by": worker,
        "leased_until": until,
        "started_at": now,
        "attempts": F("attempts") + 1,
        "version": F("version") + 1,
    }
