"""The one door for customers' messages."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from ascolto.channels.inbound import InboundMessage, NotYours, accept, accept_many
from ascolto.channels.models import Visit
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.receive import Received
from ascolto.people.identify import Claim
from ascolto.people.models import Customer
from tests.conftest import NOON, World


def visit_to(inbox: Any, **facts: Any) -> Visit:
    return Visit.objects.create(inbox=inbox, digest=uuid4().hex, created_at=NOON, expires_at=NOON + timedelta(days=1), **facts)


def test_a_visitor_becomes_one_customer_with_the_first_words(world: World) -> None:
    visit = visit_to(world.inbox)
    first = InboundMessage(inbox=world.inbox.id, text="Uno", at=NOON, source="m:1:a", visit=visit.id)
    second = InboundMessage(inbox=world.inbox.id, text="Due", at=NOON, source="m:1:b", visit=visit.id)

    answers = accept_many([first, second])

    assert all(isinstance(answer, Received) for answer in answers)
    customers = set(Conversation.objects.values_list("customer", flat=True))
    assert customers == {Visit.objects.get(pk=visit.pk).customer_id}


def test_the_same_words_sent_again_get_the_same_answer(world: World) -> None:
    visit = visit_to(world.inbox)
    words = InboundMessage(inbox=world.inbox.id, text="Uno", at=NOON, source="m:1:a", visit=visit.id)

    first = accept(words)
    again = accept(words)
    together = accept_many([words, words])

    assert {first.message, again.message} | {answer.message for answer in together if isinstance(answer, Received)} == {
        first.message
    }
    assert Conversation.objects.count() == 1


def test_d4_a_visitor_cannot_write_into_someone_elses_conversation(conversation: Conversation, world: World) -> None:
    visit = visit_to(world.inbox)
    mine = InboundMessage(inbox=world.inbox.id, text="Buona", at=NOON, source=None, visit=visit.id)
    theirs = InboundMessage(
        inbox=world.inbox.id, text="Intrusa", at=NOON, source=None, visit=visit.id, conversation=conversation.id
    )

    answers = accept_many([theirs, mine])

    assert isinstance(answers[0], NotYours)
    assert isinstance(answers[1], Received)
    assert not Message.objects.filter(text="Intrusa").exists()


def test_d9_a_visit_that_was_ended_lets_nothing_in(world: World) -> None:
    visit = visit_to(world.inbox, revoked_at=NOON)

    answer = accept_many([InboundMessage(inbox=world.inbox.id, text="Ancora io", at=NOON, source=None, visit=visit.id)])[0]

    assert isinstance(answer, NotYours)
    assert not Conversation.objects.exists()


def test_g2_a_file_of_someone_else_cannot_be_sent(world: World) -> None:
    from ascolto.files.store import store

    foreign = store(b"parole", name="a.txt", owner="visit:x", at=NOON)
    visit = visit_to(world.inbox)

    answer = accept_many(
        [
            InboundMessage(
                inbox=world.inbox.id,
                text="Ecco",
                at=NOON,
                source=None,
                visit=visit.id,
                files=(foreign.id,),
                file_owner=f"visit:{visit.id}",
            )
        ]
    )[0]

    assert isinstance(answer, NotYours)


def test_d1_a_claim_joins_nobody(conversation: Conversation, world: World) -> None:
    claim = Claim(name="Anna Bianchi", email="anna@example.org", external_id="anna-1")

    received = accept(InboundMessage(inbox=world.form.id, text="Sono Anna", at=NOON, source=None, claim=claim))

    stranger = Conversation.objects.get(pk=received.conversation).customer
    assert stranger != world.anna
    assert stranger.external_id is None
    assert stranger.addresses.get().proven_at is None


def test_a_proof_finds_who_is_known(world: World) -> None:
    proof = Claim(email="ANNA@example.org", external_id="anna-1", is_proven=True)

    received = accept(InboundMessage(inbox=world.inbox.id, text="Sono Anna", at=NOON, source=None, claim=proof))

    assert Conversation.objects.get(pk=received.conversation).customer == world.anna


def test_the_same_new_proof_twice_in_a_batch_is_one_person(world: World) -> None:
    proof = Claim(name="Nina", external_id="nina-1", is_proven=True)
    words = [InboundMessage(inbox=world.inbox.id, text=text, at=NOON, source=None, claim=proof) for text in ("a", "b")]

    accept_many(words)

    assert Customer.objects.filter(external_id="nina-1").count() == 1


def test_d1_a_mailbox_shared_by_two_ids_stays_two_people(world: World) -> None:
    other = Claim(email="anna@example.org", external_id="mario-2", is_proven=True)

    received = accept(InboundMessage(inbox=world.inbox.id, text="Sono Mario", at=NOON, source=None, claim=other))

    mario = Conversation.objects.get(pk=received.conversation).customer
    assert mario != world.anna
    assert mario.addresses.get().proven_at is None


def test_a_visit_that_has_run_out_lets_nothing_in(world: World) -> None:
    visit = visit_to(world.inbox, customer=world.anna)
    late = InboundMessage(inbox=world.inbox.id, text="Tardi", at=visit.expires_at, source=None, visit=visit.id)

    assert isinstance(accept_many([late])[0], NotYours)
    assert not Message.objects.filter(text="Tardi").exists()
