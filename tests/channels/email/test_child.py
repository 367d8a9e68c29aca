"""Reading in a process of its own: what it dies over, the desk survives."""

import os
import signal
from dataclasses import replace

import pytest

from ascolto.channels.contract import ArrivedMessage, Raw, Unreadable
from ascolto.channels.email import child, limits, wire
from tests.channels.email.letters import NOON, OURS, in_base64, mail, many, raw, winmail

GOOD = mail("From: Anna <anna@example.com>", "Subject: hi", "Message-ID: <a@example.com>", body="Hello")
MEGABYTE = 1024 * 1024


def read(*contents: bytes) -> list[child.Result]:
    return child.read_many([raw(content) for content in contents], ours=OURS)


def text_of(result: child.Result) -> str:
    assert isinstance(result, list)
    (message,) = result
    assert isinstance(message, ArrivedMessage)
    return message.text


def test_mails_come_back_in_their_order():
    results = read(*(mail("From: anna@example.com", body=f"number {n}") for n in range(200)))

    assert [text_of(result) for result in results] == [f"number {n}" for n in range(200)]


def test_nothing_is_lost_on_the_way_back():
    from ascolto.channels.email.parse import parse

    content = many("Content-Type: text/html\n\n<b>Grüße</b>", "Content-Type: application/pdf\n\n" + "x" * 3 * MEGABYTE)
    one = raw(content + b"\xff", envelope_from="", envelope_to=["help+r-abcdefgh@desk.example"])

    assert child.read_many([one], ours=OURS) == [parse(one, ours=OURS)]


def test_no_mails_need_no_child():
    child.stop()

    assert read() == []
    assert child.the_child is None


def nested(depth: int) -> bytes:
    return b"From: a@example.com\n" + b"".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n".encode() for n in range(depth)
    )


BOMBS = {
    "m3 comments in comments": lambda: b"From: " + b"(" * 60_000 + b"\n\nx",
    "m4 parts in parts": lambda: nested(1000),
    "m4 parts in parts, and a long text": lambda: nested(50) + b"\n" + b"a line\n" * MEGABYTE,
    "m5 50,000 parts": lambda: many(*["\nx"] * 50_000),
    "m6 8,000 parameters": lambda: mail("From: a@example.com", "Content-Type: text/plain" + "; aaaa=b" * 8_000),
    "quotes that never close": lambda: mail("From: " + '"\\"' * 20_000),
    "angle brackets that never close": lambda: mail("From: " + "<," * 30_000),
    "encoded words that never end": lambda: mail("From: a@example.com", "Subject: " + "=?a?q?b" * 9_000),
    "a million header lines": lambda: mail("From: a@example.com", "X-A: b\n" * MEGABYTE),
    "a header of 10 MB": lambda: mail("From: a@example.com", "X-A: " + "b" * 10 * MEGABYTE),
    "accents without end": lambda: mail("From: a@example.com", body="e" + "\u0301" * MEGABYTE),
    "a million tags": lambda: mail("From: a@example.com", "Content-Type: text/html", body="<b>" * (MEGABYTE // 4)),
    "tags that never close": lambda: mail("From: a@example.com", "Content-Type: text/html", body="<div " * MEGABYTE),
    "uuencoded beginnings": lambda: mail("From: a@example.com", body="begin 644 x\n" * (MEGABYTE // 4) + "end\n"),
    "boundaries that are none": lambda: many("\n" + "\n--edgeb" * MEGABYTE),
    "base64 of padding": lambda: mail(
        "From: a@example.com", "Content-Transfer-Encoding: base64", body="QQ==\n" * (MEGABYTE // 4)
    ),
    "winmail.dat of nothing": lambda: mail(
        "From: a@example.com",
        "Content-Type: application/ms-tnef",
        "Content-Transfer-Encoding: base64",
        body=in_base64(winmail(*[(b"", b"")] * 5_000)),
    ),
    "60 MB": lambda: b"From: a@example.com\n\n" + b"x" * 60 * MEGABYTE,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a12_a_bomb_is_read_within_its_limits_and_the_mails_beside_it_too(bomb):
    before, of_bomb, after = read(GOOD, bomb(), GOOD)

    assert text_of(before) == text_of(after) == "Hello"
    assert not isinstance(of_bomb, Unreadable)
    assert child.the_child is not None
    assert child.the_child.process.poll() is None


@pytest.fixture
def a_sick_reader(tmp_path, monkeypatch):
    """A child that does something when a mail's subject asks for it; the limits are those of the real one."""
    script = tmp_path / "sick.py"
    script.write_text(
        "import os, re, sys, time\n"
        "from ascolto.channels.email import child, limits\n"
        "limits.CPU_S = 1\n"
        "def sick(read):\n"
        "    def read_or_die(raw, ours, head_only):\n"
        "        if not head_only or b'hopeless' in raw.content:\n"
        "            if b'Subject: spin' in raw.content:\n"
        "                while True: pass\n"
        "            if b'Subject: sleep' in raw.content: time.sleep(60)\n"
        "            if b'Subject: eat' in raw.content: bytearray(600 * 1024 * 1024)\n"
        "            if b'Subject: die' in raw.content: os.kill(os.getpid(), 9)\n"
        "            if b'Subject: raise' in raw.content: raise RuntimeError\n"
        "            if b'Subject: babble' in raw.content: os.write(1, b'x' * 1000)\n"
        "        return read(raw, ours, head_only)\n"
        "    return read_or_die\n"
        "child.read = sick(child.read)\n"
        "child.main()\n"
    )
    real = child.subprocess.Popen
    monkeypatch.setattr(child.subprocess, "Popen", lambda command, **more: real([command[0], str(script)], **more))
    child.stop()
    yield
    child.stop()


@pytest.mark.parametrize("ill", ["spin", "sleep", "eat", "die", "raise", "babble"])
def test_a12_a_reader_that_dies_over_a_mail_costs_that_mail_its_text_alone(a_sick_reader, ill, monkeypatch):
    if ill == "sleep":
        monkeypatch.setattr(limits, "WALL_S", 3)
    bad = mail("From: Anna <anna@example.com>", f"Subject: {ill}", body="lost")

    before, of_bad, after = read(GOOD, bad, GOOD)

    assert text_of(before) == text_of(after) == "Hello"
    assert isinstance(of_bad, list)
    (message,) = of_bad
    assert isinstance(message, ArrivedMessage)
    assert (message.sender.value, message.subject, message.text) == ("anna@example.com", ill, "")
    assert message.warnings == [limits.NOT_DISPLAYED]


def test_a11_what_not_even_its_head_can_be_read_of_is_unreadable_and_the_others_are_read(a_sick_reader):
    hopeless = mail("From: hopeless@example.com", "Subject: die")

    before, of_hopeless, after = read(GOOD, hopeless, GOOD)

    assert text_of(before) == text_of(after) == "Hello"
    assert isinstance(of_hopeless, Unreadable)
    assert str(of_hopeless) == limits.UNREADABLE


def test_a_child_that_was_killed_is_replaced():
    read(GOOD)
    assert child.the_child is not None
    first = child.the_child.process.pid
    os.kill(first, signal.SIGKILL)
    child.the_child.process.wait()

    (result,) = read(GOOD)

    assert isinstance(result, list)
    assert child.the_child is not None
    assert child.the_child.process.pid != first


def test_the_child_knows_no_secrets_of_the_desk():
    read(GOOD)
    assert child.the_child is not None
    with open(f"/proc/{child.the_child.process.pid}/environ", "rb") as environment:
        names = {pair.partition(b"=")[0] for pair in environment.read().split(b"\0") if pair}

    assert names <= {b"PYTHONPATH", b"PATH", b"LC_CTYPE"}


def test_a18_a_mail_larger_than_any_that_is_taken_has_its_head_read():
    (result,) = read(b"From: anna@example.com\nSubject: big\n\n" + b"x" * (limits.MAX_RAW_BYTES + 1))

    assert isinstance(result, list)
    (message,) = result
    assert isinstance(message, ArrivedMessage)
    assert (message.subject, message.text, message.warnings) == ("big", "", [limits.TOO_LARGE])


@pytest.mark.parametrize(
    "said",
    [b"", b"[]", b"{}", b'{"blobs": [-1]}', b'{"blobs": [5]}', b'{"blobs": "x"}', b"[" * 100_000, b"\xff"],
    ids=lambda said: repr(said[:20]),
)
def test_what_is_no_answer_is_not_taken_for_one(said):
    with pytest.raises(wire.Broken):
        wire.unpack_arrivals(*wire.unpack(said, b""))


def test_an_answer_with_a_state_that_does_not_exist_is_refused():
    with pytest.raises(wire.Broken):
        wire.unpack_arrivals({"arrivals": [{"is": "receipt", "id": "a", "state": "deleted"}]}, [])


def test_the_moment_of_arrival_and_the_envelope_reach_the_child():
    noted = Raw(
        id=raw(b"").id, content=GOOD, received_at=NOON, head={"envelope_to": ["x+r-abcdefgh@desk.example"], "digest": "d"}
    )

    (result,) = child.read_many([noted], ours=OURS)

    assert isinstance(result, list)
    assert result[0].tokens == ["abcdefgh"]  # type: ignore[union-attr]


@pytest.mark.parametrize(("door", "warning"), [("pipe", limits.NOT_KEPT), ("imap", limits.LEFT_THERE)])
def test_a18_of_a_mail_that_is_too_large_it_is_said_where_the_rest_is(door, warning):
    head = {"door": door, "too_large": limits.MAX_RAW_BYTES + 1}
    big = replace(raw(GOOD), head=head)

    ((message,),) = child.read_many([big], ours=OURS)

    assert isinstance(message, ArrivedMessage)
    assert message.warnings == [warning]
