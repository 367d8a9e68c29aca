"""Words are found again."""

from datetime import timedelta
from typing import Any

from ascolto.conversations import reactions
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.note import write_note
from ascolto.eventlog import read
from ascolto.eventlog.event import Actor
from ascolto.search.find import find
from ascolto.search.models import Document
from tests.conftest import NOON, World

LATER = NOON + timedelta(minutes=5)


def test_a_conversation_is_found_by_a_word_in_it_in_any_of_its_forms(conversation: Conversation, settle: Any) -> None:
    settle(LATER)

    for words in ("lampade", "LAMPADA", "accendere", "Bianchi"):
        assert [match.group for match in find(words, scopes=None, internal=False)] == [conversation.id], words


def test_l3_a_note_is_found_by_colleagues_alone(conversation: Conversation, world: World, settle: Any) -> None:
    write_note(
        conversation=conversation, text="Cliente furibondo", by=Actor("agent", str(world.bruno.id)), author=world.bruno, at=LATER
    )
    settle(LATER)

    assert find("furibondo", scopes=None, internal=True)
    assert not find("furibondo", scopes=None, internal=False)


def test_l1_nothing_of_another_inbox_is_found(conversation: Conversation, world: World, settle: Any) -> None:
    settle(LATER)

    assert not find("lampada", scopes=[world.elsewhere.id], internal=True)
    assert find("lampada", scopes=[world.inbox.id], internal=True)


def test_what_is_forgotten_between_reading_and_writing_does_not_come_into_the_index(
    conversation: Conversation, settle: Any
) -> None:
    write = reactions.prepare(read.events_after(0))
    Message.objects.filter(conversation=conversation).delete()

    write()

    assert list(Document.objects.values_list("key", flat=True)) == [conversation.id]
