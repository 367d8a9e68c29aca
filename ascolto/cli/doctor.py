"""`ascolto doctor`: checks database, disk, mail, clock, worker and lag; each finding says what to do."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

if TYPE_CHECKING:
    from ascolto.channels.health import ChannelHealth
    from ascolto.insights.health import Health


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options: it only looks."""


def run(options: argparse.Namespace) -> int:
    from ascolto.insights import health

    findings = list(find(health.check(now=timezone.now())))
    for finding in findings:
        print(f"✗ {finding}")
    if not findings:
        print("✓ database, disk, mail, worker and reactions are well")
    return 1 if findings else 0


def find(found: "Health") -> Iterator[str]:
    """What is wrong and what to do about it, one sentence each; nothing when all is well."""
    if found.pending_migrations:
        yield f"{found.pending_migrations} migrations are waiting: start `ascolto serve`, or run `ascolto manage migrate`."
        return  # without its tables nothing else can be asked
    if not found.is_set_up:
        yield "The desk is not set up: run `ascolto setup`, or open it in a browser."
    if found.is_disk_short:
        free_mb = found.free_bytes // 1_000_000
        yield f"Only {free_mb} MB are free under {settings.DATA_DIR}: make room, a full disk refuses messages."
    if not found.sends_mail:
        yield f"No mail leaves the house: ASCOLTO_SMTP_URL is empty, mail is kept in {settings.MAIL_DIR}."
    if not found.workers:
        yield "No worker is alive: `ascolto serve` starts one, or run `ascolto worker`."
    yield from reactions(found)
    for channel in found.channels:
        yield from of_channel(channel)
    for job in found.failed_jobs:
        yield f"The job {job.kind} gave up after {job.attempts} tries: {job.last_error}"


def of_channel(found: "ChannelHealth") -> Iterator[str]:
    name = f"The channel “{found.inbox.name}” ({found.inbox.key})"
    if found.channel.trouble:
        yield f"{name} does not work: {found.channel.trouble} Mend its settings, then try them on its page."
    if found.is_stuck:
        yield f"{name} has {found.unread} arrivals that nobody reads: look at the worker's log."
    if found.failed_in:
        yield f"{name} has {found.failed_in} arrivals that could not be read: see its page, then run `ascolto reprocess`."


def reactions(found: "Health") -> Iterator[str]:
    for each in found.consumers:
        if each.is_late:
            yield f"“{each.name}” is {each.behind} events behind: look at the worker's log."
    for aside in found.set_aside:
        yield f"“{aside.consumer}” could not take event {aside.position} ({aside.kind}) and set it aside: {aside.error}"
