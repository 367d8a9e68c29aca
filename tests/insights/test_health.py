"""What is found about the desk itself."""

from datetime import timedelta
from typing import Any

from ascolto.insights import health
from ascolto.jobs.heartbeat import beat
from ascolto.jobs.models import Job, JobState
from tests.conftest import NOON, World


def test_a_desk_with_a_worker_and_nothing_behind_is_well(world: World, conversation: Any, settle: Any) -> None:
    settle(NOON)
    beat(worker="w", now=NOON)

    found = health.check(now=NOON + timedelta(seconds=5))

    assert found.is_well
    assert found.workers == ["w"]
    assert {each.name for each in found.consumers} == {"search", "channels", "surveys"}
    assert {each.behind for each in found.consumers} == {0}


def test_without_a_worker_it_is_not_well(world: World) -> None:
    beat(worker="w", now=NOON)

    assert not health.check(now=NOON + timedelta(minutes=1)).is_well


def test_a_consumer_that_was_never_fed_is_behind_by_everything(world: World, conversation: Any) -> None:
    found = health.check(now=NOON)

    assert all(each.behind > 0 for each in found.consumers)


def test_failed_jobs_are_counted_beyond_those_that_are_shown(world: World) -> None:
    Job.objects.bulk_create(
        Job(kind="x", state=JobState.FAILED, run_at=NOON, max_attempts=1, enqueued_at=NOON, finished_at=NOON) for _ in range(101)
    )

    found = health.check(now=NOON)

    assert len(found.failed_jobs) == health.SHOWN
    assert found.job_counts["failed"] == 101


def test_looking_costs_the_same_however_much_there_is(world: World, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(20):
        health.check(now=NOON)
