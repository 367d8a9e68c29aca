"""A customer writes by mail and is answered by mail, through a real mail server, with a colleague in the console between."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ascolto.channels import raw
from ascolto.channels.connect import make_channel
from ascolto.conversations.models import Conversation
from tests.channels.mail_sink import Sink, mail_sink

MINUTE = timedelta(minutes=1)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_sink() as sink:
        yield sink


@pytest.fixture
def mailbox(world: Any, sink: Sink) -> Any:
    values = {
        "address": "aiuto@lumen.example",
        "from_name": "Lumen",
        "smtp_host": "127.0.0.1",
        "smtp_port": str(sink.port),
        "smtp_security": "none",
        "signature_it": "Lumen, via Roma 1",
    }
    inbox = make_channel(kind="email", name="Posta", language="it", values=values, at=world.now)
    inbox.teams.add(world.team)
    return inbox


def letter(text: str, *, id: str, sender: str = "Rosa Blù <rosa@posta.example>", **head: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, "aiuto@lumen.example", "La fattura", id
    for name, value in head.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def test_by_mail_there_and_back(world: Any, mailbox: Any, sink: Sink, settle: Any, signed_in: Any) -> None:
    def arrives(mail: bytes) -> None:
        at = timezone.now()
        raw.keep(raw.Arrived(inbox=mailbox.id, content=mail, at=at))
        settle(at)

    # 1: Rosa writes, with a file
    first = letter("Buongiorno, mi manca la fattura di ottobre.", id="<1@posta.example>")
    first.add_attachment(PDF, maintype="application", subtype="pdf", filename="ordine è.pdf")
    arrives(first.as_bytes())
    conversation = Conversation.objects.get(inbox=mailbox)
    assert (conversation.subject, conversation.customer.name, conversation.language) == ("La fattura", "Rosa Blù", "it")

    # 2: Bruno finds it in his inbox, reads it, answers
    bruno = signed_in(world.bruno)
    thread = f"/conversations/{conversation.number}/"
    assert thread in bruno.get("/inbox/unassigned/").content.decode()
    page = bruno.get(thread).content.decode()
    assert "mi manca la fattura" in page
    assert "ordine è.pdf" in page
    answered = bruno.post(f"{thread}replies/", {"text": "Eccola in allegato.", "client_id": "r1"})
    assert answered.status_code == 302
    settle(timezone.now())

    # 3: it leaves in Rosa's thread, from Bruno at Lumen
    (mail,) = sink.mails
    assert mail["From"].addresses[0].display_name == "Bruno Neri · Lumen"
    assert mail["In-Reply-To"] == "<1@posta.example>"
    assert mail["Subject"] == f"Re: La fattura [#{conversation.number}]"
    text = mail.get_body(("plain",)).get_content()
    assert "Eccola in allegato." in text
    assert "Lumen, via Roma 1" in text
    assert "Inviat" in bruno.get(thread).content.decode()

    # 4: Rosa answers from another address, quoting us; it comes back into the same conversation
    quoted = "Grazie mille, ma è quella di settembre.\n\nIl 18 nov Bruno ha scritto:\n> Eccola in allegato.\n"
    back = letter(quoted, id="<2@lavoro.example>", sender="rosa@lavoro.example", In_Reply_To=str(mail["Message-ID"]))
    arrives(back.as_bytes())
    assert Conversation.objects.filter(inbox=mailbox).count() == 1
    assert "quella di settembre" in bruno.get(thread).content.decode()

    # 5: the next answer goes where the conversation is answered, and bounces; Bruno sees it, with what to do
    bruno.post(f"{thread}replies/", {"text": "Ha ragione, ecco ottobre.", "client_id": "r2"})
    settle(timezone.now())
    second = sink.mails[1]
    assert second["To"].addresses[0].addr_spec == "rosa@posta.example"
    assert str(second["References"]).split()[-1] == "<2@lavoro.example>"
    arrives(bounce_of(str(second["Message-ID"])))
    page = bruno.get(thread).content.decode()
    assert "Non consegnato." in page
    assert "Chiedi al cliente un altro indirizzo" in page
    assert Conversation.objects.filter(inbox=mailbox).count() == 1

    # 6: he tries again when Rosa's mailbox is mended
    bruno.post(re.search(r'action="(/conversations/\d+/messages/[0-9a-f-]{36}/retry/)"', page).group(1))  # type: ignore[union-attr]
    settle(timezone.now() + MINUTE)
    assert len(sink.mails) == 3
    assert sink.mails[2]["Message-ID"] == second["Message-ID"]
    assert "Non consegnato." not in bruno.get(thread).content.decode()


def bounce_of(id: str) -> bytes:
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: aiuto@lumen.example\r\nSubject: Undelivered\r\n"
        "Message-ID: <b1@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/plain\r\n\r\nNo such user\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; rosa@posta.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n\r\n--x--\r\n"
    ).encode()


def test_nobody_else_sees_it(world: Any, mailbox: Any, settle: Any, signed_in: Any) -> None:
    raw.keep(raw.Arrived(inbox=mailbox.id, content=letter("Riservato", id="<1@x.example>").as_bytes(), at=world.now))
    settle(world.now)
    number = Conversation.objects.get(inbox=mailbox).number

    dario: Client = signed_in(world.dario)

    assert dario.get(f"/conversations/{number}/").status_code == 404
