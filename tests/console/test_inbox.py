"""The lists: who waits, since when, and how many."""

from datetime import timedelta
from typing import Any

import pytest

from ascolto.conversations.assign import assign
from ascolto.conversations.read_marks import mark_read
from ascolto.conversations.status import resolve
from ascolto.eventlog.event import SYSTEM
from tests.console.conftest import words_of


def test_the_console_opens_with_what_is_mine(as_bruno: Any) -> None:
    assert as_bruno.get("/").headers["Location"] == "/inbox/mine/"


def test_a_new_conversation_stands_among_the_free_ones_with_who_what_and_why(as_bruno: Any, conversation: Any) -> None:
    page = as_bruno.get("/inbox/unassigned/?lang=en")

    words = words_of(page)
    assert page.status_code == 200
    assert "Anna Bianchi" in words
    assert "La lampada si accende e si spegne da sola" in words
    assert "Waits on us:" in words
    assert "nobody holds it yet" in words
    assert "row--unread" in page.content.decode()


def test_what_was_read_is_no_longer_marked(as_bruno: Any, world: Any, conversation: Any) -> None:
    mark_read(user=world.bruno, conversation=conversation, at=world.now + timedelta(hours=1))

    assert "row--unread" not in as_bruno.get("/inbox/unassigned/").content.decode()


def test_each_list_has_its_conversations(as_bruno: Any, world: Any, anna_writes: Any, answers: Any) -> None:
    mine, waiting, done = anna_writes("Tocca a Bruno"), anna_writes("Risposta data"), anna_writes("Finita")
    assign(conversation=mine, to=world.bruno, by=SYSTEM, at=world.now)
    answers(world.carla, waiting)
    resolve(conversation=done, by=SYSTEM, at=world.now)

    shown = {
        view: words_of(as_bruno.get(f"/inbox/{view}/")) for view in ("mine", "unassigned", "open", "waiting", "resolved", "team")
    }

    assert "Tocca a Bruno" in shown["mine"]
    assert "Tocca a Bruno" in shown["open"]
    assert "Risposta data" in shown["waiting"]
    assert "Risposta data" not in shown["mine"]
    assert "Finita" in shown["resolved"]
    assert "Finita" not in shown["open"]
    assert "Tocca" not in shown["unassigned"]
    assert "Tocca" not in shown["team"]


def test_a_long_list_goes_on_where_the_page_ended(as_bruno: Any, world: Any, anna_writes: Any) -> None:
    for index in range(53):
        anna_writes(f"Domanda {index:02}", at=world.now + timedelta(minutes=index))

    first = as_bruno.get("/inbox/open/")
    rest = as_bruno.get(f"/inbox/open/rows/?cursor={first.context['next']}")

    assert len(first.context["rows"]) == 50
    assert first.context["next"]
    assert [row.what for row in rest.context["rows"]] == ["Domanda 02", "Domanda 01", "Domanda 00"]
    assert "<html" not in rest.content.decode()


def test_the_fragment_for_live_updates_has_rows_and_counts_and_no_frame(as_bruno: Any, conversation: Any) -> None:
    fragment = as_bruno.get(f"/inbox/open/rows/?current={conversation.number}").content.decode()

    assert f'id="row-{conversation.number}"' in fragment
    assert 'id="views"' in fragment
    assert 'aria-current="true"' in fragment
    assert "<html" not in fragment


def test_what_is_open_stays_in_its_list_when_it_leaves_it(as_bruno: Any, world: Any, conversation: Any) -> None:
    resolve(conversation=conversation, by=SYSTEM, at=world.now)

    kept = as_bruno.get(f"/inbox/open/rows/?current={conversation.number}&keep").content.decode()
    gone = as_bruno.get(f"/inbox/open/rows/?current={conversation.number}").content.decode()

    assert f'id="row-{conversation.number}" data-page="left"' in kept
    assert f'id="row-{conversation.number}"' not in gone


def test_an_empty_list_says_why_and_what_comes_next(as_bruno: Any, conversation: Any) -> None:
    assert "The conversations that you take, or are given, are shown here." in words_of(as_bruno.get("/inbox/mine/?lang=en"))


def test_a_desk_to_which_nobody_has_written_says_what_to_do(as_bruno: Any, world: Any, signed_in: Any) -> None:
    page = as_bruno.get("/inbox/mine/").content.decode()
    admins = signed_in(world.ada).get("/inbox/mine/").content.decode()

    assert "/messenger/sito/demo/" in page
    assert "/settings/" not in page
    assert 'href="/settings/"' in admins


@pytest.mark.parametrize("address", ["/inbox/nothing/", "/inbox/open/?cursor=abc", "/inbox/open/rows/?cursor=%C3%A8"])
def test_a_list_or_a_place_in_it_that_does_not_exist_is_not_found(as_bruno: Any, address: str) -> None:
    assert as_bruno.get(address).status_code == 404


def test_lists_are_in_both_languages(as_bruno: Any, conversation: Any) -> None:
    assert "Conversazioni libere" in words_of(as_bruno.get("/inbox/unassigned/?lang=it"))
    assert "Unassigned" in words_of(as_bruno.get("/inbox/unassigned/?lang=en"))


def test_names_that_are_markup_stand_as_they_were_typed(as_bruno: Any, anna_writes: Any) -> None:
    anna_writes("<script>alert(1)</script>")

    page = as_bruno.get("/inbox/open/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
