"""The contact form is no relay (threat D8): what ten thousand forms may send to a hundred strangers."""

from datetime import timedelta
from typing import Any

from ascolto.channels import pace


def test_d8_ten_thousand_forms_for_a_hundred_victims_are_a_hundred_letters(world: Any) -> None:
    """However the addresses are spelled, over almost a day."""

    def spelled(index: int) -> str:
        name = f"victim{index % 100}"
        return (f"{name}@example.org", f"{name}+{index}@example.org", f" {name.upper()}@EXAMPLE.org")[index % 3]

    turns = [
        pace.take_turn(address=spelled(index), kind="acknowledgement", at=world.now + timedelta(seconds=index * 8))
        for index in range(10_000)
    ]

    assert sum(turns) == 100
