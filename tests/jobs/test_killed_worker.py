"""What a worker that is killed leaves behind is done by the next one (threats R1, Q4)."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from ascolto.jobs import heartbeat
from ascolto.jobs.enqueue import enqueue
from ascolto.jobs.models import Job
from tests.jobs.hasty_worker import write_later

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = Path(__file__).with_name("hasty_worker.py")
PATIENCE_S = 30


@pytest.fixture
def start_worker(tmp_path):
    started: list[subprocess.Popen[bytes]] = []

    def start(*, lease_s: float = 0.5) -> subprocess.Popen[bytes]:
        name = f"worker-{len(started)}"
        arguments = [sys.executable, str(SCRIPT), str(connection.settings_dict["NAME"]), str(tmp_path / "lines"), name]
        path = os.pathsep.join(filter(None, [str(SCRIPT.parents[2]), os.environ.get("PYTHONPATH", "")]))
        started.append(subprocess.Popen(arguments, env={**os.environ, "PYTHONPATH": path, "LEASE_S": str(lease_s)}))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture
def lines(tmp_path):
    def read_lines() -> list[str]:
        path = tmp_path / "lines"
        return path.read_text().splitlines() if path.exists() else []

    return read_lines


def wait_until(condition, *, why: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, why
        time.sleep(0.01)


def unfinished() -> int:
    return Job.objects.exclude(state="done").count()


def enqueue_writing(make_kind, *, number: int, takes_s: float) -> None:
    kind = make_kind(write_later, name="test.write", attempts=20)
    enqueue(kind, now=datetime.now(UTC), number=number, takes_s=takes_s)


def test_a_job_whose_worker_was_killed_is_done_by_the_next(make_kind, start_worker, lines):
    enqueue_writing(make_kind, number=1, takes_s=0.3)
    first = start_worker()
    wait_until(lambda: lines() == ["begin 1"], why="the first worker did not begin")
    first.kill()
    first.wait()
    assert Job.objects.get().state == "running"

    start_worker()
    wait_until(lambda: not unfinished(), why="nobody took the job over")

    assert lines() == ["begin 1", "begin 1", "end 1"]
    assert Job.objects.get().attempts == 2


def test_workers_killed_at_random_lose_nothing(make_kind, start_worker, lines):
    random = Random(7)
    for number in range(40):
        enqueue_writing(make_kind, number=number, takes_s=0.01)
    kills = 2
    for _ in range(kills):
        begun = len(lines())
        worker = start_worker()
        wait_until(lambda begun=begun: len(lines()) > begun + random.randrange(4, 16), why="a worker did not begin")
        worker.kill()
        worker.wait()

    start_worker()
    wait_until(lambda: not unfinished(), why="a job was lost")

    ended = Counter(line for line in lines() if line.startswith("end"))
    assert len(ended) == 40
    assert sum(ended.values()) <= 40 + kills  # killed between the work and the note that it is done: at least once


def test_q4_a_worker_that_is_asked_to_stop_finishes_what_it_has_in_hand(make_kind, start_worker, lines):
    for number in (1, 2):
        enqueue_writing(make_kind, number=number, takes_s=0.4)
    worker = start_worker(lease_s=60)
    wait_until(lambda: lines() == ["begin 1"], why="the worker did not begin")
    assert heartbeat.living_workers(now=datetime.now(UTC)) == ["worker-0"]

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(PATIENCE_S) == 0
    assert lines() == ["begin 1", "end 1", "stopped"]
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "waiting"]
    assert heartbeat.living_workers(now=datetime.now(UTC)) == []
