"""`settle` runs everything to quiet and hides no failure."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from ascolto.eventlog import append
from ascolto.eventlog.event import KINDS
from ascolto.eventlog.reaction import Reactions
from ascolto.jobs.enqueue import enqueue
from ascolto.jobs.kind import KINDS as JOB_KINDS
from ascolto.jobs.kind import GiveUp, JobKind
from ascolto.project.settle import NeverQuiet, WentWrong, settle
from tests.eventlog.bell import BellPolished, BellRang

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bell_kinds(monkeypatch):
    monkeypatch.setitem(KINDS, BellRang.kind, BellRang)
    monkeypatch.setitem(KINDS, BellPolished.kind, BellPolished)


def ring() -> None:
    with transaction.atomic():
        append.append(BellRang(subject=uuid4(), times=1), at=NOON)


def polish() -> None:
    with transaction.atomic():
        append.append(BellPolished(subject=uuid4()), at=NOON)


def test_what_follows_from_what_follows_is_done(monkeypatch):
    done = []
    fetch = JobKind("test.fetch", 3, lambda: polish())
    monkeypatch.setitem(JOB_KINDS, fetch.name, fetch)
    reactions = [
        Reactions("last", {BellPolished: lambda recorded: done.append("polished")}),
        Reactions("first", {BellRang: lambda recorded: enqueue(fetch, now=recorded.at)}),
    ]
    ring()

    assert settle(NOON, reactions=reactions) == 3
    assert done == ["polished"]
    assert settle(NOON, reactions=reactions) == 0


def test_what_is_for_later_stays(monkeypatch):
    done = []
    fetch = JobKind("test.fetch", 3, lambda: done.append(1))
    monkeypatch.setitem(JOB_KINDS, fetch.name, fetch)
    enqueue(fetch, now=NOON, run_at=NOON + timedelta(hours=1))

    settle(NOON, reactions=[])
    assert done == []
    settle(NOON + timedelta(hours=1), reactions=[])
    assert done == [1]


def test_a_reaction_that_fails_is_told():
    def fail(recorded):
        raise ValueError("loud")

    ring()

    with pytest.raises(WentWrong, match="picky fails"):
        settle(NOON, reactions=[Reactions("picky", {BellRang: fail})])
    settle(NOON, reactions=[Reactions("picky", {BellRang: fail})], allow_failures=True)


def test_a_job_that_gave_up_is_told(monkeypatch):
    def give_up():
        raise GiveUp("no address")

    send = JobKind("test.send", 3, give_up)
    monkeypatch.setitem(JOB_KINDS, send.name, send)
    enqueue(send, now=NOON)

    with pytest.raises(WentWrong, match="no address"):
        settle(NOON, reactions=[])


def test_reactions_that_feed_each_other_for_ever_are_told():
    ring()

    with pytest.raises(NeverQuiet):
        settle(NOON, reactions=[Reactions("echo", {BellRang: lambda recorded: ring()})], rounds=20)
