"""Figures of a period."""

from datetime import timedelta
from typing import Any

import pytest

from ascolto.insights import definitions, metrics
from tests import asked


@pytest.fixture
def ask(world: Any, anna_writes: Any) -> Any:
    """Invite Anna about a new conversation, with an answer if one is given."""

    def make(
        csat: int | None = None, effort: int | None = None, *, days_ago: float = 1, inbox: Any = None, shown: bool = True
    ) -> Any:
        at = world.now - timedelta(days=days_ago)
        conversation = anna_writes("x", at=at, inbox=inbox)
        invitation = asked.ask(conversation, at=at, shown=shown)
        if csat or effort:
            asked.answer(invitation, at=at + timedelta(days=8), csat=csat, effort=effort)
        return invitation

    return make


def test_a_figure_counts_by_the_day_of_the_question_on_both_sides(ask: Any, world: Any) -> None:
    ask(5, 1)
    ask(2, 4, days_ago=6)
    ask()
    ask(1, 5, days_ago=8)
    found = metrics.figures(metrics.period(days=7, inboxes=[world.inbox.id], until=world.now))

    assert found.csat.counts == (0, 1, 0, 0, 1)
    assert (found.csat.value, found.ease.value) == (50, 0)
    assert (found.spread.answers, found.spread.delivered) == (2, 3)


def test_the_response_rate_leaves_out_what_never_arrived_and_never_passes_100(ask: Any, world: Any) -> None:
    ask(5, shown=False)
    ask(shown=False)
    found = metrics.figures(metrics.period(days=7, inboxes=[world.inbox.id], until=world.now))

    assert (found.spread.invited, found.spread.delivered, found.response.value) == (2, 1, 100)


def test_other_inboxes_are_not_counted(ask: Any, world: Any) -> None:
    ask(5, inbox=world.elsewhere)
    found = metrics.figures(metrics.period(days=7, inboxes=[world.inbox.id], until=world.now))

    assert found.spread.invited == 0
    assert found.response.value is None


def test_a_choice_alone_counts_for_its_own_question(ask: Any, world: Any) -> None:
    ask(4, None)
    ask(None, 1)
    found = metrics.figures(metrics.period(days=7, inboxes=[world.inbox.id], until=world.now))

    assert (found.csat.n, found.ease.n, found.spread.answers) == (1, 1, 2)


def test_every_definition_has_a_name_of_its_own() -> None:
    assert len({each.id for each in definitions.DEFINITIONS}) == len(definitions.DEFINITIONS)
