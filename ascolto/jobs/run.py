"""Run due jobs: claim, run, retry with growing waits, give up visibly; may be killed at any line."""

import logging
import time
from datetime import datetime, timedelta
from random import Random

from django.db.models import QuerySet

from ascolto.jobs import claim
from ascolto.jobs.kind import KINDS, GiveUp, JobKind, TryLater
from ascolto.jobs.models import Job, JobState

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 3600.0  # eight attempts reach over some two hours: a provider's bad morning
GROWTH = 3.0
JITTER = 0.2  # share of the wait, so that a thousand jobs that failed together do not come back together

log = logging.getLogger(__name__)


def run_due(*, now: datetime, worker: str, limit: int, random: Random) -> int:
    """
    Run up to `limit` due jobs, one after the other, and return how many were begun.

    A job whose worker was killed is begun again when its lease has run out. A worker that slept past its lease writes
    nothing: its claim has an old version.
    """
    for count in range(limit):
        job = claim.claim_next(now=now, worker=worker)
        if job is None:
            return count
        run_job(job, now=now, random=random)
    return limit


def run_job(job: Job, *, now: datetime, random: Random) -> None:
    """Run one claimed job and write down what came of it."""
    started = time.monotonic()
    try:
        refuse_a_killer(job)
        kind_of(job).run(job.arguments, now=now)
    except GiveUp as error:
        give_up(job, error.reason, ended(now, started))
    except TryLater as error:
        try_later(job, error.reason, ended(now, started), error.after)
    except Exception as error:
        log.warning("job %s %s failed (%d of %d)", job.kind, job.pk, job.attempts, job.max_attempts, exc_info=True)
        try_later(job, f"{type(error).__name__}: {error}", ended(now, started), wait_after(job.attempts, random))
    else:
        finish(job, JobState.DONE, "", ended(now, started))


def ended(now: datetime, started: float) -> datetime:
    """The time when it ended, in whole seconds from `now`: a story told with a moved clock stays the same each time."""
    return now + timedelta(seconds=int(time.monotonic() - started))


def refuse_a_killer(job: Job) -> None:
    """A job that took every worker down with it is not begun again."""
    if job.attempts > job.max_attempts:
        raise GiveUp(f"the worker vanished while it ran, {job.max_attempts} times")


def kind_of(job: Job) -> JobKind:
    if job.kind not in KINDS:
        raise LookupError(f"this version has no job called {job.kind}")  # a newer one may: so it is tried again
    return KINDS[job.kind]


def wait_after(attempts: int, random: Random) -> timedelta:
    """How long to wait after this many attempts: three times longer each time, up to an hour, a fifth more or less."""
    wait_s = min(FIRST_WAIT_S * GROWTH ** (attempts - 1), LONGEST_WAIT_S)
    return timedelta(seconds=wait_s * random.uniform(1 - JITTER, 1 + JITTER))


def try_later(job: Job, reason: str, at: datetime, after: timedelta) -> None:
    if job.attempts >= job.max_attempts:
        give_up(job, reason, at)
    else:
        write_down(job, still_mine(job).update(state=JobState.WAITING, run_at=at + after, again_at=None, **outcome(reason)))


def give_up(job: Job, reason: str, at: datetime) -> None:
    log.error("job %s %s gave up after %d attempts: %s", job.kind, job.pk, job.attempts, reason)
    finish(job, JobState.FAILED, reason, at)


def finish(job: Job, state: JobState, reason: str, at: datetime) -> None:
    """Done or failed – or waiting from the start, when someone asked for it again while it ran."""
    mine = still_mine(job)
    written = mine.filter(again_at=None).update(state=state, finished_at=at, **outcome(reason))
    if not written and (again := mine.exclude(again_at=None).first()):
        written = mine.update(state=JobState.WAITING, run_at=again.again_at, again_at=None, attempts=0, **outcome(reason))
    write_down(job, written)


def outcome(reason: str) -> dict[str, str | None]:
    return {"leased_by": "", "leased_until": None, "last_error": reason[:2000].replace("\0", "")}


def still_mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, version=job.version, state=JobState.RUNNING)


def write_down(job: Job, written: int) -> None:
    if not written:
        log.warning("job %s %s was taken over by another worker; what came of it here is dropped", job.kind, job.pk)
