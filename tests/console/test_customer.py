"""The customer beside the thread."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from ascolto.conversations.status import resolve
from ascolto.eventlog.event import Actor
from ascolto.people.identify import Claim, meet
from ascolto.surveys.answer import record
from ascolto.surveys.invite import invite_after_resolution, token_of
from tests.console.conftest import words_of


def test_who_it_is_and_what_is_proven(as_bruno: Any, conversation: Any) -> None:
    words = words_of(as_bruno.get(f"/conversations/{conversation.number}/?lang=en"))

    assert "anna@example.org proven" in words
    assert "Your own id: anna-1" in words
    assert "This is their first conversation." in words


def test_what_was_said_before_on_every_channel(as_bruno: Any, world: Any, conversation: Any, anna_writes: Any) -> None:
    anna_writes("Detto dal modulo", inbox=world.form)

    assert "Detto dal modulo" in words_of(as_bruno.get(f"/conversations/{conversation.number}/"))


def test_d1_the_same_address_is_a_question_and_joins_nothing(
    as_bruno: Any, world: Any, conversation: Any, anna_writes: Any
) -> None:
    other = meet(Claim(name="Qualcun Altro", email="anna@example.org"), at=world.now)
    assert "Qualcun Altro" not in words_of(as_bruno.get(f"/conversations/{conversation.number}/"))

    world.anna = other
    theirs = anna_writes("Sono Anna anch’io")

    assert "Qualcun Altro" in words_of(as_bruno.get(f"/conversations/{conversation.number}/"))
    words = words_of(as_bruno.get(f"/conversations/{theirs.number}/?lang=en", headers={"HX-Request": "true"}))
    assert "anna@example.org claimed" in words
    assert "lampada" not in words


def test_a_customers_page_has_all_their_conversations_that_one_may_see(
    as_bruno: Any, world: Any, conversation: Any, anna_writes: Any
) -> None:
    anna_writes("Altrove", inbox=world.elsewhere)
    anna_writes("Dal modulo", inbox=world.form)

    words = words_of(as_bruno.get(f"/customers/{world.anna.id}/"))

    assert "La lampada si accende" in words
    assert "Dal modulo" in words
    assert "Altrove" not in words


def test_somebody_without_a_name_is_a_visitor(as_bruno: Any, world: Any, anna_writes: Any) -> None:
    world.anna = meet(Claim(), at=world.now)
    conversation = anna_writes("C’è qualcuno?")

    assert "Visitatore" in words_of(as_bruno.get(f"/conversations/{conversation.number}/?lang=it"))


def test_somebody_without_a_name_is_known_by_their_address(as_bruno: Any, world: Any, anna_writes: Any) -> None:
    world.anna = meet(Claim(email="senza.nome@posta.example"), at=world.now)
    conversation = anna_writes("C’è qualcuno?")

    for page in ("/inbox/unassigned/", f"/conversations/{conversation.number}/?lang=it"):
        words = words_of(as_bruno.get(page))
        assert "senza.nome@posta.example" in words
        assert "Visitatore" not in words


def test_what_the_customer_said_of_our_service_stands_beside_the_conversation(
    as_bruno: Any, world: Any, conversation: Any, answers: Any
) -> None:
    at = timezone.now() - timedelta(hours=1)
    bruno = Actor("agent", str(world.bruno.pk))
    answers(world.bruno, conversation, at=at)
    resolve(conversation=conversation, by=bruno, at=at)
    invitation = invite_after_resolution(conversation_id=conversation.pk, episode_number=1, by=bruno, at=at)
    record(token=token_of(invitation), csat=4, effort=2, why="Gentili", at=timezone.now(), source="link")

    words = words_of(as_bruno.get(f"/conversations/{conversation.number}/?lang=en"))

    assert "Satisfaction 4 of 5" in words
    assert "Effort Less effort than expected" in words
    assert "Gentili" in words


def test_the_pane_comes_alone_for_live_updates(as_bruno: Any, world: Any, signed_in: Any, conversation: Any) -> None:
    pane = as_bruno.get(f"/conversations/{conversation.number}/customer/").content.decode()

    assert "anna@example.org" in pane
    assert "<html" not in pane
    assert signed_in(world.dario).get(f"/conversations/{conversation.number}/customer/").status_code == 404
