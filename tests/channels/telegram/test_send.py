"""Replies leave by the bot, once, and what Telegram says against it is said to the colleague in words."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from ascolto.channels.contract import Media, Never, OutboundFile, OutboundMessage, TryLater
from ascolto.channels.telegram import fetch
from ascolto.channels.telegram.channel import TelegramKind
from tests.conftest import NOON
from tests.standins.provider import Said
from tests.standins.telegram import TOKEN, busy, refused

HELLO = OutboundMessage(
    id=uuid4(),
    conversation=uuid4(),
    number=7,
    to="70011",
    to_name="Rosa",
    author="Bruno",
    text="Buongiorno",
    at=NOON,
    language="it",
)


def file(tmp_path: Any, name: str, kind: str, content: bytes = b"bytes") -> OutboundFile:
    path = tmp_path / name
    path.write_bytes(content)
    return OutboundFile(name=name, type=kind, size_bytes=len(content), path=str(path))


def test_words_arrive_and_have_a_name(telegram, door):
    taken = TelegramKind().send(HELLO, door)

    assert [(each["chat"], each["text"]) for each in telegram.sent] == [("70011", "Buongiorno")]
    assert taken.id == "70011:1"


def test_long_words_arrive_in_parts_that_fit(telegram, door):
    text = "\n\n".join("💡 " + "parola " * 150 for _ in range(10)).strip()

    TelegramKind().send(replace(HELLO, text=text), door)

    assert len(telegram.sent) > 1
    assert "".join("".join(each["text"].split()) for each in telegram.sent) == "".join(text.split())


def test_one_file_goes_with_its_words_and_several_each_alone(telegram, door, tmp_path):
    photo, paper = file(tmp_path, "a.png", "image/png", b"\x89PNG"), file(tmp_path, "b.pdf", "application/pdf")

    TelegramKind().send(replace(HELLO, files=[photo]), door)
    TelegramKind().send(replace(HELLO, id=uuid4(), files=[photo, paper]), door)

    assert telegram.sent[0] == {"chat": "70011", "photo": ("a.png", b"\x89PNG"), "caption": "Buongiorno"}
    assert [set(each) - {"chat", "said"} for each in telegram.sent[1:]] == [
        {"text"},
        {"photo", "caption"},
        {"document", "caption"},
    ]


def test_an_answer_quotes_what_it_answers_if_that_is_wanted(telegram, door):
    message = replace(HELLO, answers_to=["70011:11", "70099:12"])

    TelegramKind().send(message, door)
    TelegramKind().send(replace(message, id=uuid4()), replace(door, settings={**door.settings, "quotes": True}))

    assert [each["said"].get("reply_parameters", {}).get("message_id") for each in telegram.sent] == [None, 11]


def test_a_second_attempt_goes_on_where_the_first_broke_off(telegram, door, tmp_path):
    kind = TelegramKind()
    papers = [file(tmp_path, f"{name}.pdf", "application/pdf") for name in "ab"]
    telegram.next = []
    real = telegram.do_sendDocument
    telegram.do_sendDocument = lambda asked: Said(status=502)
    with pytest.raises(TryLater):
        kind.send(replace(HELLO, files=papers), door)
    telegram.do_sendDocument = real

    kind.send(replace(HELLO, files=papers), door)

    assert [next(name for name in ("text", "document") if name in each) for each in telegram.sent] == [
        "text",
        "document",
        "document",
    ]


def test_a_customer_who_blocked_the_bot_is_not_tried_again(telegram, door):
    telegram.blocked_by.add("70011")

    with pytest.raises(Never, match="blocked"):
        TelegramKind().send(HELLO, door)


def test_when_telegram_asks_to_wait_the_desk_waits_as_long(telegram, door):
    telegram.next = [busy(17)]

    with pytest.raises(TryLater) as caught:
        TelegramKind().send(HELLO, door)
    assert caught.value.after == timedelta(seconds=17)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said(status=502, body=b"<html>"), TryLater),
        (Said(status=200, body=b""), None),
        (refused(500, "Internal Server Error"), TryLater),
        (refused(401, "Unauthorized"), TryLater),
        (refused(400, "Bad Request: chat not found"), Never),
        (refused(400, "Bad Request: something of tomorrow"), Never),
        (refused(403, "Forbidden: user is deactivated"), Never),
        (busy(10**12), TryLater),
        (refused(429, "x", retry_after="no"), TryLater),
    ],
)
def test_every_refusal_is_for_now_or_for_good(telegram, door, said, error):
    telegram.next = [said]

    if error is None:
        assert TelegramKind().send(HELLO, door).id == ""
    else:
        with pytest.raises(error):
            TelegramKind().send(HELLO, door)


def test_a_file_is_brought(telegram, door):
    telegram.files["fattura"] = b"%PDF"

    found = fetch.fetch(Media(id="fattura", name="fattura.pdf", type="application/pdf"), door)

    assert (found.name, found.content) == ("fattura.pdf", b"%PDF")


@pytest.mark.parametrize("id", ["unknown", "../../etc/passwd"])
def test_a_file_that_is_gone_is_gone_for_good(telegram, door, id):
    with pytest.raises(Never):
        fetch.fetch(Media(id=id), door)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x"])
def test_h7_a_file_elsewhere_is_not_brought(telegram, door, path):
    telegram.files["x"] = b"x"
    telegram.next = [Said(body=f'{{"ok": true, "result": {{"file_path": "{path}"}}}}'.encode())]

    with pytest.raises(Never):
        fetch.fetch(Media(id="x"), door)
    assert len(telegram.asked) == 1


def test_the_token_is_in_no_word_and_no_log(telegram, door, caplog):
    caplog.set_level(logging.DEBUG)
    said = []
    telegram.next = [Said(status=302, headers={"Location": "http://127.0.0.1/"}), refused(401, "Unauthorized"), Said(status=500)]
    for _ in range(3):
        with pytest.raises((TryLater, Never)) as caught:
            TelegramKind().send(HELLO, door)
        said.append(repr(caught.value))
    gone = replace(door, settings={**door.settings, "api_url": "http://127.0.0.1:1"})
    with pytest.raises(TryLater) as caught:
        TelegramKind().send(HELLO, gone)
    said += [repr(caught.value), repr(caught.value.__cause__), *map(repr, TelegramKind().check(gone))]
    TelegramKind().send(HELLO, door)

    own = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpcore", "hpack"))]
    assert TOKEN not in "\n".join([*said, *own])


def test_a_token_that_would_change_the_address_is_not_used(telegram, door):
    for token in ("", "x", "1:../../x", "1:a b", "4242:token/../../getMe?x=aaaaaaaaaaa"):
        with pytest.raises(TryLater):
            TelegramKind().send(HELLO, replace(door, settings={**door.settings, "bot_token": token}))
    assert not telegram.asked
