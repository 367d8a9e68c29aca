"""Replies leave by the channel that their customer writes from."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ascolto.channels import attempts, receipts
from ascolto.channels.connect import make_channel, pause, resume
from ascolto.channels.contract import Capabilities, Door, Never, OutboundMessage, Receipt, Taken, TryLater
from ascolto.channels.models import Channel, Delivery, Thread
from ascolto.channels.registry import KINDS
from ascolto.channels.retry import retry
from ascolto.channels.send_later import sweep
from ascolto.channels.tokens import thread_in
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor
from ascolto.jobs.models import Job
from ascolto.people.models import Address

MINUTE = timedelta(minutes=1)


class Wire:
    """A kind that sends what the test lets through; `answers` are given one after the other, then all is taken."""

    name, label, hint, address_kind = "custom", "Wire", "", "custom"
    settings = ()

    def __init__(self) -> None:
        self.capabilities = Capabilities(subject=True)
        self.answers: list[Exception | Taken] = []
        self.asked: list[OutboundMessage] = []
        self.taken: list[OutboundMessage] = []

    def send(self, message: OutboundMessage, door: Door) -> Taken:
        self.asked.append(message)
        answer = self.answers.pop(0) if self.answers else Taken(id=f"p{len(self.asked)}")
        if isinstance(answer, Exception):
            raise answer
        self.taken.append(message)
        return answer


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    kind = Wire()
    monkeypatch.setitem(KINDS, "custom", kind)  # type: ignore[arg-type]
    return kind


@pytest.fixture
def inbox(world: Any, wire: Wire) -> Any:
    return make_channel(kind="custom", name="Ponte", language="it", values={}, at=world.now)


@pytest.fixture
def thread(world: Any, inbox: Any, anna_writes: Any) -> Thread:
    conversation = anna_writes("Dove siete?", inbox=inbox)
    return Thread.objects.create(
        conversation=conversation, inbox=inbox, kind="custom", address="anna-77", name="Anna", is_main=True, created_at=world.now
    )


@pytest.fixture
def says(world: Any, thread: Thread) -> Any:
    def write(text: str, *, after: timedelta = timedelta(), **rest: Any) -> Message:
        by = Actor("agent", str(world.bruno.id))
        conversation = Conversation.objects.get(pk=thread.conversation_id)
        return write_reply(conversation=conversation, text=text, by=by, author=world.bruno, at=world.now + after, **rest)

    return write


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.delivery, Delivery.objects.get(message=message).state


def test_a_reply_leaves_at_once_by_its_channel_with_the_way_back(wire, says, thread, world, settle):
    message = says("Siamo qui")

    settle(world.now)

    (sent,) = wire.taken
    assert (sent.to, sent.to_name, sent.text, sent.author) == ("anna-77", "Anna", "Siamo qui", "Bruno Neri")
    assert thread_in(sent.reply_token) == thread.id
    assert state(message) == ("sent", "sent")
    assert Channel.objects.get(inbox=thread.inbox).last_out_at == world.now


def test_q1_what_was_written_is_queued_before_anything_is_tried(wire, says, world, settle):
    message = says("Siamo qui")
    wire.answers = [TryLater("busy")]

    settle(world.now, allow_failures=True)

    assert state(message) == ("queued", "queued")
    assert Message.objects.get(pk=message.pk).delivery_note == "busy"


def test_those_behind_wait_for_the_one_that_cannot_go_now(wire, says, world, settle):
    says("uno"), says("due", after=timedelta(seconds=1))
    wire.answers = [TryLater("busy")]

    settle(world.now + timedelta(seconds=1))
    assert [each.text for each in wire.asked] == ["uno"]
    settle(world.now + 2 * MINUTE)

    assert [each.text for each in wire.taken] == ["uno", "due"]
    assert wire.asked[0] == wire.asked[1], "the same at every attempt"


def test_one_that_never_goes_stops_nobody(wire, says, world, settle):
    first, second = says("uno"), says("due")
    wire.answers = [Never("the window is over")]

    settle(world.now)

    assert state(first) == ("failed", "failed")
    assert Message.objects.get(pk=first.pk).delivery_note == "the window is over"
    assert state(second) == ("sent", "sent")


def test_what_a_channel_breaks_over_is_tried_again(wire, says, world, settle):
    message = says("uno")
    wire.answers = [RuntimeError("bang")]

    settle(world.now)
    assert state(message) == ("queued", "queued")
    settle(world.now + MINUTE)

    assert state(message) == ("sent", "sent")


def test_settings_that_cannot_be_read_stop_no_reaction_and_are_told(wire, says, world, inbox, settle):
    Channel.objects.filter(inbox=inbox).update(secrets="sealed with another secret")
    message = says("uno")

    settle(world.now)

    assert state(message) == ("queued", "queued")
    assert "CannotUnseal" in Message.objects.get(pk=message.pk).delivery_note


def test_after_a_day_a_person_is_needed(wire, says, world, settle):
    message, behind = says("uno"), says("due")
    wire.answers = [TryLater("busy")] * 2
    settle(world.now)

    settle(world.now + timedelta(hours=24))

    assert state(message) == ("failed", "failed")
    assert "busy" in Message.objects.get(pk=message.pk).delivery_note
    assert state(behind) == ("sent", "sent")


def test_attempts_are_capped_even_if_each_kills_its_worker(wire, says, world, settle):
    message = says("uno")
    settle_reactions(world.now)
    Delivery.objects.update(state="sending", attempts=60, attempts_left=0)

    settle(world.now + MINUTE)

    assert state(message) == ("failed", "failed")
    assert wire.asked == []


def settle_reactions(now: datetime) -> None:
    from ascolto.channels.reactions import REACTIONS
    from ascolto.eventlog import consume

    while consume.feed(REACTIONS, now=now, worker="test").count:
        pass
    consume.let_go(worker="test")


def test_a_person_can_have_it_tried_again(wire, says, world, settle):
    message = says("uno")
    wire.answers = [Never("no")]
    settle(world.now)

    assert retry(message=message, at=world.now + MINUTE)
    assert not retry(message=message, at=world.now + MINUTE), "twice is once"
    settle(world.now + MINUTE)

    assert state(message) == ("sent", "sent")
    assert [each.mail_id for each in wire.asked] == [wire.asked[0].mail_id] * 2


def test_q5_who_slept_past_the_lease_writes_nothing(wire, says, world):
    says("uno")
    settle_reactions(world.now)
    asleep = Delivery.objects.select_related("message__conversation").get()
    attempts.begin(asleep, now=world.now)
    awake = Delivery.objects.select_related("message__conversation").get()
    attempts.begin(awake, now=world.now + MINUTE)
    attempts.note_sent(awake, Taken(id="p2"), now=world.now + MINUTE)

    for late in (
        lambda: attempts.note_failed(asleep, "no", now=world.now),
        lambda: attempts.note_waits(asleep, "busy", now=world.now),
        lambda: attempts.note_sent(asleep, Taken(id="p1"), now=world.now),
    ):
        late()

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.provider_id, delivery.attempts) == ("sent", "p2", 2)
    assert Message.objects.get(pk=delivery.message_id).delivery == "sent"


def test_q5_two_cannot_begin_the_same_attempt(wire, says, world):
    says("uno")
    settle_reactions(world.now)
    one, other = Delivery.objects.get(), Delivery.objects.get()

    assert attempts.begin(one, now=world.now)
    assert not attempts.begin(other, now=world.now)


def test_q3_each_recipient_has_a_state_of_its_own(wire, says, world, thread, settle):
    message = says("uno")
    settle_reactions(world.now)
    for address in ("b-1", "b-2"):
        Delivery.objects.create(message=message, inbox=thread.inbox, kind="custom", to=address, queued_at=world.now)
    wire.answers = [Taken(id="1"), Never("550 unknown"), Taken(id="3")]

    settle(world.now)

    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["failed", "sent", "sent"]
    message.refresh_from_db()
    assert message.delivery == "failed"


def test_h6_a_receipt_that_was_faster_than_the_answer_counts(wire, says, world, thread, settle):
    message = says("uno")
    receipts.take(thread.inbox, Receipt(id="p1", state="delivered"), now=world.now)

    settle(world.now)

    assert state(message) == ("delivered", "delivered")


def test_j4_a_bounce_is_shown_with_what_to_do_and_marks_the_address(wire, says, world, thread, settle):
    message = says("uno")
    settle(world.now)
    Address.objects.create(customer=world.anna, kind="custom", value="anna-77", created_at=world.now)

    receipts.take(
        thread.inbox, Receipt(id="p1", state="failed", reason="This address does not exist.", is_for_good=True), now=world.now
    )

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert message.delivery_note.endswith("."), message.delivery_note
    assert Address.objects.get(value="anna-77").undeliverable_since == world.now


def test_h6_j4_a_bounce_that_was_faster_than_the_answer_says_and_marks_the_same(wire, says, world, thread, settle):
    message = says("uno")
    Address.objects.create(customer=world.anna, kind="custom", value="anna-77", created_at=world.now)
    bounce = Receipt(id="p1", state="failed", reason="This address does not exist.", is_for_good=True)
    receipts.take(thread.inbox, bounce, now=world.now)

    settle(world.now)

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert message.delivery_note == receipts.words_of(bounce)
    assert Address.objects.get(value="anna-77").undeliverable_since == world.now


def test_a_paused_channel_sends_nothing_and_goes_on_afterwards(wire, says, world, inbox, settle):
    message = says("uno")
    pause(inbox=inbox, at=world.now)
    settle(world.now)
    assert wire.asked == []
    later = world.now + timedelta(days=2)
    resume(inbox=inbox, at=later)

    assert Delivery.objects.get(message=message).queued_at == later
    settle(later + 6 * MINUTE)

    assert state(message) == ("sent", "sent")


def test_who_takes_part_gets_nothing_by_itself(wire, says, world, thread, settle):
    Thread.objects.create(
        conversation=thread.conversation, inbox=thread.inbox, kind="custom", address="cc-1", created_at=world.now
    )
    says("uno")

    settle(world.now)

    assert [each.to for each in wire.taken] == ["anna-77"]


def test_what_lost_its_job_is_sent_after_all(wire, says, world, settle):
    message = says("uno")
    settle_reactions(world.now)
    Job.objects.all().delete()

    sweep(now=world.now + timedelta(minutes=11))
    settle(world.now + timedelta(minutes=11))

    assert state(message) == ("sent", "sent")


def test_who_was_forgotten_is_written_to_no_more(wire, says, world, settle):
    message = says("uno")
    world.anna.forgotten_at = world.now
    world.anna.save(update_fields=["forgotten_at"])

    settle(world.now)

    assert state(message)[0] == "failed"
    assert wire.asked == []


def test_the_longest_waits_are_an_hour(world):
    queued = Delivery(queued_at=world.now)

    assert attempts.wait_after(queued, now=world.now) == timedelta(seconds=15)
    assert attempts.wait_after(queued, now=world.now + timedelta(hours=9)) == timedelta(hours=1)
