"""The reply expectation is true: from answers that were given and the opening hours, never a number out of the air."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from ascolto.channels.messenger.expectation import Facts, expectation, facts, forget, in_words, rounded_up, share_within
from ascolto.conversations.models import Conversation, Episode
from ascolto.workspace.configure import set_hours

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Rome
OFFICE = [(day, time(9), time(18)) for day in range(5)]


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget()


def answered(conversation: Conversation, *, opened_at: datetime, minutes: int) -> None:
    number = Episode.objects.filter(conversation=conversation).count() + 1
    Episode.objects.filter(conversation=conversation, resolved_at=None).update(resolved_at=opened_at)
    Episode.objects.create(
        conversation=conversation,
        number=number,
        opened_at=opened_at,
        first_reply_at=opened_at + timedelta(minutes=minutes),
        resolved_at=opened_at + timedelta(minutes=minutes),
    )


def test_fewer_than_five_answers_say_nothing_of_time(conversation: Any) -> None:
    for minutes in (1, 2, 3, 4):
        answered(conversation, opened_at=NOON - timedelta(days=1), minutes=minutes)

    found = expectation(language="en", at=NOON)

    assert found.text == "Write to us: the answer comes here."
    assert "minute" not in found.text + found.detail


def test_five_answers_say_what_eight_in_ten_took(conversation: Any) -> None:
    for minutes in (1, 2, 4, 9, 300):
        answered(conversation, opened_at=NOON - timedelta(days=1), minutes=minutes)

    found = expectation(language="en", at=NOON)

    assert found.text == "8 in 10 first answers come within 10 minutes."
    assert found.detail == "From 5 answers of the last 28 days; half came within 5 minutes."


def test_answers_to_what_came_while_closed_or_long_ago_do_not_count(conversation: Any) -> None:
    set_hours(OFFICE)
    for minutes in (1, 2, 3):
        answered(conversation, opened_at=NOON - timedelta(days=1), minutes=minutes)
        answered(conversation, opened_at=NOON - timedelta(hours=14), minutes=minutes)  # 22:00 in Rome
        answered(conversation, opened_at=NOON - timedelta(days=30), minutes=minutes)

    assert facts(NOON).count == 3
    assert expectation(language="en", at=NOON).text == "We are here until 18:00."


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 11, 18, 6, 0, tzinfo=UTC), "We are closed now and open today at 09:00."),
        (datetime(2026, 11, 18, 20, 0, tzinfo=UTC), "We are closed now and open tomorrow at 09:00."),
        (datetime(2026, 11, 20, 20, 0, tzinfo=UTC), "We are closed now and open on Monday at 09:00."),
    ],
)
def test_a_closed_desk_says_when_it_opens(world: Any, at: datetime, text: str) -> None:
    set_hours(OFFICE)

    found = expectation(language="en", at=at)

    assert (found.text, found.is_open) == (text, False)


def test_it_speaks_italian(world: Any) -> None:
    set_hours(OFFICE)

    assert expectation(language="it", at=NOON).text == "Siamo qui fino alle 18:00."


def test_a_share_is_a_time_that_was_really_needed() -> None:
    waits = [timedelta(minutes=minutes) for minutes in (10, 1, 5, 3, 2)]

    assert share_within(waits, 0.8) == timedelta(minutes=5)
    assert share_within(waits, 0.5) == timedelta(minutes=3)
    assert share_within(waits[:1], 0.8) == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (timedelta(0), "1 minute"),
        (timedelta(seconds=61), "2 minutes"),
        (timedelta(minutes=11), "15 minutes"),
        (timedelta(minutes=61), "2 hours"),
        (timedelta(hours=13), "24 hours"),
        (timedelta(hours=30), "2 days"),
    ],
)
def test_a_time_is_never_said_shorter_than_it_was(wait: timedelta, said: str) -> None:
    from django.utils import translation

    with translation.override("en"):
        assert rounded_up(wait) == said


def test_a_desk_that_never_opens_promises_nothing() -> None:
    known = Facts(at=NOON, is_open=False, closes_at=None, opens_at=None, count=0, most=None, half=None)

    assert in_words(known, "en").text == "We are closed now. What you write is kept and read."
