"""Enqueue a job inside the caller's transaction: it exists if, and only if, the caller's work does."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ascolto.eventlog.append import wake
from ascolto.jobs.kind import JobKind, plain
from ascolto.jobs.models import UNFINISHED, Job, JobState

TRIES = 5  # the one with the same key may finish between our looks; each look is a moment


@transaction.atomic
def enqueue(job: JobKind, /, *, now: datetime, run_at: datetime | None = None, key: str = "", **arguments: Any) -> Job:
    """
    Promise that the job will run after this transaction, at `run_at` or as soon as it can.

    With a `key`, a job of this kind and key that still waits is returned as it is; one that runs already runs once
    more afterwards, since it may not have seen what this transaction writes.
    """
    wanted_at = run_at or now
    for _ in range(TRIES):
        new = Job(
            kind=job.name,
            key=key,
            arguments=plain(arguments),
            run_at=wanted_at,
            max_attempts=job.attempts,
            enqueued_at=now,
        )
        Job.objects.bulk_create([new], ignore_conflicts=bool(key))  # a conflict must not spoil the caller's transaction
        if not key or Job.objects.filter(pk=new.pk).exists():
            transaction.on_commit(wake)
            return new
        if existing := share_existing(job, key, wanted_at):
            return existing
    raise RuntimeError(f"{job.name} with the key {key} came and went {TRIES} times while it was enqueued")


def share_existing(job: JobKind, key: str, wanted_at: datetime) -> Job | None:
    """The unfinished job of this key, held until the caller commits: it must not run before it can see the caller's work."""
    existing = Job.objects.select_for_update().filter(kind=job.name, key=key, state__in=UNFINISHED).first()
    if existing and existing.state == JobState.RUNNING:
        existing.again_at = wanted_at
        existing.save(update_fields=["again_at"])
    return existing


@transaction.atomic
def run_again(*, job_id: UUID, now: datetime) -> Job:
    """
    Give a failed job all its attempts again; when a newer one with its key waits already, that one is returned instead.

    :raises Job.DoesNotExist: no job with this id stands as failed (any more)
    """
    failed = Job.objects.select_for_update().get(pk=job_id, state=JobState.FAILED)
    if twin := unfinished_twin(failed):
        return twin
    failed.state, failed.attempts, failed.run_at, failed.finished_at = JobState.WAITING, 0, now, None
    failed.save(update_fields=["state", "attempts", "run_at", "finished_at"])
    transaction.on_commit(wake)
    return failed


def run_failed_again(*, now: datetime, limit: int = 1000) -> int:
    """Give the newest failed jobs all their attempts again, each as `run_again` does; how many there were."""
    ids = list(Job.objects.filter(state=JobState.FAILED).order_by("-finished_at").values_list("pk", flat=True)[:limit])
    for id in ids:
        run_again(job_id=id, now=now)
    return len(ids)


def unfinished_twin(failed: Job) -> Job | None:
    """A newer job with the same key does the same work."""
    if not failed.key:
        return None
    return Job.objects.filter(kind=failed.kind, key=failed.key, state__in=UNFINISHED).first()
