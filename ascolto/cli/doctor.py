"""`ascolto doctor`: checks database, disk, mail, clock, worker and lag; each finding says what to do."""

import argparse
import shutil
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from ascolto.eventlog import consume
from ascolto.jobs import queries
from ascolto.jobs.heartbeat import living_workers
from ascolto.project.wiring import REACTIONS
from ascolto.workspace.queries import workspace

LEAST_FREE_BYTES = 500_000_000  # a day of a busy small desk with its pictures
LAG_EVENTS = 1_000  # more than a minute behind at a rate no small desk reaches


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options: it only looks."""


def run(options: argparse.Namespace) -> int:
    findings = list(find())
    for finding in findings:
        print(f"✗ {finding}")
    if not findings:
        print("✓ database, disk, mail, worker and reactions are well")
    return 1 if findings else 0


def find() -> Iterator[str]:
    """What is wrong and what to do about it, one sentence each; nothing when all is well."""
    checks: tuple[Callable[[], Iterator[str]], ...] = (schema, desk, disk, mail, workers, reactions, jobs)
    for check in checks:
        yield from check()
        if check is schema and pending():
            return  # without its tables nothing else can be asked


def pending() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def schema() -> Iterator[str]:
    if count := pending():
        yield f"{count} migrations are waiting: start `ascolto serve`, or run `ascolto manage migrate`."


def desk() -> Iterator[str]:
    if workspace() is None:
        yield "The desk is not set up: run `ascolto setup`, or open it in a browser."


def disk() -> Iterator[str]:
    free = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else settings.DATA_DIR.parent).free
    if free < LEAST_FREE_BYTES:
        yield f"Only {free // 1_000_000} MB are free under {settings.DATA_DIR}: make room, a full disk refuses messages."


def mail() -> Iterator[str]:
    if not settings.SMTP_URL:
        yield f"No mail leaves the house: ASCOLTO_SMTP_URL is empty, mail is kept in {settings.MAIL_DIR}."


def workers() -> Iterator[str]:
    if not living_workers(now=timezone.now()):
        yield "No worker is alive: `ascolto serve` starts one, or run `ascolto worker`."


def reactions() -> Iterator[str]:
    for each in REACTIONS:
        if (behind := consume.lag(each.consumer)) > LAG_EVENTS:
            yield f"“{each.consumer}” is {behind} events behind: look at the worker's log."
    for aside in consume.set_aside_list():
        yield f"“{aside.consumer}” could not take event {aside.position} ({aside.kind}) and set it aside: {aside.error}"


def jobs() -> Iterator[str]:
    for job in queries.failed_jobs():
        yield f"The job {job.kind} gave up after {job.attempts} tries: {job.last_error}"
