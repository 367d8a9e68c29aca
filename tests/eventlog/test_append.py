"""Events are appended inside the transaction of the fact they record."""

from uuid import uuid4

import pytest
from django.db import transaction

from ascolto.eventlog import append, read
from ascolto.eventlog.event import KINDS, Actor, UnknownEvent
from tests.eventlog.bell import BellRang


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(noon):
    with pytest.raises(RuntimeError):
        append.append(BellRang(subject=uuid4(), times=1), at=noon)


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_the_transaction_that_fails(noon):
    with transaction.atomic():
        append.append(BellRang(subject=uuid4(), times=1), at=noon)
        transaction.set_rollback(True)

    assert read.events_after(0) == []


@pytest.mark.django_db
def test_an_event_comes_back_as_it_was_written(noon):
    subject = uuid4()
    append.append(BellRang(subject=subject, actor=Actor("agent", "7"), times=3), at=noon)

    [recorded] = read.events_of(subject)

    assert recorded.event == BellRang(subject=subject, actor=Actor("agent", "7"), times=3)
    assert recorded.at == noon


@pytest.mark.django_db
def test_an_event_of_a_later_version_is_passed_on_as_it_is(noon, monkeypatch):
    subject = uuid4()
    append.append(BellRang(subject=subject, times=3), at=noon)
    monkeypatch.delitem(KINDS, "bell.rang")

    [recorded] = read.events_of(subject)

    assert isinstance(recorded.event, UnknownEvent)
    assert recorded.event.facts() == {"times": 3}


@pytest.mark.django_db(transaction=True)
def test_listeners_are_woken_after_the_commit_only(noon, monkeypatch):
    woken = []
    monkeypatch.setattr(append, "wake_ups", [lambda: woken.append(read.last_position())])

    with transaction.atomic():
        append.append(BellRang(subject=uuid4(), times=1), at=noon)
        assert woken == []

    assert woken == [read.last_position()]
