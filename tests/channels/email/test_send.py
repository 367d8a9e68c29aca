"""Replies by mail, through a mail server: to customers of a mail inbox, and to visitors who have left the chat."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ascolto.channels import raw
from ascolto.channels.connect import change_settings, make_channel
from ascolto.channels.email.send import TURNS
from ascolto.channels.email.turns import BURST, Turns
from ascolto.channels.models import Delivery, Thread
from ascolto.channels.reply_inbox import choose_reply_inbox, reply_inbox_of
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.reply import write_reply
from ascolto.database.ids import new_id
from ascolto.eventlog.event import Actor
from ascolto.people.models import Address
from tests.channels.mail_sink import Sink, mail_sink

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_sink() as sink:
        yield sink


@pytest.fixture
def mailbox(world: Any, sink: Sink) -> Any:
    values = {
        "address": "aiuto@lumen.example",
        "smtp_host": "127.0.0.1",
        "smtp_port": str(sink.port),
        "smtp_security": "none",
        "per_minute": "0",
        "plus_replies": True,
        "signature_it": "Lumen",
    }
    return make_channel(kind="email", name="Posta", language="it", values=values, at=world.now)


def mail(text: str, *, sender: str = "Rosa Blu <rosa@posta.example>", id: str = "<1@posta.example>", **head: str) -> bytes:
    lines = {"From": sender, "To": "aiuto@lumen.example", "Subject": "Domanda", "Message-ID": id, **head}
    return ("".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items()) + f"\r\n{text}\r\n").encode()


@pytest.fixture
def arrives(world: Any, mailbox: Any, settle: Any) -> Any:
    def arrive(content: bytes, *, after: timedelta = timedelta()) -> None:
        raw.keep(raw.Arrived(inbox=mailbox.id, content=content, at=world.now + after))
        settle(world.now + after)

    return arrive


@pytest.fixture
def answer(world: Any) -> Any:
    def write(conversation: Conversation, text: str, *, after: timedelta = timedelta()) -> Message:
        by = Actor("agent", str(world.bruno.id))
        found = Conversation.objects.get(pk=conversation.pk)
        return write_reply(conversation=found, text=text, by=by, author=world.bruno, at=world.now + after)

    return write


def test_a_mail_is_answered_by_mail_in_its_thread(mailbox, sink, arrives, answer, world, settle):
    arrives(mail("Dov’è il mio ordine?"))
    conversation = Conversation.objects.get(inbox=mailbox)

    answer(conversation, "Arriva domani", after=MINUTE)
    settle(world.now + MINUTE)

    (got,) = sink.mails
    (envelope,) = sink.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("aiuto@lumen.example", ["rosa@posta.example"])
    assert got["In-Reply-To"] == "<1@posta.example>"
    assert got["Subject"] == f"Re: Domanda [#{conversation.number}]"
    assert "Arriva domani" in got.get_body(("plain",)).get_content()
    message = conversation.messages.get(author_kind="agent")
    assert (message.delivery, message.mail_id) == ("sent", got["Message-ID"])


@pytest.mark.parametrize("how", ["token", "references"])
def test_the_customers_answer_comes_back_into_the_conversation(mailbox, sink, arrives, answer, world, settle, how):
    arrives(mail("Dov’è il mio ordine?"))
    conversation = Conversation.objects.get(inbox=mailbox)
    answer(conversation, "Arriva domani", after=MINUTE)
    settle(world.now + MINUTE)
    got = sink.mails[0]

    head = {"References": str(got["Message-ID"])} if how == "references" else {"To": str(got["Reply-To"])}
    arrives(mail("Grazie", id="<2@posta.example>", sender="altro@posta.example", **head), after=2 * MINUTE)

    assert [each.text.strip() for each in conversation.messages.order_by("at")] == [
        "Dov’è il mio ordine?",
        "Arriva domani",
        "Grazie",
    ]


def test_j4_a_bounce_is_shown_beside_the_reply_and_the_address_is_marked(mailbox, sink, arrives, answer, world, settle):
    arrives(mail("Dov’è il mio ordine?"))
    conversation = Conversation.objects.get(inbox=mailbox)
    message = answer(conversation, "Arriva domani", after=MINUTE)
    settle(world.now + MINUTE)
    id = sink.mails[0]["Message-ID"]

    report = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: aiuto@lumen.example\r\nSubject: Undelivered\r\n"
        "Message-ID: <b@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/plain\r\n\r\nNo such user\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; rosa@posta.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 user unknown\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n\r\n--x--\r\n"
    )
    arrives(report.encode(), after=2 * MINUTE)

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "Chiedi al cliente un altro indirizzo" in message.delivery_note
    assert Address.objects.get(value="rosa@posta.example").undeliverable_since == world.now + 2 * MINUTE
    assert Conversation.objects.filter(inbox=mailbox).count() == 1


def test_one_line_to_the_server_carries_many_mails(mailbox, sink, arrives, answer, world, settle):
    arrives(mail("Dov’è il mio ordine?"))
    conversation = Conversation.objects.get(inbox=mailbox)
    for count in range(5):
        answer(conversation, f"Riga {count}", after=MINUTE + timedelta(seconds=count))

    settle(world.now + 2 * MINUTE)

    assert ["Riga" in each.get_body(("plain",)).get_content() for each in sink.mails] == [True] * 5
    assert sink.connections == 1


def test_what_the_server_refuses_says_so_and_what_it_delays_waits(mailbox, sink, arrives, answer, world, settle):
    arrives(mail("Dov’è il mio ordine?"))
    conversation = Conversation.objects.get(inbox=mailbox)
    sink.after_data = "451 greylisted"
    message = answer(conversation, "Arriva domani", after=MINUTE)
    settle(world.now + MINUTE)
    message.refresh_from_db()
    assert message.delivery == "queued"
    assert "greylisted" in message.delivery_note
    sink.after_data = "554 spam"

    settle(world.now + 2 * MINUTE)

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "554 spam" in message.delivery_note


def test_the_visitor_who_left_the_chat_is_answered_by_mail_and_the_answer_comes_back(
    mailbox, sink, arrives, answer, world, conversation, settle
):
    answer(conversation, "Provi a spegnerla")
    settle(world.now + MINUTE)
    (got,) = sink.mails
    assert got["From"].addresses[0].addr_spec == "aiuto@lumen.example"
    assert "/t/" in got.get_body(("plain",)).get_content()

    back = mail("Ora va", sender="Anna <anna@example.org>", id="<9@example.org>", To=str(got["Reply-To"]))
    arrives(back, after=5 * MINUTE)

    assert [each.text.strip() for each in conversation.messages.order_by("at")][-1] == "Ora va"
    assert Conversation.objects.count() == 1
    assert not Thread.objects.filter(conversation=conversation, is_main=True).exists(), (
        "who comes back to the chat reads it there"
    )
    assert Delivery.objects.get().state == "sent"
    answer(conversation, "Bene", after=6 * MINUTE)
    settle(world.now + 8 * MINUTE)
    assert sink.mails[1]["In-Reply-To"] == "<9@example.org>"


def test_unread_replies_leave_in_one_mail_of_the_inbox(mailbox, sink, answer, world, conversation, settle):
    answer(conversation, "Uno"), answer(conversation, "Due", after=timedelta(seconds=30))

    settle(world.now + 2 * MINUTE)

    (got,) = sink.mails
    text = got.get_body(("plain",)).get_content()
    assert text.index("Uno") < text.index("Due")
    assert {(each.state, each.provider_id) for each in Delivery.objects.all()} == {("sent", got["Message-ID"])}


def test_a_retry_stays_with_the_inbox_it_began_with(mailbox, sink, answer, world, conversation, settle):
    sink.after_data = "451 later"
    answer(conversation, "Uno")
    settle(world.now + MINUTE)
    sink.after_data = "250 OK"
    mailbox.is_active = False
    mailbox.save(update_fields=["is_active"])

    settle(world.now + 3 * MINUTE)

    assert sink.mails[0]["From"].addresses[0].addr_spec == "aiuto@lumen.example"


def test_the_inbox_that_answers_is_the_chosen_one_else_of_the_team_else_of_the_language(world, conversation, mailbox):
    english = make_channel(kind="email", name="Mail", language="en", values={"address": "help@lumen.example"}, at=world.now)
    assert reply_inbox_of(conversation) == mailbox
    english.teams.add(world.team)
    assert reply_inbox_of(conversation) == english

    choose_reply_inbox(inbox=world.inbox, to=mailbox)

    assert reply_inbox_of(conversation) == mailbox


def test_a_mail_inbox_without_a_server_of_its_own_uses_the_desks(mailbox, arrives, answer, world, settle, sink):
    from ascolto.egress import mail as egress

    change_settings(inbox=mailbox, values={"smtp_host": ""})
    arrives(mail("Dov’è il mio ordine?"))
    answer(Conversation.objects.get(inbox=mailbox), "Arriva domani", after=MINUTE)
    settle(world.now + MINUTE)

    assert sink.mails == []
    assert "Arriva domani" in egress.read_kept(egress.list_kept(1)[0].name).get_body(("plain",)).get_content()


def test_signatures_are_the_persons_then_the_inboxes(mailbox, sink, arrives, answer, world, settle):
    world.bruno.signature = "Bruno, Assistenza"
    world.bruno.save(update_fields=["signature"])
    arrives(mail("Dov’è il mio ordine?"))

    answer(Conversation.objects.get(inbox=mailbox), "Arriva domani", after=MINUTE)
    settle(world.now + MINUTE)

    assert sink.mails[0].get_body(("plain",)).get_content().replace("\r\n", "\n").endswith("-- \nBruno, Assistenza\nLumen\n")


def test_a_domain_gets_so_many_mails_a_minute_and_each_keeps_its_place():
    turns, ids = Turns(), [new_id() for _ in range(BURST + 3)]

    waits = [turns.wait_s(id=id, domain="posta.example", per_minute=60, now_s=1000.0) for id in ids]

    assert waits[: BURST + 1] == [0.0] * (BURST + 1)
    assert waits[BURST + 1 :] == [1.0, 2.0]
    assert turns.wait_s(id=ids[-1], domain="posta.example", per_minute=60, now_s=1001.0) == 1.0
    assert turns.wait_s(id=ids[-1], domain="posta.example", per_minute=60, now_s=1002.0) == 0.0
    assert turns.wait_s(id=new_id(), domain="altra.example", per_minute=60, now_s=1000.0) == 0.0


def test_a_mail_whose_turn_has_not_come_waits_in_words(mailbox, sink, arrives, answer, world, settle):
    change_settings(inbox=mailbox, values={"per_minute": "1"})
    try:
        arrives(mail("Dov’è il mio ordine?"))
        message = answer(Conversation.objects.get(inbox=mailbox), "Arriva domani", after=MINUTE)
        TURNS.next_at_s["posta.example"] = 1e9
        settle(world.now + MINUTE)
    finally:
        TURNS.next_at_s.clear()
        TURNS.places.clear()

    message.refresh_from_db()
    assert message.delivery == "queued"
    assert "posta.example" in message.delivery_note
