"""A reply that was not delivered says so, and is tried again when someone asks for it."""

from typing import Any

import pytest

from ascolto.channels import receipts
from ascolto.channels.limits import limits_of
from ascolto.channels.models import Delivery, Thread
from ascolto.channels.registry import KINDS
from ascolto.conversations.models import Message
from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor


@pytest.fixture
def failed(world: Any, conversation: Any) -> Message:
    by = Actor("agent", str(world.bruno.id))
    message = write_reply(conversation=conversation, text="Eccoci", by=by, author=world.bruno, at=world.now)
    message = Message.objects.select_related("conversation").get(pk=message.pk)
    delivery = Delivery.objects.create(
        message=message, inbox=world.inbox, kind="mail", to="anna@example.org", queued_at=world.now
    )
    receipts.move(delivery, "failed", at=world.now, note="Non inviato: 550 no such user.", now=world.now)
    return message


def test_the_reason_and_the_way_out_stand_beside_it(as_bruno: Any, failed: Message) -> None:
    page = as_bruno.get(f"/conversations/{failed.conversation.number}/").content.decode()

    assert "Non inviato: 550 no such user." in page
    assert f"/messages/{failed.pk}/retry/" in page


def test_a_press_tries_again_and_two_presses_are_one(as_bruno: Any, failed: Message) -> None:
    path = f"/conversations/{failed.conversation.number}/messages/{failed.pk}/retry/"

    assert as_bruno.post(path, headers={"HX-Request": "true"}).status_code == 204
    assert as_bruno.post(path).status_code == 302

    failed.refresh_from_db()
    assert failed.delivery == "queued"
    assert Delivery.objects.get().state == "queued"
    assert f"/messages/{failed.pk}/retry/" not in as_bruno.get(f"/conversations/{failed.conversation.number}/").content.decode()


def test_what_is_on_its_way_or_not_ours_is_left_alone(as_bruno: Any, conversation: Any) -> None:
    first = conversation.messages.get()

    assert as_bruno.post(f"/conversations/{conversation.number}/messages/{first.pk}/retry/").status_code == 302
    assert Message.objects.get(pk=first.pk).delivery == ""


def test_what_the_channel_cannot_carry_is_refused_while_it_is_written(as_bruno: Any, world: Any, conversation: Any) -> None:
    from ascolto.channels.connect import make_channel

    inbox = make_channel(kind="email", name="Posta", language="it", values={"address": "a@lumen.example"}, at=world.now)
    Thread.objects.create(
        conversation=conversation, inbox=inbox, kind="email", address="anna@example.org", is_main=True, created_at=world.now
    )
    inbox.kind = "sms"
    inbox.save(update_fields=["kind"])
    most = limits_of(conversation.pk).max_chars
    assert most == KINDS["sms"].capabilities.max_chars

    answer = as_bruno.post(
        f"/conversations/{conversation.number}/replies/", {"text": "x" * (most + 1)}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 422
    assert str(most) in answer.content.decode()
