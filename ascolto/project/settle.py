"""Run all reactions and due jobs until nothing is left to do, for tests and the demo."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from ascolto.eventlog import consume
from ascolto.eventlog.reaction import Reactions
from ascolto.jobs import queries, run
from ascolto.project import wiring

WORKER = "settle"


class NeverQuiet(Exception):
    """Reactions and jobs keep making work for each other."""


class WentWrong(Exception):
    """A reaction failed or was set aside, or a job was given up; the text says which and why."""


def settle(
    now: datetime, *, reactions: Sequence[Reactions] | None = None, allow_failures: bool = False, rounds: int = 1000
) -> int:
    """
    Run all reactions, then the jobs due at `now`, again and again until quiet; return how much was done.

    Jobs for later stay; so do those that said "try later". The waits of retries are drawn with a fixed seed.
    :raises NeverQuiet: still busy after `rounds`
    :raises WentWrong: unless failures are allowed
    """
    listening = wiring.REACTIONS if reactions is None else reactions
    random = Random(1)  # noqa: S311  # no secret: the same waits each time
    done = 0
    for _ in range(rounds):
        fed = sum(consume.feed(each, now=now, worker=WORKER).count for each in listening)
        ran = run.run_due(now=now, worker=WORKER, limit=1000, random=random)
        if not fed and not ran:
            break
        done += fed + ran
    else:
        raise NeverQuiet(f"still busy after {rounds} rounds")
    consume.let_go(worker=WORKER)
    if not allow_failures:
        refuse_failures(listening)
    return done


def refuse_failures(listening: Sequence[Reactions]) -> None:
    failing = set(consume.failing_consumers()) & {each.consumer for each in listening}
    problems = [f"{consumer} fails at its next event (see the log)" for consumer in sorted(failing)]
    problems += [f"{row.consumer} set aside {row.kind} {row.position}: {row.error}" for row in consume.set_aside_list()]
    problems += [f"job {job.kind} gave up: {job.last_error}" for job in queries.failed_jobs()]
    if problems:
        raise WentWrong("; ".join(problems))
