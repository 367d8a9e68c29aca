"""The SMTP and LMTP door: ours only, kept before it is acknowledged, never a relay."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError

from ascolto.channels import raw
from ascolto.channels.connect import change_settings, make_channel
from ascolto.channels.email.limits import MAX_RAW_BYTES
from ascolto.channels.models import RawInbound, Thread
from ascolto.channels.tokens import token_of
from ascolto.database import writer
from ascolto.database.ids import new_id
from ascolto.edge import mail_door
from ascolto.files import store
from tests.conftest import NOON
from tests.mailservers import USER, mail, running_postfix, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

ROSA = "rosa@posta.example"


@pytest.fixture
def door(mail_inbox: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """`door(lmtp=True)` opens a door in a loop of its own and gives its port."""
    monkeypatch.setattr(mail_door, "FRESH_S", 0.0)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opened: list[Any] = []

    def call(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(15)

    def open_one(*, lmtp: bool = False) -> int:
        context = mail_door.open_door(host="127.0.0.1", port=0, lmtp=lmtp, hostname="desk.example")
        port = call(context.__aenter__())
        opened.append(context)
        return int(port)

    yield open_one
    for context in opened:
        call(context.__aexit__(None, None, None))
    call(loop.shutdown_default_executor())
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def say(port: int, *lines: bytes) -> list[bytes]:
    """Speak raw bytes, one answer for each line; the greeting is not among the answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        reader = line.makefile("rb")
        reader.readline()
        answers = []
        for each in lines:
            line.sendall(each)
            answer = reader.readline()
            while answer[3:4] == b"-":
                answer = reader.readline()
            answers.append(answer)
        return answers


def test_a_mail_is_on_disk_when_it_is_acknowledged(door):
    port = door()

    with smtplib.SMTP("127.0.0.1", port) as server:
        refused = server.sendmail(ROSA, [USER], mail(1))

    row = RawInbound.objects.get()
    assert refused == {}
    assert bytes(row.content) == mail(1)
    assert row.head == {"door": "smtp", "envelope_from": ROSA, "envelope_to": [USER]}


def test_the_same_mail_handed_over_twice_is_one(door):
    port = door()

    for _ in range(2):
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.sendmail(ROSA, [USER], mail(1))

    assert RawInbound.objects.count() == 1


def test_it_is_never_a_relay(door):
    port = door()

    for address in ("someone@elsewhere.example", "nobody@lumen.example", "posta@elsewhere.example", "posta"):
        with smtplib.SMTP("127.0.0.1", port) as server, pytest.raises(smtplib.SMTPRecipientsRefused) as error:
            server.sendmail(ROSA, [address], mail(1))
        assert error.value.recipients[address][0] == 550

    assert not RawInbound.objects.exists()


def test_aliases_plus_addresses_and_reply_addresses_are_ours(door, mail_inbox, conversation):
    change_settings(inbox=mail_inbox, values={"aliases": "info@lumen.example", "reply_domain": "r.lumen.example"})
    thread = Thread.objects.create(
        id=new_id(), conversation=conversation, inbox=mail_inbox, kind="email", address=ROSA, created_at=NOON
    )
    port = door()
    ours = ["Info@Lumen.example", "posta+offerta@lumen.example", f"reply+{token_of(thread.id)}@r.lumen.example"]

    with smtplib.SMTP("127.0.0.1", port) as server:
        assert server.sendmail(ROSA, ours, mail(1)) == {}
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            server.sendmail(ROSA, [f"reply+{'a' * 40}@r.lumen.example"], mail(2))

    assert RawInbound.objects.get().head["envelope_to"] == ours


def test_lmtp_answers_for_each_recipient_and_each_inbox_gets_its_own(door, world):
    other = make_channel(kind="email", name="Vendite", language="it", values={"address": "vendite@lumen.example"}, at=NOON)
    port = door(lmtp=True)

    with socket.create_connection(("127.0.0.1", port), timeout=10) as line, line.makefile("rb") as reader:
        recipients = [f"RCPT TO:<{each}>\r\n" for each in (USER, "vendite@lumen.example", "nobody@lumen.example")]
        commands = ["LHLO x\r\n", f"MAIL FROM:<{ROSA}>\r\n", *recipients, "DATA\r\n"]
        line.sendall("".join(commands).encode() + mail(1) + b".\r\nQUIT\r\n")
        answers = [each[:3] for each in reader if each[3:4] == b" "]

    assert answers == [b"220", b"250", b"250", b"250", b"250", b"550", b"354", b"250", b"250", b"221"]
    assert RawInbound.objects.count() == 2
    assert RawInbound.objects.get(inbox=other).head["envelope_to"] == ["vendite@lumen.example"]


def test_mails_that_come_at_once_share_commits(door, monkeypatch):
    batches: list[int] = []
    real = raw.keep_many

    def counted(arrived: Any) -> Any:
        batches.append(len(arrived))
        return real(arrived)

    monkeypatch.setattr(raw, "keep_many", counted)
    port = door()

    def send(first: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for number in range(first, first + 5):
                server.sendmail(ROSA, [USER], mail(number))

    threads = [threading.Thread(target=send, args=(100 * number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert RawInbound.objects.count() == 40
    assert sum(batches) == 40
    assert max(batches) > 1


def test_nothing_is_acknowledged_while_the_database_is_away(door, monkeypatch):
    monkeypatch.setattr(writer, "BACK_OFF_S", (0.01,))

    def away(arrived: Any) -> Any:
        raise OperationalError("the database is away")

    port = door()
    with monkeypatch.context() as broken:
        broken.setattr(raw, "keep_many", away)
        with smtplib.SMTP("127.0.0.1", port) as server, pytest.raises(smtplib.SMTPDataError) as error:
            server.sendmail(ROSA, [USER], mail(1))
    assert error.value.smtp_code == 451

    with smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail(ROSA, [USER], mail(1))
    assert RawInbound.objects.count() == 1


def test_r8_a_full_disk_puts_off_and_loses_nothing(door, monkeypatch):
    port = door()
    with monkeypatch.context() as full:
        full.setattr(store, "SPACE_KEPT_BYTES", 1 << 60)
        with smtplib.SMTP("127.0.0.1", port) as server, pytest.raises(smtplib.SMTPDataError) as error:
            server.sendmail(ROSA, [USER], mail(1))

    assert error.value.smtp_code == 452
    assert not RawInbound.objects.exists()


def test_a18_a_mail_over_35_mb_is_refused_before_it_is_sent(door):
    port = door()

    with smtplib.SMTP("127.0.0.1", port) as server:
        server.ehlo()
        assert server.esmtp_features["size"] == str(MAX_RAW_BYTES)
        assert server.mail(ROSA, [f"SIZE={60 * 1024 * 1024}"])[0] == 552


def test_a_line_that_never_breaks_is_read_all_the_same(door):
    port = door()

    with smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail(ROSA, [USER], mail(1, text="x" * 40_000))

    assert b"x" * 40_000 in bytes(RawInbound.objects.get().content)


def test_text_with_a_dot_alone_in_a_line_arrives_whole(door):
    port = door()

    with smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail(ROSA, [USER], mail(1, text="uno\r\n.\r\n..due"))

    assert b"uno\r\n.\r\n..due\r\n" in bytes(RawInbound.objects.get().content)


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n..\r\n"])
def test_a6_half_a_line_end_never_ends_a_mail_and_smuggles_no_second(door, end):
    port = door()
    hello = [b"EHLO x\r\n", f"MAIL FROM:<{ROSA}>\r\n".encode(), f"RCPT TO:<{USER}>\r\n".encode(), b"DATA\r\n"]
    smuggled = mail(1) + b"words" + end + f"MAIL FROM:<ceo@lumen.example>\r\nRCPT TO:<{USER}>\r\nDATA\r\n".encode() + mail(2)

    *_, answer = say(port, *hello, smuggled + b"\r\n.\r\n")

    assert answer.startswith(b"250")
    row = RawInbound.objects.get()
    assert row.head["envelope_from"] == ROSA
    assert b"MAIL FROM:<ceo@lumen.example>" in bytes(row.content)


def test_a_peer_learns_no_addresses_by_asking(door):
    port = door()

    answers = say(port, b"EHLO x\r\n", b"VRFY posta@lumen.example\r\n", b"EXPN posta\r\n", b"AUTH PLAIN AGEAYg==\r\n")

    assert [each[:3] for each in answers] == [b"250", b"502", b"502", b"538"]


def test_too_many_connections_are_told_to_come_later(door, monkeypatch):
    monkeypatch.setattr(mail_door, "MAX_CONNECTIONS", 2)
    port = door()

    with smtplib.SMTP("127.0.0.1", port), smtplib.SMTP("127.0.0.1", port):
        with pytest.raises(smtplib.SMTPConnectError) as error:
            smtplib.SMTP("127.0.0.1", port)
        assert error.value.smtp_code == 421

    with smtplib.SMTP("127.0.0.1", port) as server:
        assert server.noop()[0] == 250


def test_a_mail_that_breaks_off_is_not_kept(door):
    port = door()
    hello = [b"EHLO x\r\n", f"MAIL FROM:<{ROSA}>\r\n".encode(), f"RCPT TO:<{USER}>\r\n".encode(), b"DATA\r\n"]

    say(port, *hello)
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail(ROSA, [USER], mail(2))

    assert bytes(RawInbound.objects.get().content) == mail(2)


def test_postfix_hands_its_mail_over_and_keeps_what_cannot_be_taken_now(door, monkeypatch):
    port = door(lmtp=True)
    with running_postfix(domain="lumen.example", lmtp_port=port) as postfix:
        with monkeypatch.context() as full:
            full.setattr(store, "SPACE_KEPT_BYTES", 1 << 60)
            with smtplib.SMTP("127.0.0.1", postfix.port) as server:
                server.sendmail(ROSA, [USER], mail(1))
                server.sendmail(ROSA, ["nobody@lumen.example"], mail(2))
            wait_for(lambda: "452 4.3.1" in postfix.log(), None, postfix.folder / "postfix.log")
            assert not RawInbound.objects.exists()

        postfix.flush()
        wait_for(lambda: RawInbound.objects.exists(), None, postfix.folder / "postfix.log")

        row = RawInbound.objects.get()
        assert row.head["envelope_to"] == [USER]
        assert bytes(row.content).endswith(mail(1).split(b"\r\n\r\n", 1)[1])
        assert "550 5.1.1" in postfix.log()
