"""How often the desk writes by itself to a stranger."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ascolto.channels import pace
from ascolto.people.models import Address


def test_d8_one_letter_an_address_a_day(world: Any) -> None:
    turns = [
        pace.take_turn(address="v@example.org", kind="acknowledgement", at=world.now + timedelta(hours=h)) for h in (0, 1, 23, 24)
    ]

    assert turns == [True, False, False, True]


def test_d8_the_breaker_ends_a_flood_over_many_addresses(world: Any) -> None:
    turns = [
        pace.take_turn(address=f"v{i}@example.org", kind="acknowledgement", at=world.now) for i in range(pace.BREAKER_LETTERS + 5)
    ]

    assert sum(turns) == pace.BREAKER_LETTERS
    assert pace.take_turn(address="late@example.org", kind="acknowledgement", at=world.now + timedelta(hours=1))


def test_d8_dots_of_a_gmail_address_make_no_other_mailbox() -> None:
    assert pace.mailbox_of("A.n.na+x@gmail.com") == "anna@gmail.com"
    assert pace.mailbox_of("a.nna@example.org") == "a.nna@example.org"
    assert pace.mailbox_of("+x@example.org") == "+x@example.org"


@pytest.mark.parametrize(("letters", "minutes"), pace.CAPS)
def test_j2_a_proven_mailbox_gets_no_more_than_the_caps(world: Any, letters: int, minutes: int) -> None:
    every = timedelta(minutes=minutes) / letters / 2
    went: list[datetime] = []
    for count in range(2 * letters):
        at = world.now + count * every
        if pace.take_turn(address="v@example.org", kind="survey", at=at, is_proven=True):
            went.append(at)

    assert 0 < len(went) <= letters


def test_j4_what_bounced_is_written_to_no_more_by_itself(world: Any) -> None:
    Address.objects.filter(value="anna@example.org").update(undeliverable_since=world.now)

    for kind in ("acknowledgement", "survey", "link"):
        assert not pace.take_turn(address="anna@example.org", kind=kind, at=world.now, is_proven=True)


def test_e4_who_unsubscribed_gets_only_what_they_ask_for(world: Any) -> None:
    pace.unsubscribe(address="Anna+shop@example.org", at=world.now)
    pace.unsubscribe(address="anna@example.org", at=world.now)

    assert not pace.take_turn(address="anna@example.org", kind="survey", at=world.now, is_proven=True)
    assert pace.take_turn(address="anna@example.org", kind="link", at=world.now, is_proven=True)


def test_the_breaker_ends_whatever_runs_in_a_circle(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BREAKER_ALL", 5)

    turns = [pace.take_turn(address=f"v{i}@example.org", kind="survey", at=world.now, is_proven=True) for i in range(7)]

    assert sum(turns) == 5


def test_what_no_cap_looks_at_is_forgotten(world: Any) -> None:
    pace.take_turn(address="v@example.org", kind="survey", at=world.now, is_proven=True)

    assert pace.forget_old_letters(now=world.now + timedelta(hours=9)) == 0
    assert pace.forget_old_letters(now=world.now + timedelta(hours=10)) == 1
