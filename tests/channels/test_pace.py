"""How often the desk writes by itself to a stranger."""

from datetime import timedelta
from typing import Any

from ascolto.channels import pace


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
