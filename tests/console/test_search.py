"""Find any conversation that one may see."""

from typing import Any

from ascolto.conversations.note import write_note
from ascolto.eventlog.event import Actor
from ascolto.web.console.excerpt import excerpt
from tests.console.conftest import words_of


def test_a_word_of_a_message_finds_its_conversation_and_is_marked(
    as_bruno: Any, world: Any, conversation: Any, anna_writes: Any, settle: Any
) -> None:
    anna_writes("Quando arriva il tavolo?")
    settle(world.now)

    page = as_bruno.get("/search/", {"q": "lampade"})

    assert [row.conversation.number for row in page.context["rows"]] == [conversation.number]
    assert "La <mark>lampada</mark> si accende" in page.content.decode()


def test_a_word_of_a_note_finds_it_too(as_bruno: Any, world: Any, conversation: Any, settle: Any) -> None:
    carla = Actor("agent", str(world.carla.pk))
    write_note(conversation=conversation, text="Sospetto il trasformatore", by=carla, author=world.carla, at=world.now)
    settle(world.now)

    assert len(as_bruno.get("/search/", {"q": "trasformatore"}).context["rows"]) == 1


def test_l1_l2_what_one_may_not_see_is_neither_found_nor_counted(
    world: Any, conversation: Any, signed_in: Any, settle: Any
) -> None:
    settle(world.now)

    page = signed_in(world.dario).get("/search/", {"q": "lampada"})

    assert page.context["rows"] == []
    assert page.context["count"] == 0


def test_a_number_goes_straight_to_its_conversation(as_bruno: Any, conversation: Any) -> None:
    for q in (f"#{conversation.number}", str(conversation.number)):
        assert as_bruno.get("/search/", {"q": q}).headers["Location"] == f"/conversations/{conversation.number}/"


def test_nothing_found_says_what_was_searched(as_bruno: Any, conversation: Any) -> None:
    assert "Nothing with “zanzibar”" in words_of(as_bruno.get("/search/?q=zanzibar&lang=en"))
    assert as_bruno.get("/search/").status_code == 200


def test_a_senseless_place_is_not_found(as_bruno: Any, conversation: Any) -> None:
    assert as_bruno.get("/search/", {"q": "lampada", "cursor": "x"}).status_code == 404


def test_an_excerpt_is_escaped_around_its_marks() -> None:
    assert excerpt("<b>una lampada</b>", "lampade") == "&lt;b&gt;una <mark>lampada</mark>&lt;/b&gt;"
    assert excerpt("parola " * 100 + "lampada " + "fine " * 100, "lampada").startswith("… ")
    assert excerpt("niente di simile", "altro") == "niente di simile"
