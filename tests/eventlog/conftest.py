"""Events of a bell, which only these tests know."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import transaction

from ascolto.eventlog import append
from ascolto.eventlog.event import KINDS
from ascolto.eventlog.reaction import Reactions
from tests.eventlog.bell import BellPolished, BellRang

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BELL = uuid4()


@pytest.fixture(autouse=True)
def bell_kinds(monkeypatch):
    monkeypatch.setitem(KINDS, BellRang.kind, BellRang)
    monkeypatch.setitem(KINDS, BellPolished.kind, BellPolished)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def ring():
    def ring_bell(*times: int) -> None:
        with transaction.atomic():
            append.append_many([(BellRang(subject=BELL, times=count), NOON) for count in times])

    return ring_bell


@pytest.fixture
def polish():
    def polish_bell() -> None:
        with transaction.atomic():
            append.append(BellPolished(subject=BELL), at=NOON)

    return polish_bell


@pytest.fixture
def heard() -> list[int]:
    return []


@pytest.fixture
def listener(heard):
    return Reactions("listener", {BellRang: lambda recorded: heard.append(recorded.event.times)})
