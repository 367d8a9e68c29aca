"""What comes twice, or from two sides, at the same moment: one answer, one message, one customer."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from ascolto.channels import inbound
from ascolto.channels.inbound import InboundMessage, accept
from ascolto.channels.messenger import visit
from ascolto.channels.models import Visit
from ascolto.conversations import reply
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.note import write_note
from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor
from ascolto.people import identify
from ascolto.people.identify import Claim, meet
from tests.conftest import World

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S = 0.3  # how long a meeting waits for whoever the database lets in only later


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """What each returned or raised, each in a thread and a connection of its own."""
    answers: list[Any] = [None] * len(verbs)

    def run(index: int) -> None:
        try:
            answers[index] = verbs[index]()
        except Exception as error:
            answers[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(verbs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return answers


def meeting(count: int, verb: Callable[..., Any]) -> Callable[..., Any]:
    """The verb, begun by all of them together as far as the database lets them."""
    barrier = threading.Barrier(count)

    def together(*args: Any, **named: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(PATIENCE_S)
        return verb(*args, **named)

    return together


@pytest.mark.parametrize("side", ["address", "proof"])
def test_first_words_and_who_one_is_at_the_same_moment_reach_one_customer(world: World, monkeypatch: Any, side: str) -> None:
    opened, _ = visit.open_visit(inbox=world.inbox, at=world.now)
    words = InboundMessage(inbox=world.inbox.id, text="Ciao", at=world.now, source="m:1:a", visit=opened.id)
    meets, may_go_on = threading.Event(), threading.Event()
    real = inbound.meet_many

    def slow(*args: Any, **named: Any) -> Any:
        meets.set()
        may_go_on.wait(PATIENCE_S)
        return real(*args, **named)

    def say_who() -> Any:
        meets.wait(5)
        try:
            if side == "address":
                return visit.leave_address(visit=opened.id, email="zoe@example.org", at=world.now)
            return visit.prove(visit=opened, claim=Claim(external_id="zoe-1", is_proven=True), at=world.now)
        finally:
            may_go_on.set()

    monkeypatch.setattr(inbound, "meet_many", slow)
    received, said = at_once(lambda: accept(words), say_who)

    owner = Conversation.objects.get(pk=received.conversation).customer_id
    assert owner == Visit.objects.get(pk=opened.pk).customer_id
    assert said is (None if side == "address" else False)


def test_a_form_sent_four_times_at_once_is_one_message(world: World, monkeypatch: Any) -> None:
    form = InboundMessage(inbox=world.form.id, text="Due volte", at=world.now, source="f:1", claim=Claim(email="zoe@example.org"))
    monkeypatch.setattr(inbound, "refuse_foreign_files", meeting(4, inbound.refuse_foreign_files))
    answers = at_once(*[lambda: accept(form)] * 4)

    assert len({answer.message for answer in answers}) == 1
    assert Message.objects.count() == Conversation.objects.count() == 1


@pytest.mark.parametrize("verb", [write_reply, write_note])
def test_words_of_an_agent_sent_four_times_at_once_are_one_message(
    conversation: Conversation, world: World, monkeypatch: Any, verb: Any
) -> None:
    by = Actor("agent", str(world.bruno.pk))
    at = world.now + timedelta(minutes=1)
    monkeypatch.setattr(reply, "lock", meeting(4, reply.lock))
    monkeypatch.setattr("ascolto.conversations.note.lock", meeting(4, reply.lock))
    answers = at_once(
        *[lambda: verb(conversation=conversation, text="Ecco", by=by, author=world.bruno, at=at, source="c:1:a").pk] * 4
    )

    assert answers == [Message.objects.get(text="Ecco").pk] * 4


@pytest.mark.parametrize("proof", [{"email": "zoe@example.org"}, {"external_id": "zoe-1"}])
def test_a_proof_shown_twice_at_once_is_one_customer(world: World, monkeypatch: Any, proof: dict[str, str]) -> None:
    monkeypatch.setattr(identify, "make", meeting(2, identify.make))
    claim = Claim(is_proven=True, **proof)
    answers = at_once(*[lambda: meet(claim, at=world.now).id] * 2)

    assert answers[0] == answers[1]


def test_whoever_brings_words_at_once_does_not_wait_for_each_other_in_a_circle(conversation: Conversation, world: World) -> None:
    def bring(index: int) -> Callable[[], Any]:
        who: dict[str, Any] = {"claim": Claim(name="Zoe")} if index % 2 else {"customer": world.anna.id}
        into = conversation.id if index % 4 == 0 else None
        return lambda: [
            accept(InboundMessage(inbox=world.inbox.id, text="x", at=world.now, source=None, conversation=into, **who))
            for _ in range(5)
        ]

    answers = at_once(*[bring(index) for index in range(4)])

    assert [len(answer) for answer in answers if isinstance(answer, list)] == [5] * 4
