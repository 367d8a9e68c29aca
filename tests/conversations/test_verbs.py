"""Reply, note, assign, status, tags: what each does, what twice means, what it refuses."""

from datetime import timedelta
from typing import Any

import pytest

from ascolto.conversations import access, drafts, queries, read_marks, tag
from ascolto.conversations.assign import MayNotHold, assign, assign_team
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.note import write_note
from ascolto.conversations.reply import NothingSaid, SomeoneElseWasFirst, write_reply
from ascolto.conversations.status import resolve, set_turn
from ascolto.conversations.timeline import timeline
from ascolto.eventlog.event import Actor
from ascolto.eventlog.read import events_of
from tests.conftest import NOON, World

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def bruno(world: World) -> Actor:
    return Actor("agent", str(world.bruno.id))


def kinds(conversation: Conversation) -> list[str]:
    return [each.event.kind for each in events_of(conversation.id)]


def test_an_empty_reply_is_refused(conversation: Conversation, world: World, bruno: Actor) -> None:
    with pytest.raises(NothingSaid):
        write_reply(conversation=conversation, text=" \n", by=bruno, author=world.bruno, at=LATER)


def test_the_same_reply_twice_is_one(conversation: Conversation, world: World, bruno: Actor) -> None:
    for _ in range(2):
        write_reply(conversation=conversation, text="Ecco", by=bruno, author=world.bruno, at=LATER, source="c:1:a")

    assert conversation.messages.filter(author_kind="agent").count() == 1


def test_o8_the_second_of_two_answers_is_told_who_was_first(conversation: Conversation, world: World, bruno: Actor) -> None:
    write_reply(conversation=conversation, text="La prima", by=bruno, author=world.bruno, at=LATER)

    with pytest.raises(SomeoneElseWasFirst) as refusal:
        write_reply(
            conversation=conversation,
            text="La seconda",
            by=Actor("agent", str(world.carla.id)),
            author=world.carla,
            at=LATER + timedelta(seconds=20),
            last_seen=NOON,
        )

    assert refusal.value.message.text == "La prima"
    assert conversation.messages.filter(text="La seconda").count() == 0


def test_a_note_changes_nobodys_turn_and_nobody_outside_reads_it(conversation: Conversation, world: World, bruno: Actor) -> None:
    write_note(conversation=conversation, text="Ha già chiamato", by=bruno, author=world.bruno, at=LATER)

    after = Conversation.objects.get(pk=conversation.pk)
    assert (after.status, after.waiting_since, after.preview) == ("open", NOON, conversation.preview)
    assert conversation.messages.filter(visibility="public").count() == 1


def test_assigning_twice_is_recorded_once(conversation: Conversation, world: World, bruno: Actor) -> None:
    for _ in range(2):
        assign(conversation=conversation, to=world.carla, by=bruno, at=LATER)

    assert Conversation.objects.get(pk=conversation.pk).assignee == world.carla
    assert kinds(conversation).count("conversation.assigned") == 1


def test_k4_a_conversation_is_not_given_to_someone_who_may_not_see_it(
    conversation: Conversation, world: World, bruno: Actor
) -> None:
    with pytest.raises(MayNotHold):
        assign(conversation=conversation, to=world.dario, by=bruno, at=LATER)


def test_a_team_can_hold_a_conversation(conversation: Conversation, world: World, bruno: Actor) -> None:
    assign_team(conversation=conversation, to=world.team, by=bruno, at=LATER)

    assert queries.list_page(world.carla, "team").rows == [conversation]


def test_resolving_ends_the_episode_once(conversation: Conversation, bruno: Actor) -> None:
    for _ in range(2):
        resolve(conversation=conversation, by=bruno, at=LATER)

    assert conversation.episodes.get().resolved_at == LATER
    assert kinds(conversation).count("conversation.resolved") == 1


def test_a_resolved_conversation_can_be_taken_up_again(conversation: Conversation, bruno: Actor) -> None:
    resolve(conversation=conversation, by=bruno, at=LATER)

    again = set_turn(conversation=conversation, status="open", by=bruno, at=LATER)

    assert again.is_active
    assert again.episodes.count() == 2
    with pytest.raises(ValueError):
        set_turn(conversation=conversation, status="elsewhere", by=bruno, at=LATER)


def test_tags_are_lower_case_and_once(conversation: Conversation, bruno: Actor) -> None:
    tag.set_tags(conversation=conversation, names=["Lampada", "lampada ", "urgente"], by=bruno, at=LATER)
    tag.set_tags(conversation=conversation, names=["urgente", "lampada"], by=bruno, at=LATER)

    assert sorted(conversation.tags.values_list("name", flat=True)) == ["lampada", "urgente"]
    assert kinds(conversation).count("conversation.tagged") == 1
    with pytest.raises(tag.BadTags):
        tag.set_tags(conversation=conversation, names=["x" * 51], by=bruno, at=LATER)


def test_priority_is_one_of_four(conversation: Conversation, bruno: Actor) -> None:
    tag.set_priority(conversation=conversation, priority=4, by=bruno, at=LATER)

    assert Conversation.objects.get(pk=conversation.pk).priority == 4
    with pytest.raises(ValueError):
        tag.set_priority(conversation=conversation, priority=9, by=bruno, at=LATER)


def test_k1_dario_sees_nothing_of_it(conversation: Conversation, world: World) -> None:
    with pytest.raises(access.NotFound):
        access.conversation_for(world.dario, conversation.number)

    assert not access.visible_to(world.dario).exists()
    assert all(count == 0 for count in queries.counts(world.dario).values())


def test_l2_counts_are_of_what_one_may_see(conversation: Conversation, world: World, anna_writes: Any) -> None:
    anna_writes("altrove", inbox=world.elsewhere)

    assert queries.counts(world.bruno)["open"] == 1
    assert queries.counts(world.dario)["open"] == 1
    assert queries.counts(world.ada)["open"] == 2


def test_f8_someone_deactivated_sees_nothing(conversation: Conversation, world: World) -> None:
    world.ada.is_active = False

    assert not access.visible_to(world.ada).exists()


def test_a_list_is_paged_by_key_and_misses_nothing_while_it_grows(world: World, anna_writes: Any) -> None:
    numbers = [anna_writes(f"parola {n}", at=NOON + timedelta(minutes=n // 3)).number for n in range(12)]
    first = queries.list_page(world.bruno, "open", limit=5)

    anna_writes("nuova", at=NOON + timedelta(hours=1))
    second = queries.list_page(world.bruno, "open", limit=5, cursor=first.next)
    third = queries.list_page(world.bruno, "open", limit=5, cursor=second.next)

    seen = [row.number for page in (first, second, third) for row in page.rows]
    assert sorted(seen) == numbers
    assert third.next is None


@pytest.mark.parametrize("cursor", ["x", "%%%", "MjAyNg", "é", "a" * 5000, "MjAyNi0xMS0xOHxub3BlCg"])
def test_g4_a_cursor_that_we_did_not_make_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(queries.BadCursor):
        queries.list_page(world.bruno, "open", cursor=cursor)


def test_a_row_is_unread_until_it_is_read_and_again_with_the_next_word(
    conversation: Conversation, world: World, anna_writes: Any
) -> None:
    assert queries.list_page(world.bruno, "open").rows[0].is_unread
    read_marks.mark_read(user=world.bruno, conversation=conversation, at=LATER)
    assert not queries.list_page(world.bruno, "open").rows[0].is_unread

    read_marks.mark_read(user=world.bruno, conversation=conversation, at=NOON)
    anna_writes("ancora", conversation, at=LATER + timedelta(minutes=1))

    assert queries.list_page(world.bruno, "open").rows[0].is_unread
    assert queries.list_page(world.carla, "open").rows[0].is_unread


def test_the_customer_reading_a_reply_is_news_once(conversation: Conversation, world: World, bruno: Actor) -> None:
    reply = write_reply(conversation=conversation, text="Ecco", by=bruno, author=world.bruno, at=LATER)

    assert read_marks.mark_seen_by_customer(conversation=conversation, at=LATER)
    assert not read_marks.mark_seen_by_customer(conversation=conversation, at=LATER)

    assert Message.objects.get(pk=reply.pk).delivery == "read"
    assert kinds(conversation).count("message.read") == 1


def test_what_was_written_after_the_last_words_shown_is_not_read(
    conversation: Conversation, world: World, bruno: Actor, anna_writes: Any
) -> None:
    elsewhere = anna_writes("Altro").messages.get()
    shown = write_reply(conversation=conversation, text="Vista", by=bruno, author=world.bruno, at=NOON + timedelta(seconds=1))
    later = write_reply(conversation=conversation, text="Non vista", by=bruno, author=world.bruno, at=NOON + timedelta(seconds=2))

    assert not read_marks.mark_seen_by_customer(conversation=conversation, at=LATER, up_to=elsewhere.pk)
    assert read_marks.mark_seen_by_customer(conversation=conversation, at=LATER, up_to=shown.pk)

    assert [Message.objects.get(pk=each.pk).delivery for each in (shown, later)] == ["read", "live"]
    conversation.refresh_from_db()
    assert conversation.customer_seen_at == shown.at


def test_a_draft_is_kept_until_it_is_sent(conversation: Conversation, world: World, bruno: Actor) -> None:
    drafts.keep_draft(user=world.bruno, conversation=conversation, text="Buon", is_note=False, at=NOON)
    drafts.keep_draft(user=world.bruno, conversation=conversation, text="Buongiorno", is_note=False, at=LATER)
    assert drafts.draft_of(world.bruno, conversation).text == "Buongiorno"
    assert drafts.draft_of(world.carla, conversation) is None

    write_reply(conversation=conversation, text="Buongiorno", by=bruno, author=world.bruno, at=LATER)

    assert drafts.draft_of(world.bruno, conversation) is None


def test_the_thread_is_one_line_of_messages_notes_and_events(conversation: Conversation, world: World, bruno: Actor) -> None:
    write_note(conversation=conversation, text="Nota", by=bruno, author=world.bruno, at=LATER)
    assign(conversation=conversation, to=world.carla, by=bruno, at=LATER + timedelta(minutes=1))
    write_reply(conversation=conversation, text="Ecco", by=bruno, author=world.bruno, at=LATER + timedelta(minutes=2))

    entries = timeline(conversation).entries

    assert [entry.kind for entry in entries] == ["event", "message", "note", "event", "message"]
    assert entries[3].happening.assignee == world.carla


def test_a_long_thread_comes_in_pages(conversation: Conversation, anna_writes: Any) -> None:
    for n in range(1, 30):
        anna_writes(f"parola {n}", conversation, at=NOON + timedelta(minutes=n))

    last = timeline(conversation, limit=10)
    before = timeline(conversation, limit=10, before=last.entries[0].message.id)

    texts = [entry.message.text for entry in before.entries + last.entries if entry.message]
    assert texts == [f"parola {n}" for n in range(10, 30)]
    assert before.before


def test_the_queries_of_a_thread_do_not_grow_with_it(
    conversation: Conversation, anna_writes: Any, django_assert_max_num_queries: Any
) -> None:
    for n in range(1, 20):
        anna_writes(f"parola {n}", conversation, at=NOON + timedelta(minutes=n))

    with django_assert_max_num_queries(6):
        timeline(conversation)


def test_the_queries_of_a_list_do_not_grow_with_it(world: World, anna_writes: Any, django_assert_max_num_queries: Any) -> None:
    for n in range(10):
        anna_writes(f"parola {n}")

    with django_assert_max_num_queries(4):
        [(row.customer.name, row.inbox.kind, list(row.tags.all())) for row in queries.list_page(world.bruno, "open").rows]
