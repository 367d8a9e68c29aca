"""Record what the customer says."""

from datetime import timedelta
from typing import Any

import pytest

from ascolto.eventlog.read import events_of
from ascolto.surveys import answer
from ascolto.surveys.models import Answer
from ascolto.surveys.queries import answer_of, pending_for_customer
from ascolto.vault.tokens import sign_id


def say(asked: Any, at: Any, source: str = "messenger", **said: Any) -> Answer:
    return answer.record(**{"token": asked.token, "csat": None, "effort": None, "why": "", "at": at, "source": source, **said})


def test_one_choice_is_an_answer_and_the_next_joins_it(asked: Any, world: Any) -> None:
    at = world.now + timedelta(hours=1)
    say(asked, at, csat=4)
    say(asked, at + timedelta(seconds=5), effort=2)
    say(asked, at + timedelta(seconds=30), why="Rapidi")

    kept = answer_of(asked.conversation)

    assert kept is not None
    assert (kept.csat, kept.effort, kept.why) == (4, 2, "Rapidi")
    assert pending_for_customer(world.anna.id, asked.conversation.id, at) is None


def test_what_a_later_answer_leaves_out_stays(asked: Any, world: Any) -> None:
    at = world.now + timedelta(hours=1)
    say(asked, at, "link", csat=4, why="Bene")
    say(asked, at + timedelta(days=1), "link", csat=2, effort=5)

    kept = Answer.objects.get()

    assert (kept.csat, kept.effort, kept.why) == (2, 5, "Bene")
    assert kept.answered_at == at
    assert kept.amended_at == at + timedelta(days=1)


def test_e2_the_last_answer_within_the_week_stands_and_later_ones_are_too_late(asked: Any, world: Any) -> None:
    at = world.now + timedelta(hours=1)
    say(asked, at, csat=1)
    say(asked, at + timedelta(days=6, hours=23), csat=5)
    with pytest.raises(answer.TooLate):
        say(asked, at + timedelta(days=7), csat=1)

    assert Answer.objects.get().csat == 5


def test_the_same_answer_again_changes_and_records_nothing(asked: Any, world: Any) -> None:
    at = world.now + timedelta(hours=1)
    say(asked, at, csat=3)
    say(asked, at + timedelta(seconds=1), csat=3)

    facts = [each.event for each in events_of(asked.conversation.id) if each.event.kind == "survey.answered"]

    assert len(facts) == 1
    assert facts[0].facts()["csat"] == 3


def test_e2_every_other_spelling_of_the_token_is_unknown(asked: Any, world: Any) -> None:
    at = world.now + timedelta(hours=1)
    for index, letter in enumerate(asked.token):
        forged = asked.token[:index] + ("A" if letter != "A" else "B") + asked.token[index + 1 :]
        with pytest.raises(answer.UnknownInvitation):
            answer.record(token=forged, csat=5, effort=None, why="", at=at, source="link")
    other_purpose = sign_id(purpose="private-link", id=asked.invitation.id)
    with pytest.raises(answer.UnknownInvitation):
        answer.record(token=other_purpose, csat=5, effort=None, why="", at=at, source="link")

    assert not Answer.objects.exists()


def test_e2_two_weeks_later_the_token_opens_nothing(asked: Any, world: Any) -> None:
    with pytest.raises(answer.UnknownInvitation):
        say(asked, asked.invitation.expires_at, csat=5)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({}, answer.NothingAnswered),
        ({"why": " \n "}, answer.NothingAnswered),
        ({"csat": 6}, answer.NotOnTheScale),
        ({"effort": 0}, answer.NotOnTheScale),
    ],
)
def test_what_says_nothing_or_is_off_the_scale_is_refused(asked: Any, world: Any, said: Any, error: Any) -> None:
    with pytest.raises(error):
        say(asked, world.now + timedelta(hours=1), **said)

    assert not Answer.objects.exists()


def test_no_words_of_the_customer_enter_the_log(asked: Any, world: Any) -> None:
    say(asked, world.now + timedelta(hours=1), csat=1, why="Il mio numero è 333 1234567")

    written = str([each.event.facts() for each in events_of(asked.conversation.id)])

    assert "333" not in written
