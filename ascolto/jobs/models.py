"""Durable work: jobs, the timetable's places, and the workers' signs of life."""

from django.db import models
from django.db.models import Q

from ascolto.database.ids import new_id


class JobState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (JobState.WAITING, JobState.RUNNING)


class Job(models.Model):
    """One piece of work to be done once or more; its row is the promise that it will be."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=200, blank=True)  # same kind and key: the same work, waiting only once
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)  # begun, not only finished: a killed one counts
    max_attempts = models.PositiveSmallIntegerField()
    leased_by = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)  # one more at every claim; a worker that slept writes with an old one
    again_at = models.DateTimeField(null=True)  # asked for again while it ran: it will not have seen the newest state
    last_error = models.TextField(blank=True)
    enqueued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=["waiting", "running"]) & ~Q(key=""),
                name="one_waiting_job_per_key",
            ),
        ]
        indexes = [
            models.Index(fields=["run_at"], condition=Q(state="waiting"), name="jobs_to_begin"),  # claim: the next due
            models.Index(fields=["leased_until"], condition=Q(state="running"), name="jobs_to_reclaim"),  # claim: of the dead
            models.Index(fields=["finished_at"], condition=Q(state="done"), name="jobs_to_prune"),  # prune
            models.Index(fields=["finished_at"], condition=Q(state="failed"), name="jobs_that_failed"),  # the list for people
        ]


class TimetableEntry(models.Model):
    """When a recurring entry is next due and who runs it now."""

    name = models.CharField(max_length=64, primary_key=True)
    next_at = models.DateTimeField()
    leased_by = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)


class WorkerHeartbeat(models.Model):
    """A worker's sign of life."""

    name = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField()
    at = models.DateTimeField()
