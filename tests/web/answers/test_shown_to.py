"""What a forwarded or borrowed link shows: nothing that was not sent to the one it was made for."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from ascolto.channels.arrivals import read_waiting
from ascolto.channels.connect import make_channel
from ascolto.channels.inbound import InboundMessage, accept
from ascolto.channels.models import Delivery, Thread
from ascolto.channels.raw import Arrived, keep
from ascolto.channels.tokens import token_of
from ascolto.conversations.links import make_link
from ascolto.conversations.models import Attachment, Conversation, Message
from ascolto.conversations.note import write_note
from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor
from ascolto.files import store
from ascolto.people.models import Address

ANNA = "anna@example.org"


@pytest.fixture
def letter_in(served: Any) -> Any:
    """`letter_in("words", "Name <a@b>")`: a mail that came into the conversation with its token, whoever sent it."""

    def arrive(text: str, sender: str, *, files: tuple[Any, ...] = (), source: str | None = None) -> Message:
        received = accept(
            InboundMessage(
                inbox=served.inbox_id,
                text=text,
                at=now(),
                source=source or f"mail:{text}",
                files=files,
                file_owner="raw:1",
                customer=served.customer_id,
                conversation=served.id,
                head={"from": sender, "to": "reply+token@lumen.example", "subject": "Verifichi"},
            )
        )
        return Message.objects.get(pk=received.message)

    return arrive


def page_of(conversation: Any, sent_to: str = ANNA) -> str:
    token = make_link(conversation=conversation, sent_to=sent_to, at=now())
    response = Client().get(f"/t/{token}")
    assert response.status_code == 200
    return response.content.decode()


def reply_to(conversation: Any, text: str, world: Any, *to: str, state: str = "sent") -> Message:
    by = Actor("agent", str(world.bruno.id))
    message = write_reply(conversation=conversation, text=text, by=by, author=world.bruno, at=now())
    for each in to:
        Delivery.objects.create(
            message=message, inbox=conversation.inbox, kind="email", to=each, state=state, queued_at=message.at
        )
    return message


def test_a17_mail_of_others_into_the_reply_address_is_not_on_the_customers_page(served: Any, letter_in: Any) -> None:
    """Someone signs up elsewhere with reply+token@ and wants to read here what that place writes to it."""
    stored = store.store(b"CODICE-IN-FILE", name="codice.txt", owner="raw:1", at=now())
    message = letter_in("Il codice di verifica: CODICE-4711", "Slack <no-reply@thirdparty.example>", files=(stored.id,))
    Thread.objects.create(
        conversation=served, inbox=served.inbox, kind="email", address="no-reply@thirdparty.example", created_at=now()
    )
    token = make_link(conversation=served, sent_to=ANNA, at=now())
    before = Message.objects.get(text="Provi così")

    page = Client().get(f"/t/{token}").content.decode()
    news = Client().get(f"/t/{token}/news?after={before.id}")
    file = Client().get(f"/t/{token}/files/{Attachment.objects.get(message=message).id}/")

    assert "Provi così" in page
    assert "CODICE" not in page
    assert "thirdparty" not in page
    assert "codice.txt" not in page
    assert news.status_code == 204
    assert file.status_code == 404


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "no-reply@thirdparty.example",
        "anna@example.org <no-reply@thirdparty.example>",
        "anna@example.org, no-reply@thirdparty.example",
        "anna@example.org.evil.example",
        "Anna <anna@example.org",
        "<>",
    ],
)
def test_a17_only_the_one_address_in_from_says_who_wrote(served: Any, letter_in: Any, sender: str) -> None:
    letter_in("CODICE-4711", sender)

    assert ("CODICE-4711" in page_of(served)) == (sender == "Anna <anna@example.org")


def test_the_customers_own_mail_is_on_their_page(served: Any, letter_in: Any) -> None:
    letter_in("Dal telefono", "Anna <Anna@Example.org>")

    assert "Dal telefono" in page_of(served)


def test_a17_a_claimed_address_opens_nothing_that_came_from_there(served: Any, letter_in: Any) -> None:
    """Whoever says in the messenger that no-reply@ is theirs has not shown it."""
    Address.objects.create(
        customer=served.customer, kind="email", value="no-reply@thirdparty.example", created_at=now() - timedelta(days=1)
    )
    letter_in("CODICE-4711", "no-reply@thirdparty.example")

    assert "CODICE-4711" not in page_of(served)


def test_a_reply_that_went_to_somebody_else_alone_is_not_shown(served: Any, world: Any) -> None:
    reply_to(served, "Solo al fornitore", world, "fornitore@example.net")
    reply_to(served, "A entrambi", world, "fornitore@example.net", "Anna@example.org")
    reply_to(served, "Fallita", world, "vecchia@example.org", state="failed")

    page = page_of(served)

    assert "Solo al fornitore" not in page
    assert "A entrambi" in page
    assert "Fallita" in page


def test_one_who_takes_part_sees_what_was_sent_to_them_and_what_they_wrote(served: Any, world: Any, letter_in: Any) -> None:
    reply_to(served, "Solo ad Anna", world, ANNA)
    reply_to(served, "Anche a lui", world, ANNA, "fornitore@example.net")
    letter_in("Scrive il fornitore", "fornitore@example.net")
    token = make_link(conversation=served, sent_to="fornitore@example.net", at=now())
    Client().post(f"/t/{token}", {"text": "Dalla sua pagina", "nonce": "n"})

    page = Client().get(f"/t/{token}").content.decode()

    for words in ("Anche a lui", "Scrive il fornitore", "Dalla sua pagina"):
        assert words in page
    for words in ("Solo ad Anna", "lampeggia", "Provi così", "anna@example.org", "Anna Bianchi"):
        assert words not in page


def test_one_who_takes_part_reads_nothing_in_the_customers_place(served: Any) -> None:
    token = make_link(conversation=served, sent_to="fornitore@example.net", at=now())

    assert Client().post(f"/t/{token}/read").status_code == 204

    assert Conversation.objects.get(pk=served.pk).customer_seen_at is None
    assert Message.objects.get(text="Provi così").delivery == "live"


def test_e3_a_forwarded_page_has_none_of_these(served: Any, world: Any, anna_writes: Any) -> None:
    """Canaries in everything around the conversation."""
    by = Actor("agent", str(world.bruno.id))
    anna_writes("ALTRA-CONVERSAZIONE")
    file = store.store(b"x", name="NOTA-FILE.txt", owner=f"user:{world.bruno.id}", at=now())
    write_note(conversation=served, text="NOTA-INTERNA", by=by, author=world.bruno, at=now(), files=[file.id])
    Conversation.objects.filter(pk=served.pk).update(attributes={"codice": "ATTRIBUTO-INTERNO"}, external_id="ID-ESTERNO")
    served.customer.attributes = {"x": "ATTRIBUTO-CLIENTE"}
    served.customer.save(update_fields=["attributes"])
    type(world.bruno).objects.filter(pk=world.bruno.pk).update(name="")

    page = page_of(served)

    for canary in (
        "ALTRA-CONVERSAZIONE",
        "NOTA-INTERNA",
        "NOTA-FILE",
        "ATTRIBUTO-INTERNO",
        "ID-ESTERNO",
        "ATTRIBUTO-CLIENTE",
        world.bruno.email,
        "lumen.example",
        ANNA,
        str(world.bruno.id),
        str(served.id),
        str(served.customer_id),
    ):
        assert canary not in page, canary


def test_a_page_full_of_what_others_wrote_still_shows_what_is_theirs(served: Any, letter_in: Any) -> None:
    for index in range(70):
        letter_in(f"Altri {index}", "altri@example.net")

    page = page_of(served)

    assert "Provi così" in page
    assert "Altri" not in page


def test_a17_by_mail_from_end_to_end(world: Any) -> None:
    """Someone writes by mail, gives the reply address to another site, and looks on their page for what that site mailed."""
    at = now()
    inbox = make_channel(kind="email", name="Posta", language="it", values={"address": "posta@lumen.example"}, at=at)

    def letter(sender: str, to: str, words: str) -> None:
        lines = [f"From: {sender}", f"To: {to}", f"Subject: {words}", f"Message-ID: <{len(words)}@mail.example>", "", words]
        keep(Arrived(inbox=inbox.id, content="\r\n".join(lines).encode(), at=at))
        while read_waiting(inbox_id=inbox.id, now=at):
            pass

    letter("Mal <mal@evil.example>", "posta@lumen.example", "Buongiorno")
    conversation = Conversation.objects.get(inbox=inbox)
    token = token_of(Thread.objects.get(conversation=conversation).id)
    letter("Slack <no-reply@thirdparty.example>", f"posta+{token}@lumen.example", "Il codice di verifica: CODICE-4711")
    letter("Mal <mal@evil.example>", f"posta+{token}@lumen.example", "Ancora io, Mal")

    page = page_of(conversation, "mal@evil.example")

    assert conversation.messages.count() == 3
    assert "Ancora io, Mal" in page
    assert "Buongiorno" in page
    assert "CODICE" not in page
