"""Positions follow commit order: whoever reads after its last position misses nothing (threats O2)."""

import threading
import time
from uuid import uuid4

import pytest
from django.db import connection, transaction

from ascolto.eventlog import append, models, read
from tests.eventlog.bell import BellRang

pytestmark = pytest.mark.django_db(transaction=True)


def append_and_commit_later(noon, appended: threading.Event, commit: threading.Event) -> threading.Thread:
    """A transaction that takes its position, then stays open until told to commit."""

    def slow_transaction():
        try:
            with transaction.atomic():
                append.append(BellRang(subject=uuid4(), times=1), at=noon)
                appended.set()
                commit.wait(10)
        finally:
            appended.set()
            connection.close()

    thread = threading.Thread(target=slow_transaction)
    thread.start()
    return thread


def read_while(threads: list[threading.Thread]) -> list[int]:
    """What a reader with a cursor gets while the threads write."""
    seen: list[int] = []
    while any(thread.is_alive() for thread in threads):
        seen += [recorded.position for recorded in read.events_after(seen[-1] if seen else 0)]
        time.sleep(0.005)
    return seen + [recorded.position for recorded in read.events_after(seen[-1] if seen else 0)]


def interleave(noon, *, patience_s: float) -> list[int]:
    """The first transaction appends first and commits last, the second as soon as it can; a reader follows with its cursor."""
    first_appended, second_appended, first_may, second_may = (threading.Event() for _ in range(4))
    first = append_and_commit_later(noon, first_appended, first_may)
    assert first_appended.wait(10)
    second_may.set()
    second = append_and_commit_later(noon, second_appended, second_may)
    second.join(patience_s)
    seen = [recorded.position for recorded in read.events_after(0)]
    first_may.set()
    first.join(10)
    second.join(10)
    return seen + [recorded.position for recorded in read.events_after(seen[-1] if seen else 0)]


def test_o2_a_reader_misses_nothing_when_transactions_end_in_another_order_than_they_began(noon):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: a second transaction cannot begin to write")

    seen = interleave(noon, patience_s=0.3)

    assert len(seen) == 2
    assert seen == sorted(models.Event.objects.values_list("position", flat=True))


def test_o2_without_the_lock_a_reader_would_miss_one(noon, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: a second transaction cannot begin to write")
    monkeypatch.setattr(append, "hold_order", lambda: None)

    seen = interleave(noon, patience_s=10)

    assert models.Event.objects.count() == 2
    assert len(seen) == 1  # so the test above can fail, and the lock is what keeps it from failing


def test_o2_many_slow_writers_are_read_without_a_gap(noon):
    def write(count):
        try:
            for number in range(count):
                with transaction.atomic():
                    append.append(BellRang(subject=uuid4(), times=number), at=noon)
                    time.sleep(0.002 * (number % 3))
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(15,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    seen = read_while(threads)

    assert seen == sorted(models.Event.objects.values_list("position", flat=True))
    assert len(seen) == 60
