"""One worker: reactions, jobs and timetable, woken by what happens."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from ascolto.database.changes import change_token
from ascolto.eventlog import append, consume
from ascolto.eventlog.event import KINDS
from ascolto.eventlog.reaction import Reactions
from ascolto.jobs import claim, heartbeat, lease
from ascolto.jobs.enqueue import enqueue
from ascolto.jobs.kind import KINDS as JOB_KINDS
from ascolto.jobs.kind import JobKind
from ascolto.jobs.models import Job
from ascolto.jobs.timetable import Entry
from ascolto.project import worker as worker_module
from ascolto.project.timetable import ENTRIES, connect
from ascolto.project.worker import Worker
from tests.eventlog.bell import BellRang

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def bell_kind(monkeypatch):
    monkeypatch.setitem(KINDS, BellRang.kind, BellRang)


@pytest.fixture
def start():
    running: list[tuple[threading.Event, threading.Thread]] = []

    def start_worker(reactions=(), entries=(), name="here") -> Worker:
        stop = threading.Event()
        worker = Worker(reactions, entries, name)
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        running.append((stop, thread))
        return worker

    yield start_worker
    for stop, _ in running:
        stop.set()
    for _, thread in running:
        thread.join(20)
        assert not thread.is_alive()


def ring(times: int) -> None:
    with transaction.atomic():
        append.append(BellRang(subject=uuid4(), times=times), at=datetime.now(UTC))


def wait_until(condition) -> float:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() < started + 20, "it did not happen"
        time.sleep(0.005)
    return time.monotonic() - started


def test_a_worker_reacts_runs_jobs_and_keeps_the_timetable(start, monkeypatch):
    done = []
    knock = JobKind("test.knock", 3, lambda: done.append("job"))
    monkeypatch.setitem(JOB_KINDS, knock.name, knock)
    reactions = Reactions("bells", {BellRang: lambda recorded: enqueue(knock, now=recorded.at)})

    start([reactions], [Entry("tick", timedelta(hours=1), lambda now: done.append("timetable"))])
    ring(1)

    wait_until(lambda: sorted(done) == ["job", "timetable"])
    wait_until(lambda: Job.objects.filter(state="done").exists())
    wait_until(lambda: heartbeat.living_workers(now=datetime.now(UTC)) == ["here"])


def test_a_stopped_worker_leaves_in_good_order():
    stop = threading.Event()
    worker = Worker([Reactions("bells", {BellRang: lambda recorded: stop.set()})], (), "brief")
    ring(1)

    worker.run(stop)

    assert consume.lag("bells") == 0
    assert heartbeat.living_workers(now=datetime.now(UTC)) == []
    assert worker.wake not in append.wake_ups


def test_a_commit_of_another_process_is_noticed(start, monkeypatch):
    heard: list[int] = []
    monkeypatch.setattr(worker_module, "IDLE_S", 60)
    start([Reactions("bells", {BellRang: lambda recorded: heard.append(recorded.event.times)})])
    ring(1)
    wait_until(lambda: heard == [1])
    asleep = append.wake_ups.pop()  # as in another process: nobody here is woken
    ring(2)
    append.wake_ups.append(asleep)

    wait_until(lambda: heard == [1, 2])


def test_a_consumer_in_trouble_does_not_stop_the_others(start):
    heard = []

    def fail(recorded):
        raise ValueError("loud")

    start([Reactions("bad", {BellRang: fail}), Reactions("good", {BellRang: lambda recorded: heard.append(1)})])
    ring(1)

    wait_until(lambda: heard == [1])
    wait_until(lambda: consume.failing_consumers() == ["bad"])


def test_trouble_waits_longer_each_time_and_is_forgotten():
    trouble = worker_module.Trouble()

    waits = [trouble.wait_s("testing") for _ in range(7)]

    assert waits == [1, 2, 5, 10, 30, 30, 30]
    trouble.over()
    assert trouble.wait_s("testing") == 1


def test_the_sign_of_change_differs_after_another_connection_committed():
    if connection.vendor != "sqlite":
        assert change_token() is None
        return
    before = change_token()

    def elsewhere():
        ring(1)
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()

    assert change_token() != before


def test_the_product_s_own_table_names_each_entry_once():
    connect()
    connect()

    names = [entry.name for entry in ENTRIES]
    assert len(names) == len(set(names))


def test_what_a_killed_worker_had_in_hand_is_begun_again_at_once_by_the_one_in_its_place(monkeypatch):
    done = []
    knock = JobKind("test.knock", 3, lambda: done.append("job"))
    monkeypatch.setitem(JOB_KINDS, knock.name, knock)
    now = datetime.now(UTC)
    enqueue(knock, now=now)
    claimed = claim.claim_next(now=now, worker="killed")
    assert lease.hold(name="mailbox:x", worker="killed", now=now)
    stop = threading.Event()
    worker = Worker((), (), "next", instead_of="killed")
    thread = threading.Thread(target=worker.run, args=(stop,))

    thread.start()
    wait_until(lambda: Job.objects.get(pk=claimed.pk).state == "done")
    stop.set()
    thread.join(20)

    assert done == ["job"]
    assert lease.hold(name="mailbox:x", worker="next", now=now)


def test_a_watch_runs_until_the_worker_stops():
    seen = []

    def watch(stop: threading.Event, worker: str) -> None:
        stop.wait(20)
        seen.append((worker, stop.is_set()))

    stop = threading.Event()
    thread = threading.Thread(target=Worker((), (), "here", watches=(watch,)).run, args=(stop,))
    thread.start()
    stop.set()
    thread.join(20)

    assert seen == [("here", True)]
