"""Waiting, running, failed: counts and lists for people and metrics."""

from datetime import datetime

from django.db.models import Count

from ascolto.jobs.models import Job, JobState


def counts() -> dict[str, int]:
    """How many jobs wait, run and have failed (those done are pruned and not counted)."""
    states = [JobState.WAITING, JobState.RUNNING, JobState.FAILED]
    found = Job.objects.filter(state__in=states).values_list("state").annotate(count=Count("pk"))
    return {**{str(state): 0 for state in states}, **dict(found)}


def waiting_jobs(*, limit: int = 100) -> list[Job]:
    """What waits, soonest first."""
    return list(Job.objects.filter(state=JobState.WAITING).order_by("run_at")[:limit])


def running_jobs(*, limit: int = 100) -> list[Job]:
    """What runs now, longest first."""
    return list(Job.objects.filter(state=JobState.RUNNING).order_by("started_at")[:limit])


def failed_jobs(*, limit: int = 100) -> list[Job]:
    """What was given up, newest first."""
    return list(Job.objects.filter(state=JobState.FAILED).order_by("-finished_at")[:limit])


def oldest_due_at(*, now: datetime) -> datetime | None:
    """Since when the job that is due longest waits; None when nothing is due."""
    due = Job.objects.filter(state=JobState.WAITING, run_at__lte=now).order_by("run_at")
    return due.values_list("run_at", flat=True).first()
