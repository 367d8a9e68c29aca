"""The line to a mail server stays open for the next mail, and a dead one is noticed before anything is said on it."""

import socket
from collections.abc import Iterator

import pytest

from ascolto.egress import smtp
from ascolto.egress.smtp import PartlyRefused, Refused, Server, TryLater, close_idle, hand_over
from tests.channels.mail_sink import Sink, mail_sink

RAW = b"From: a@desk.example\r\nTo: b@shop.example\r\nSubject: s\r\n\r\nwords\r\n"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_sink() as there:
        yield there


def server(sink: Sink) -> Server:
    return Server(host="127.0.0.1", port=sink.port, security="none")


def send(sink: Sink, *to: str) -> None:
    hand_over(RAW, server=server(sink), sender="a@desk.example", recipients=to or ("b@shop.example",))


def test_many_mails_one_line(sink):
    for _ in range(5):
        send(sink)

    assert (len(sink.envelopes), sink.connections) == (5, 1)


def test_a_line_is_not_used_for_ever(sink, monkeypatch):
    monkeypatch.setattr(smtp, "MAILS_PER_CONNECTION", 2)
    for _ in range(4):
        send(sink)

    assert (len(sink.envelopes), sink.connections) == (4, 2)


def test_a_dead_line_is_noticed_and_the_mail_goes_by_a_new_one(sink):
    send(sink)
    (line,) = smtp.IDLE[server(sink)]
    line.smtp.sock.shutdown(socket.SHUT_RDWR)

    send(sink)

    assert (len(sink.envelopes), sink.connections) == (2, 2)


def test_after_a_refusal_the_line_goes_on(sink):
    sink.after_data = "554 spam"
    with pytest.raises(Refused):
        send(sink)
    sink.after_data = "250 OK"
    send(sink)

    assert (len(sink.envelopes), sink.connections) == (1, 1)


def test_idle_lines_are_closed(sink):
    send(sink)
    close_idle(older_than_s=0)

    assert server(sink) not in smtp.IDLE


def test_q3_who_was_refused_is_named(sink):
    sink.refuse = {"x@shop.example": "550 unknown"}

    with pytest.raises(PartlyRefused) as refused:
        send(sink, "b@shop.example", "x@shop.example", "c@shop.example")

    assert refused.value.refused == {"x@shop.example": "550 unknown"}


def test_no_password_is_said_in_the_clear_to_another_machine(sink, monkeypatch):
    monkeypatch.setattr(smtp, "is_loopback", lambda host: False)
    secret = Server(host="127.0.0.1", port=sink.port, security="none", user="desk", password="canary")

    with pytest.raises(TryLater) as later:
        smtp.greet(secret)

    assert "canary" not in str(later.value)
    assert "canary" not in repr(secret)


def test_where_encryption_is_wanted_there_is_no_way_without(sink):
    with pytest.raises(TryLater):
        smtp.greet(Server(host="127.0.0.1", port=sink.port, security="starttls"))
