"""A lease, not luck, decides who runs a timetable entry."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from ascolto.jobs import heartbeat, timetable
from ascolto.jobs.models import TimetableEntry
from ascolto.jobs.timetable import Entry, run_timetable, window_after

pytestmark = pytest.mark.django_db(transaction=True)
EVERY = timedelta(minutes=10)


def test_an_entry_runs_at_once_and_then_once_per_window(noon, done):
    entries = [Entry("count", EVERY, done.append)]

    for minutes in (0, 1, 9, 10, 11, 20):
        run_timetable(entries, now=noon + timedelta(minutes=minutes), worker="a")

    assert done == [noon, noon + EVERY, noon + 2 * EVERY]


def test_windows_that_were_missed_are_made_up_for_by_one_run(noon, done):
    entries = [Entry("count", EVERY, done.append)]
    run_timetable(entries, now=noon, worker="a")

    late = noon + timedelta(minutes=57)
    run_timetable(entries, now=late, worker="a")
    run_timetable(entries, now=late, worker="a")

    assert done == [noon, late]
    assert TimetableEntry.objects.get().next_at == noon + 6 * EVERY
    assert window_after(noon, EVERY, noon) == noon + EVERY


def test_j6_two_timetables_do_not_fire_twice(noon, done):
    entries = [Entry(f"count {number}", EVERY, lambda now, number=number: done.append(number)) for number in range(10)]

    def help_out(worker):
        try:
            run_timetable(entries, now=noon, worker=worker)
        finally:
            connection.close()

    threads = [threading.Thread(target=help_out, args=(worker,)) for worker in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == list(range(10))


def test_an_entry_that_still_runs_is_not_begun_by_another(noon, done):
    def run_long(now):
        done.append(now)
        if len(done) == 1:
            run_timetable([entry], now=noon + timedelta(seconds=30), worker="b")

    entry = Entry("long", timedelta(seconds=1), run_long)
    run_timetable([entry], now=noon, worker="a")

    assert done == [noon]


def test_an_entry_whose_worker_was_killed_is_begun_again_after_its_lease(noon, done):
    entry = Entry("count", EVERY, done.append)
    killed = TimetableEntry.objects.create(name="count", next_at=noon)
    assert timetable.take(killed, noon, "killed")

    run_timetable([entry], now=noon + timetable.LEASE - timedelta(seconds=1), worker="b")
    assert done == []
    run_timetable([entry], now=noon + timetable.LEASE, worker="b")

    assert len(done) == 1


def test_a_living_worker_keeps_its_entry(noon):
    row = TimetableEntry.objects.create(name="count", next_at=noon)
    timetable.take(row, noon, "a")

    assert timetable.keep_entries(now=noon + timedelta(seconds=50), worker="a") == 1
    assert timetable.keep_entries(now=noon + timedelta(hours=1), worker="a") == 0


def test_an_entry_that_fails_says_so_and_waits_for_its_next_window(noon, done):
    def fail(now):
        done.append(now)
        raise ValueError("no disk")

    run_timetable([Entry("fail", EVERY, fail), Entry("next", EVERY, done.append)], now=noon, worker="a")

    assert TimetableEntry.objects.get(name="fail").last_error == "ValueError: no disk"
    assert len(done) == 2


def test_a_worker_is_known_to_live_while_it_says_so(noon):
    heartbeat.beat(worker="a", now=noon)
    heartbeat.beat(worker="a", now=noon + timedelta(seconds=10))
    heartbeat.beat(worker="b", now=noon)

    assert heartbeat.living_workers(now=noon + timedelta(seconds=25)) == ["a"]
    heartbeat.leave(worker="a")
    assert heartbeat.living_workers(now=noon + timedelta(seconds=25)) == []
