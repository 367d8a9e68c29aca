"""Whether the desk itself is well: database, disk, mail, workers, reactions, jobs. The doctor and the page both ask here."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from ascolto.channels.health import ChannelHealth, health_of_all
from ascolto.eventlog import consume
from ascolto.eventlog.consume import SetAsideEvent
from ascolto.eventlog.reaction import Reactions
from ascolto.jobs import queries
from ascolto.jobs.heartbeat import living_workers
from ascolto.jobs.models import Job
from ascolto.workspace.queries import workspace

LEAST_FREE_BYTES = 500_000_000  # a day of a busy small desk with its pictures
LAG_EVENTS = 1_000  # more than a minute behind at a rate no small desk reaches
SHOWN = 100  # set aside, failed: more than a person reads; the counts are of all


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """How far one consumer of the event log is."""

    name: str
    behind: int  # events
    is_failing: bool  # its next event failed and waits for another try

    @property
    def is_late(self) -> bool:
        return self.behind > LAG_EVENTS


@dataclass(frozen=True, kw_only=True)
class Health:
    """What was found. With migrations pending nothing else of the database was asked."""

    pending_migrations: int
    free_bytes: int
    sends_mail: bool
    is_set_up: bool = False
    workers: list[str] = field(default_factory=list)
    consumers: list[Consumer] = field(default_factory=list)
    set_aside: list[SetAsideEvent] = field(default_factory=list)
    failed_jobs: list[Job] = field(default_factory=list)
    job_counts: dict[str, int] = field(default_factory=dict)  # waiting, running, failed
    oldest_due_at: datetime | None = None  # since when the job that is due longest waits
    channels: list[ChannelHealth] = field(default_factory=list)

    @property
    def is_disk_short(self) -> bool:
        return self.free_bytes < LEAST_FREE_BYTES

    @property
    def is_well(self) -> bool:
        """Whether nothing asks for a person. Mail that is only kept does not: it is a choice."""
        is_late = any(each.is_late or each.is_failing for each in self.consumers)
        is_cut_off = not all(each.is_well for each in self.channels)
        broken = is_cut_off or self.pending_migrations or self.is_disk_short or is_late or self.set_aside or self.failed_jobs
        return self.is_set_up and bool(self.workers) and not broken


def check(*, now: datetime) -> Health:
    """Look at everything once; writes nothing. A dozen small queries."""
    pending = pending_migrations()
    if pending:
        return Health(pending_migrations=pending, free_bytes=free_bytes(), sends_mail=bool(settings.SMTP_URL))
    return Health(
        pending_migrations=0,
        free_bytes=free_bytes(),
        sends_mail=bool(settings.SMTP_URL),
        is_set_up=workspace() is not None,
        workers=living_workers(now=now),
        consumers=list(consumers()),
        set_aside=consume.set_aside_list(),
        failed_jobs=queries.failed_jobs(limit=SHOWN),
        job_counts=queries.counts(),
        oldest_due_at=queries.oldest_due_at(now=now),
        channels=health_of_all(now=now),
    )


def pending_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def free_bytes() -> int:
    """Room on the disk that holds the desk's data."""
    return shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else settings.DATA_DIR.parent).free


def consumers() -> Iterable[Consumer]:
    failing = set(consume.failing_consumers())
    for each in reactions():
        yield Consumer(name=each.consumer, behind=consume.lag(each.consumer), is_failing=each.consumer in failing)


def reactions() -> tuple[Reactions, ...]:
    """The desk's one table of reactions; the settings name it, since it knows every room."""
    table: tuple[Reactions, ...] = import_string(settings.REACTIONS)
    return table


def reactions_of(consumer: str) -> Reactions:
    """The reactions with this name. :raises consume.NotSetAside: nobody is called so (any more)"""
    for each in reactions():
        if each.consumer == consumer:
            return each
    raise consume.NotSetAside(f"no consumer is called {consumer}")
