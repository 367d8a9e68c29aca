"""Kinds of jobs that only these tests know."""

from datetime import UTC, datetime
from random import Random

import pytest

from ascolto.jobs import run
from ascolto.jobs.kind import KINDS, JobKind, job

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def done() -> list[object]:
    return []


@pytest.fixture
def make_kind(monkeypatch):
    def make(function, *, name="test.work", attempts=3) -> JobKind:
        monkeypatch.delitem(KINDS, name, raising=False)
        kind = job(name, attempts=attempts)(function)
        monkeypatch.delitem(KINDS, name)  # so that it is gone again after the test
        monkeypatch.setitem(KINDS, name, kind)
        return kind

    return make


@pytest.fixture
def note(make_kind, done) -> JobKind:
    def note_later(*, word: str = "") -> None:
        done.append(word)

    return make_kind(note_later, name="test.note")


@pytest.fixture
def work():
    def run_due(at: datetime, *, worker: str = "a", limit: int = 100) -> int:
        return run.run_due(now=at, worker=worker, limit=limit, random=Random(1))

    return run_due
