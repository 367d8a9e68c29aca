"""Forget what was done: jobs, and workers that are long gone."""

from datetime import datetime, timedelta

from ascolto.jobs.models import Job, JobState, WorkerHeartbeat

KEPT = timedelta(days=7)  # long enough to answer "was it sent last week"
BATCH = 1000  # rows per transaction, so that no writer waits long


def prune_jobs(now: datetime) -> None:
    """Delete jobs done more than a week ago and workers silent as long; failed ones stay until someone decides."""
    old = Job.objects.filter(state=JobState.DONE, finished_at__lt=now - KEPT).order_by("finished_at")
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        Job.objects.filter(pk__in=ids).delete()
    WorkerHeartbeat.objects.filter(at__lt=now - KEPT).delete()
