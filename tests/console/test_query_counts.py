"""The number of queries of each screen, whatever stands in it."""

from datetime import timedelta
from typing import Any

import pytest

from ascolto.conversations.assign import assign
from ascolto.conversations.tag import set_tags
from ascolto.eventlog.event import SYSTEM
from ascolto.people.identify import Claim, meet


@pytest.fixture
def busy(world: Any, anna_writes: Any, answers: Any, settle: Any) -> Any:
    """Twenty conversations of different people; the first has thirty messages and a history."""
    first = anna_writes("La lampada balla")
    for index in range(15):
        anna_writes(f"Ancora {index}", first, at=world.now + timedelta(minutes=2 * index + 1))
        answers(world.carla, first, at=world.now + timedelta(minutes=2 * index + 2))
    for index in range(4):
        anna_writes(f"Prima {index}")
    for index in range(15):
        world.anna = meet(Claim(name=f"Cliente {index}"), at=world.now)
        each = anna_writes(f"La lampada {index}")
        assign(conversation=each, to=world.bruno, by=SYSTEM, at=world.now)
        set_tags(conversation=each, names=[f"t{index}", "lampade"], by=SYSTEM, at=world.now)
    settle(world.now)
    return first


# Session, user and the desk are three of each. The thread has one more for each kind of name in it (people, teams, tags);
# an agent's visible inboxes are read anew where they decide.
@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/inbox/mine/", 16),
        ("/inbox/open/rows/", 15),
        ("/inbox/counts/", 11),
        ("/search/?q=lampada", 12),
        ("/conversations/{number}/timeline/", 15),
    ],
)
def test_a_screen_asks_a_fixed_number_of_times(
    as_bruno: Any, busy: Any, django_assert_max_num_queries: Any, address: str, most: int
) -> None:
    with django_assert_max_num_queries(most):
        assert as_bruno.get(address.format(number=busy.number)).status_code == 200


def test_opening_a_thread_beside_the_list_asks_a_fixed_number_of_times(
    as_bruno: Any, busy: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(22):
        as_bruno.get(f"/conversations/{busy.number}/", headers={"HX-Request": "true"})


def test_the_whole_screen_asks_a_fixed_number_of_times(as_bruno: Any, busy: Any, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(36):
        as_bruno.get(f"/conversations/{busy.number}/")
