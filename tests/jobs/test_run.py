"""Jobs are run at least once, tried again with growing waits, and given up in plain sight."""

import threading
from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from ascolto.jobs import claim, queries, run
from ascolto.jobs.enqueue import enqueue
from ascolto.jobs.kind import GiveUp, TryLater
from ascolto.jobs.models import Job
from ascolto.jobs.prune import KEPT, prune_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_job_is_given_its_arguments_and_the_time_and_nothing_it_does_not_know(make_kind, noon, work, done):
    def greet_later(*, name: str, now) -> None:
        done.append((name, now))

    enqueue(make_kind(greet_later), now=noon, name="Anna", written_by_a_later_version=True)
    work(noon + timedelta(seconds=3))

    assert done == [("Anna", noon + timedelta(seconds=3))]
    assert Job.objects.get().state == "done"


def test_the_limit_holds(note, noon, work):
    for _ in range(5):
        enqueue(note, now=noon)

    assert [work(noon, limit=3), work(noon, limit=3), work(noon, limit=3)] == [3, 2, 0]


def test_q6_a_job_that_keeps_failing_waits_longer_each_time_and_is_given_up_visibly(make_kind, noon, work):
    def stumble_later() -> None:
        raise ValueError("no such door")

    enqueue(make_kind(stumble_later, attempts=4), now=noon)
    waits, at = [], noon
    while work(at):
        job = Job.objects.get()
        if job.state == "failed":
            break
        waits.append((job.run_at - at).total_seconds())
        at = job.run_at

    assert len(waits) == 3
    assert waits[0] < waits[1] < waits[2]
    assert all(0.8 * wished <= wait <= 1.2 * wished for wait, wished in zip(waits, (5, 15, 45), strict=True))
    assert job.last_error == "ValueError: no such door"
    assert queries.counts() == {"waiting": 0, "running": 0, "failed": 1}
    assert queries.failed_jobs() == [job]


def test_waits_stop_growing_at_an_hour():
    waits = [run.wait_after(attempts, Random(attempts)).total_seconds() for attempts in range(1, 40)]

    assert max(waits) <= 3600 * 1.2


def test_a_job_may_say_when_to_try_later(make_kind, noon, work, done):
    def send_later() -> None:
        done.append(1)
        if len(done) == 1:
            raise TryLater(timedelta(minutes=7), "the server is busy")

    enqueue(make_kind(send_later), now=noon)
    work(noon)

    assert work(noon + timedelta(minutes=6)) == 0
    assert [job.last_error for job in queries.waiting_jobs()] == ["the server is busy"]
    assert work(noon + timedelta(minutes=7)) == 1
    assert Job.objects.get().state == "done"


def test_a_job_may_give_up_at_once(make_kind, noon, work):
    def send_later() -> None:
        raise GiveUp("no such address")

    enqueue(make_kind(send_later), now=noon)
    work(noon)

    [job] = queries.failed_jobs()
    assert (job.attempts, job.last_error) == (1, "no such address")


def test_a_job_of_a_kind_this_version_does_not_know_is_tried_again(note, noon, work, monkeypatch):
    enqueue(note, now=noon)
    monkeypatch.setattr(run, "KINDS", {})
    work(noon)

    assert "no job called test.note" in queries.waiting_jobs()[0].last_error


def test_two_workers_never_run_the_same_job_at_once(make_kind, noon, work):
    begun: list[int] = []

    def count_later(*, number: int) -> None:
        begun.append(number)

    kind = make_kind(count_later)
    for number in range(60):
        enqueue(kind, now=noon, number=number)

    def help_out(worker):
        try:
            while work(noon, worker=worker, limit=5):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=help_out, args=(worker,)) for worker in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(begun) == list(range(60))


def test_a_job_of_a_vanished_worker_is_begun_again_when_its_lease_is_over(note, noon, work, done):
    enqueue(note, now=noon, word="x")
    claim.claim_next(now=noon, worker="vanished")

    assert work(noon + claim.LEASE - timedelta(seconds=1)) == 0
    assert work(noon + claim.LEASE) == 1
    assert done == ["x"]


def test_a_job_that_takes_its_workers_down_is_given_up(note, noon, work, done):
    enqueue(note, now=noon)
    at = noon
    for _ in range(note.attempts):
        claim.claim_next(now=at, worker="vanished")
        at += claim.LEASE

    work(at)

    assert done == []
    assert "vanished" in queries.failed_jobs()[0].last_error


def test_a_lease_is_kept_while_the_worker_lives_but_not_for_ever(note, noon, work):
    enqueue(note, now=noon)
    claim.claim_next(now=noon, worker="busy")
    later = noon + claim.LEASE - timedelta(seconds=5)

    assert claim.keep_leases(now=later, worker="busy") == 1
    assert claim.keep_leases(now=later, worker="other") == 0
    assert work(noon + claim.LEASE) == 0
    assert claim.keep_leases(now=noon + claim.LONGEST, worker="busy") == 0


@pytest.mark.parametrize("outcome", [None, GiveUp("never"), TryLater(timedelta(1), "tomorrow"), ValueError("oh")])
def test_q5_what_a_worker_that_slept_past_its_lease_says_is_dropped(make_kind, noon, work, done, outcome):
    def sleep_later() -> None:
        done.append(1)
        if len(done) == 1:
            work(noon + claim.LEASE, worker="awake")  # the other worker finds the lease over while this one sleeps
            assert Job.objects.get().state == "done"
            if outcome:
                raise outcome

    enqueue(make_kind(sleep_later), now=noon)
    work(noon, worker="asleep", limit=1)

    job = Job.objects.get()
    assert (job.state, job.attempts, job.last_error) == ("done", 2, "")
    assert job.finished_at == noon + claim.LEASE


def test_done_jobs_are_forgotten_after_a_week_and_failed_ones_are_kept(make_kind, note, noon, work):
    def fail_later() -> None:
        raise GiveUp("never")

    enqueue(note, now=noon)
    enqueue(make_kind(fail_later), now=noon)
    work(noon)

    prune_jobs(noon + KEPT)
    assert Job.objects.count() == 2
    prune_jobs(noon + KEPT + timedelta(seconds=1))
    assert [job.state for job in Job.objects.all()] == ["failed"]


def test_looking_for_work_writes_nothing(note, noon, work, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        assert work(noon) == 0


def test_lists_say_what_waits_and_since_when(note, noon):
    enqueue(note, now=noon, run_at=noon + timedelta(hours=1))
    late = enqueue(note, now=noon, run_at=noon - timedelta(hours=1))

    assert queries.oldest_due_at(now=noon) == late.run_at
    assert queries.waiting_jobs()[0] == late
    assert queries.running_jobs() == []
