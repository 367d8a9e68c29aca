"""One conversation on screen."""

from datetime import timedelta
from typing import Any

import pytest

from ascolto.conversations.assign import assign
from ascolto.conversations.models import ReadMark
from ascolto.conversations.note import write_note
from ascolto.conversations.read_marks import mark_seen_by_customer
from ascolto.conversations.status import resolve
from ascolto.conversations.tag import set_priority, set_tags
from ascolto.eventlog.event import Actor
from tests.console.conftest import words_of


def test_the_thread_tells_messages_notes_and_what_happened(as_bruno: Any, world: Any, conversation: Any, answers: Any) -> None:
    carla = Actor("agent", str(world.carla.pk))
    write_note(conversation=conversation, text="È già la terza volta", by=carla, author=world.carla, at=world.now)
    assign(conversation=conversation, to=world.bruno, by=carla, at=world.now)
    set_tags(conversation=conversation, names=["garanzia"], by=carla, at=world.now)
    set_priority(conversation=conversation, priority=4, by=carla, at=world.now)
    answers(world.bruno, conversation, at=world.now + timedelta(minutes=1))
    resolve(conversation=conversation, by=carla, at=world.now + timedelta(minutes=2))

    words = words_of(as_bruno.get(f"/conversations/{conversation.number}/?lang=en"))

    assert "La lampada si accende e si spegne da sola" in words
    assert "Carla Verdi internal note, only colleagues see it" in words
    assert "È già la terza volta" in words
    assert "Carla Verdi gave the conversation to Bruno Neri" in words
    assert "Carla Verdi tagged it garanzia" in words
    assert "Carla Verdi set the priority to urgent" in words
    assert "Le spediamo una lampada nuova" in words
    assert "In the messenger, not read yet" in words
    assert "Carla Verdi resolved the conversation" in words


def test_the_thread_is_in_italian_too(as_bruno: Any, world: Any, conversation: Any) -> None:
    assign(conversation=conversation, to=world.bruno, by=Actor("agent", str(world.bruno.pk)), at=world.now)

    assert "Bruno Neri ha preso la conversazione" in words_of(as_bruno.get(f"/conversations/{conversation.number}/?lang=it"))


def test_what_the_customer_read_says_so(as_bruno: Any, world: Any, conversation: Any, answers: Any) -> None:
    answers(world.bruno, conversation)
    mark_seen_by_customer(conversation=conversation, at=world.now + timedelta(minutes=5))

    page = as_bruno.get(f"/conversations/{conversation.number}/?lang=en").content.decode()

    assert "Read</p>" in page


def test_htmx_gets_the_two_panes_that_change(as_bruno: Any, conversation: Any) -> None:
    fragment = as_bruno.get(f"/conversations/{conversation.number}/", headers={"HX-Request": "true"}).content.decode()

    assert 'id="thread"' in fragment
    assert 'id="customer"' in fragment
    assert "hx-swap-oob" in fragment
    assert "<html" not in fragment
    assert 'id="list"' not in fragment


def test_live_updates_bring_the_lines_after_an_instant(as_bruno: Any, world: Any, conversation: Any, anna_writes: Any) -> None:
    anna_writes("Ancora io", conversation, at=world.now + timedelta(minutes=9))

    after = (world.now + timedelta(minutes=5)).isoformat()
    fragment = as_bruno.get(f"/conversations/{conversation.number}/timeline/", {"after": after}).content.decode()

    assert "Ancora io" in fragment
    assert 'id="thread-head"' in fragment
    assert 'id="facts"' in fragment
    assert fragment.count('class="message ') == 1


def test_a_long_thread_goes_back_page_by_page(as_bruno: Any, world: Any, conversation: Any, anna_writes: Any) -> None:
    for index in range(60):
        anna_writes(f"Riga {index:02}.", conversation, at=world.now + timedelta(minutes=index + 1))

    page = as_bruno.get(f"/conversations/{conversation.number}/")
    older = as_bruno.get(f"/conversations/{conversation.number}/timeline/?before={page.context['before']}").content.decode()
    whole = as_bruno.get(f"/conversations/{conversation.number}/?before={page.context['before']}").content.decode()

    assert "Riga 59." in page.content.decode()
    assert "Riga 09." not in page.content.decode()
    assert "Riga 09." in older
    assert "Riga 10." not in older
    assert "Earlier" not in older
    assert "Riga 09." in whole
    assert "<html" in whole


def test_looking_at_a_page_writes_nothing(as_bruno: Any, conversation: Any) -> None:
    as_bruno.get(f"/conversations/{conversation.number}/")

    assert not ReadMark.objects.exists()


def test_reading_is_said_by_a_post(as_bruno: Any, world: Any, conversation: Any) -> None:
    assert as_bruno.post(f"/conversations/{conversation.number}/read/").status_code == 204

    assert ReadMark.objects.filter(user=world.bruno, conversation=conversation).count() == 1


def test_a_new_message_concerns_its_holder_or_everybody(as_bruno: Any, world: Any, conversation: Any, signed_in: Any) -> None:
    address = f"/conversations/{conversation.number}/holder/"
    assert as_bruno.get(address).json() == {"holder": "nobody"}

    assign(conversation=conversation, to=world.bruno, by=Actor("system"), at=world.now)

    assert as_bruno.get(address).json() == {"holder": "me"}
    assert signed_in(world.carla).get(address).json() == {"holder": "other"}


@pytest.mark.parametrize("query", ["?before=x", "?after=yesterday"])
def test_a_place_that_cannot_be_read_is_not_found(as_bruno: Any, conversation: Any, query: str) -> None:
    assert as_bruno.get(f"/conversations/{conversation.number}/timeline/{query}").status_code == 404


def test_a_number_larger_than_any_column_is_not_found(as_bruno: Any, world: Any) -> None:
    assert as_bruno.get(f"/conversations/{10**30}/").status_code == 404


def test_the_customers_markup_stands_as_it_was_typed(as_bruno: Any, anna_writes: Any) -> None:
    conversation = anna_writes("<img src=x onerror=alert(1)> {{ 7|add:7 }}")

    page = as_bruno.get(f"/conversations/{conversation.number}/").content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; {{ 7|add:7 }}" in page
