"""Whether the customer is asked."""

from datetime import timedelta
from typing import Any

from ascolto.conversations.models import Episode
from ascolto.conversations.reply import write_reply
from ascolto.conversations.status import resolve
from ascolto.eventlog.event import SYSTEM, Actor
from ascolto.eventlog.read import events_of
from ascolto.surveys.invite import Skipped, invite_after_resolution
from ascolto.surveys.models import Invitation
from ascolto.surveys.queries import pending_for_customer


def test_a_resolved_episode_is_asked_about_once(resolved: Any, world: Any, settle: Any) -> None:
    again = invite_after_resolution(
        conversation_id=resolved.id, episode_number=1, by=Actor("agent", str(world.bruno.id)), at=world.now
    )
    settle(world.now + timedelta(minutes=30))

    assert again == Skipped("asked before")
    assert Invitation.objects.count() == 1
    assert [each.event.kind for each in events_of(resolved.id)].count("survey.invited") == 1


def test_who_answered_is_written_down_and_stays(asked: Any, world: Any) -> None:
    asked.conversation.assignee = None
    asked.conversation.save(update_fields=["assignee"])

    assert asked.invitation.agent_id == world.bruno.id
    assert asked.invitation.channel == "messenger"
    assert asked.invitation.inbox_id == world.inbox.id


def test_the_next_episode_is_asked_about_again(asked: Any, anna_writes: Any, world: Any, settle: Any) -> None:
    later = world.now + timedelta(hours=2)
    by = Actor("agent", str(world.bruno.id))
    again = anna_writes("Ancora io", asked.conversation, at=later)
    write_reply(conversation=again, text="Eccomi", by=by, author=world.bruno, at=later)
    resolve(conversation=again, by=by, at=later)
    settle(later)

    assert Invitation.objects.filter(conversation=again).count() == 2


def test_nobody_is_asked_when_no_person_resolved_or_nobody_answered(conversation: Any, world: Any) -> None:
    unanswered = invite_after_resolution(conversation_id=conversation.id, episode_number=1, by=Actor("agent"), at=world.now)
    Episode.objects.filter(conversation=conversation).update(first_reply_at=world.now)
    by_machine = invite_after_resolution(conversation_id=conversation.id, episode_number=1, by=SYSTEM, at=world.now)

    assert unanswered == Skipped("nobody answered in this episode")
    assert by_machine == Skipped("no person resolved it")
    assert not Invitation.objects.exists()


def test_the_messenger_finds_the_open_questions_of_its_own_customer_only(asked: Any, world: Any) -> None:
    now = world.now + timedelta(hours=1)

    assert pending_for_customer(world.anna.id, asked.conversation.id, now) == asked.token
    assert pending_for_customer(world.bruno.id, asked.conversation.id, now) is None
    assert pending_for_customer(world.anna.id, asked.conversation.id, now + timedelta(days=15)) is None
