"""Replies go out by mail to customers who are not there."""

from datetime import timedelta
from typing import Any

import pytest

from ascolto.channels import delivery
from ascolto.channels.letters import Letter, Said, Way, Words, compose
from ascolto.channels.models import Delivery
from ascolto.channels.queue import queue_unread
from ascolto.channels.retry import retry
from ascolto.conversations.links import open_link
from ascolto.conversations.models import Message
from ascolto.conversations.read_marks import mark_seen_by_customer
from ascolto.conversations.reply import write_reply
from ascolto.egress import mail
from ascolto.eventlog.event import Actor
from ascolto.eventlog.read import events_of
from ascolto.people.models import Address

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mails() -> Any:
    """What would have gone out, oldest first."""
    return lambda: [mail.read_kept(kept.name) for kept in mail.list_kept(50)][::-1]


@pytest.fixture
def replied(conversation: Any, world: Any) -> Message:
    """Bruno has replied at noon; Anna has not looked."""
    return reply(world, conversation, "Provi a <b>spegnerla</b>: https://lumen.example/aiuto")


def reply(world: Any, conversation: Any, text: str, *, after: timedelta = timedelta()) -> Message:
    by = Actor("agent", str(world.bruno.id))
    return write_reply(conversation=conversation, text=text, by=by, author=world.bruno, at=world.now + after)


def test_an_unread_reply_goes_by_mail_after_a_minute_with_the_way_back(
    replied: Message, world: Any, settle: Any, mails: Any
) -> None:
    settle(world.now + timedelta(seconds=59))
    assert mails() == []
    settle(world.now + MINUTE)

    letter = mails()[0]
    text = letter.get_body(("plain",)).get_content()
    token = text.partition("/t/")[2].split()[0]

    assert letter["To"] == "anna@example.org"
    assert letter["From"].addresses[0].display_name == "Lumen"
    assert letter["Auto-Submitted"] is None
    assert "Provi a <b>spegnerla</b>" in text
    assert "&lt;b&gt;spegnerla&lt;/b&gt;" in letter.get_body(("html",)).get_content()
    assert open_link(token, now=world.now + MINUTE).conversation == replied.conversation
    replied.refresh_from_db()
    assert (replied.delivery, replied.mail_id) == ("sent", letter["Message-ID"])
    assert "message.sent" in [each.event.kind for each in events_of(replied.conversation_id)]


def test_who_read_it_in_the_messenger_gets_no_mail(replied: Message, world: Any, settle: Any, mails: Any) -> None:
    mark_seen_by_customer(conversation=replied.conversation, at=world.now + timedelta(seconds=20))
    settle(world.now + MINUTE)

    assert mails() == []


def test_unread_replies_leave_together_and_the_next_names_the_first(
    replied: Message, conversation: Any, world: Any, settle: Any, mails: Any
) -> None:
    reply(world, conversation, "E mi dica come va", after=timedelta(seconds=30))
    settle(world.now + 2 * MINUTE)
    reply(world, conversation, "Ci sono novità", after=5 * MINUTE)
    settle(world.now + 7 * MINUTE)

    first, second = mails()

    assert "E mi dica come va" in first.get_body(("plain",)).get_content()
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["References"] == first["Message-ID"]


def test_a_form_is_answered_at_once(world: Any, anna_writes: Any, settle: Any, mails: Any) -> None:
    conversation = anna_writes("Dal modulo", inbox=world.form)
    reply(world, conversation, "Eccoci")
    settle(world.now)

    assert len(mails()) == 1


def test_every_retry_carries_the_same_message_id_and_link(replied: Message, world: Any, monkeypatch: Any) -> None:
    seen = []

    def busy(message: Any, **_: Any) -> None:
        seen.append((message["Message-ID"], message.get_body(("plain",)).get_content()))
        raise mail.TryLater("421 busy")

    monkeypatch.setattr(mail, "send", busy)
    for minutes in (1, 2, 3):
        with pytest.raises(mail.TryLater):
            delivery.deliver(message_id=replied.id, since=world.now, now=world.now + minutes * MINUTE)

    replied.refresh_from_db()

    assert len(set(seen)) == 1
    assert replied.delivery == "queued"
    assert "continuiamo a provare" in replied.delivery_note or "keep trying" in replied.delivery_note


@pytest.mark.parametrize("was_read", [False, True])
def test_one_message_id_is_one_mail_whatever_runs_between_its_tries(
    replied: Message, conversation: Any, world: Any, monkeypatch: Any, was_read: bool
) -> None:
    second = reply(world, conversation, "E mi dica come va", after=timedelta(seconds=10))
    seen = []

    def busy(message: Any, **_: Any) -> None:
        seen.append((message["Message-ID"], message.get_body(("plain",)).get_content()))
        if len(seen) == 1:
            raise mail.TryLater("421 busy")

    monkeypatch.setattr(mail, "send", busy)
    with pytest.raises(mail.TryLater):
        delivery.deliver(message_id=replied.id, since=world.now, now=world.now + MINUTE)
    between = delivery.deliver(message_id=second.id, since=world.now, now=world.now + MINUTE)
    if was_read:
        mark_seen_by_customer(conversation=conversation, at=replied.at)
    sent = delivery.deliver(message_id=replied.id, since=world.now, now=world.now + 2 * MINUTE)
    again = delivery.deliver(message_id=second.id, since=world.now, now=world.now + 3 * MINUTE)

    assert between == again == []
    assert [message.id for message in sent] == [second.id] if was_read else [replied.id, second.id]
    assert len(seen) == 2
    assert seen[0] == seen[1]


def test_what_the_server_refuses_for_good_is_failed_in_plain_words(replied: Message, world: Any, monkeypatch: Any) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise mail.Refused("550 no such user")

    monkeypatch.setattr(mail, "send", refuse)
    delivery.deliver(message_id=replied.id, since=world.now, now=world.now + MINUTE)

    replied.refresh_from_db()

    assert replied.delivery == "failed"
    assert "550 no such user" in replied.delivery_note
    assert "message.failed" in [each.event.kind for each in events_of(replied.conversation_id)]


def test_a_person_has_the_same_mail_tried_again(replied: Message, world: Any, settle: Any, mails: Any, monkeypatch: Any) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise mail.Refused("550 no such user")

    with monkeypatch.context() as patched:
        patched.setattr(mail, "send", refuse)
        delivery.deliver(message_id=replied.id, since=world.now, now=world.now + MINUTE)
    replied.refresh_from_db()
    assert retry(message=replied, at=world.now + 5 * MINUTE)

    settle(world.now + 5 * MINUTE)

    before = replied.mail_id
    replied.refresh_from_db()
    assert replied.delivery == "sent"
    assert [each["Message-ID"] for each in mails()] == [before]
    assert Delivery.objects.get().state == "sent"


def test_a_server_that_is_away_for_a_day_needs_a_person(replied: Message, world: Any, monkeypatch: Any) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise mail.TryLater("no route")

    monkeypatch.setattr(mail, "send", away)
    delivery.deliver(message_id=replied.id, since=world.now, now=world.now + timedelta(hours=24))

    replied.refresh_from_db()

    assert replied.delivery == "failed"


def test_an_address_left_later_brings_the_replies_that_were_not_read(
    conversation: Any, world: Any, settle: Any, mails: Any
) -> None:
    Address.objects.all().delete()
    reply(world, conversation, "Ci legge")
    settle(world.now + 5 * MINUTE)
    Address.objects.create(customer=world.anna, kind="email", value="anna@example.org", created_at=world.now)
    waiting = queue_unread(customer_id=world.anna.id, at=world.now + 6 * MINUTE)
    settle(world.now + 8 * MINUTE)

    assert waiting == 1
    assert len(mails()) == 1


def test_d8_the_mail_has_none_of_the_customers_words(replied: Message, world: Any, settle: Any, mails: Any) -> None:
    settle(world.now + MINUTE)

    assert "lampada" not in mails()[0].as_string().lower()


def test_a14_line_ends_in_names_and_words_make_no_header(world: Any) -> None:
    letter = Letter(
        sender_name="Lumen\r\nBcc: eve@example.org",
        sender="desk@lumen.example",
        to="anna@example.org",
        subject="Oggetto\r\nX-Evil: 1\n\nbody",
        language="it",
        mail_id="<a@b.example>",
        at=world.now,
        blocks=[Words("Riga\r\nBcc: eve@example.org"), Said("Bruno\nX: 1", "parole"), Way("pagina", "https://lumen.example")],
    )

    raw = compose(letter).as_bytes()
    head = raw.split(b"\r\n\r\n")[0]

    assert b"\r\nBcc" not in head
    assert b"\r\nX-Evil" not in head


def test_b8_placeholders_are_words(conversation: Any, world: Any, settle: Any, mails: Any) -> None:
    reply(world, conversation, "{{7*7}} {% now %} ${7*7} %(desk)s {desk}")
    settle(world.now + MINUTE)

    letter = mails()[0]

    assert "{{7*7}} {% now %} ${7*7} %(desk)s {desk}" in letter.get_body(("plain",)).get_content()
    assert "{{7*7}} {% now %} ${7*7} %(desk)s {desk}" in letter.get_body(("html",)).get_content()
