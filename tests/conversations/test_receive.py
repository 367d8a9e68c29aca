"""What happens when a customer writes."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from ascolto.conversations.models import Conversation, Episode, Message
from ascolto.conversations.receive import ConversationGone, Incoming, TooManyFiles, receive, receive_many
from ascolto.conversations.reply import write_reply
from ascolto.conversations.status import resolve
from ascolto.eventlog.event import Actor
from ascolto.eventlog.read import events_of
from tests.conftest import NOON, World

LATER = NOON + timedelta(minutes=5)


def kinds(conversation: Conversation) -> list[str]:
    return [each.event.kind for each in events_of(conversation.id)]


def test_a_first_message_opens_a_conversation_that_waits_for_us(conversation: Conversation) -> None:
    assert conversation.status == "open"
    assert conversation.waiting_since == NOON
    assert conversation.preview == "La lampada si accende e si spegne da sola"
    assert kinds(conversation) == ["conversation.started", "conversation.message_received"]


def test_conversations_are_numbered_in_order(anna_writes: Any) -> None:
    assert anna_writes("due").number == anna_writes("tre").number - 1


def test_the_wait_begins_with_the_first_unanswered_word(conversation: Conversation, anna_writes: Any) -> None:
    again = anna_writes("C’è qualcuno?", conversation, at=LATER)

    assert again.waiting_since == NOON
    assert again.last_message_at == LATER


def test_the_same_message_twice_is_one(conversation: Conversation) -> None:
    once = Incoming(conversation=conversation.id, text="Una volta", at=LATER, source="m:1:a")

    first, second = receive(once), receive(once)

    assert first.message == second.message
    assert first.position == second.position > 0
    assert second.is_repeated
    assert Message.objects.filter(source="m:1:a").count() == 1


def test_the_same_message_twice_in_one_batch_is_one(conversation: Conversation) -> None:
    once = Incoming(conversation=conversation.id, text="Una volta", at=LATER, source="m:1:a")

    first, second = receive_many([once, once])

    assert not isinstance(first, Exception)
    assert not isinstance(second, Exception)
    assert (first.message, first.position) == (second.message, second.position)
    assert second.is_repeated


def test_one_bad_message_does_not_harm_the_others(conversation: Conversation) -> None:
    good = Incoming(conversation=conversation.id, text="Buona", at=LATER)
    lost = Incoming(conversation=uuid4(), text="Persa", at=LATER)
    heavy = Incoming(conversation=conversation.id, text="Pesante", at=LATER, files=tuple(uuid4() for _ in range(51)))

    answers = receive_many([lost, good, heavy])

    assert isinstance(answers[0], ConversationGone)
    assert isinstance(answers[2], TooManyFiles)
    assert list(conversation.messages.values_list("text", flat=True).order_by("at"))[-1] == "Buona"


def test_a_word_to_a_resolved_conversation_starts_another_episode(
    conversation: Conversation, world: World, anna_writes: Any
) -> None:
    resolve(conversation=conversation, by=Actor("agent", str(world.bruno.id)), at=LATER)

    again = anna_writes("Si è spenta di nuovo", conversation, at=LATER + timedelta(days=1))

    assert again.status == "open"
    assert again.is_active
    assert list(Episode.objects.filter(conversation=conversation).values_list("number", flat=True).order_by("number")) == [1, 2]
    assert kinds(conversation)[-2:] == ["conversation.reopened", "conversation.message_received"]


def test_a_late_message_does_not_turn_the_clock_back(conversation: Conversation, anna_writes: Any) -> None:
    anna_writes("dopo", conversation, at=LATER)

    again = anna_writes("prima", conversation, at=NOON - timedelta(hours=1))

    assert again.last_message_at == LATER


def test_a_hundred_messages_cost_as_few_statements_as_two(conversation: Conversation, django_assert_max_num_queries: Any) -> None:
    many = [Incoming(conversation=conversation.id, text=f"parola {n}", at=LATER, source=f"m:1:{n}") for n in range(100)]

    with django_assert_max_num_queries(9):
        receive_many(many)

    assert conversation.messages.count() == 101


@pytest.mark.parametrize("words", ["{{7*7}}", "{% load x %}", "${7*7}", "<b>ciao</b>", "‮olleh", "😀" * 50])
def test_b8_words_come_back_as_they_were_written(anna_writes: Any, words: str) -> None:
    assert anna_writes(words).messages.get().text == words


def test_the_first_reply_hands_the_turn_over_and_holds_the_conversation(conversation: Conversation, world: World) -> None:
    by = Actor("agent", str(world.bruno.id))

    write_reply(conversation=conversation, text="Buongiorno Anna", by=by, author=world.bruno, at=LATER)

    answered = Conversation.objects.get(pk=conversation.pk)
    assert (answered.status, answered.waiting_since, answered.assignee) == ("waiting", None, world.bruno)
    assert answered.episodes.get().first_reply_at == LATER
    assert kinds(conversation)[-2:] == ["conversation.reply_written", "conversation.assigned"]
