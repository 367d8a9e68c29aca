"""Replies leave by WhatsApp within its rules, and what Meta says against them is said to the colleague in words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from ascolto.channels.contract import Media, Never, OutboundFile, OutboundMessage, TryLater
from ascolto.channels.whatsapp import fetch
from ascolto.channels.whatsapp.channel import WhatsAppKind
from tests.conftest import NOON
from tests.standins.provider import Said, as_json
from tests.standins.whatsapp import refused

HELLO = OutboundMessage(
    id=uuid4(),
    conversation=uuid4(),
    number=7,
    to="+393331234567",
    to_name="Rosa",
    author="Bruno",
    text="Buongiorno",
    at=NOON,
    language="it",
    last_in_at=NOON - timedelta(hours=23),
)
LATE = replace(HELLO, last_in_at=NOON - timedelta(hours=24))


def file(tmp_path: Any, name: str, kind: str, content: bytes = b"bytes") -> OutboundFile:
    path = tmp_path / name
    path.write_bytes(content)
    return OutboundFile(name=name, type=kind, size_bytes=len(content), path=str(path))


def with_settings(door: Any, **settings: Any) -> Any:
    return replace(door, settings={**door.settings, **settings})


def test_words_arrive_and_have_the_name_that_receipts_use(meta, door):
    taken = WhatsAppKind().send(HELLO, door)

    assert taken.id == "wamid.out1"
    [said] = meta.sent
    assert (said["to"], said["type"], said["text"]["body"]) == ("393331234567", "text", "Buongiorno")
    assert said["biz_opaque_callback_data"] == str(HELLO.id)


def test_whoever_hides_their_number_is_answered_by_their_id(meta, door):
    WhatsAppKind().send(replace(HELLO, to="IT.88001122"), door)

    assert meta.sent[0]["recipient"] == "IT.88001122"
    assert "to" not in meta.sent[0]


def test_long_words_arrive_in_parts_that_fit(meta, door):
    text = "\n\n".join("💡 " + "parola " * 150 for _ in range(10)).strip()

    WhatsAppKind().send(replace(HELLO, text=text), door)

    assert len(meta.sent) > 1
    assert "".join("".join(each["text"]["body"].split()) for each in meta.sent) == "".join(text.split())


def test_files_are_handed_over_and_shown_as_what_they_are(meta, door, tmp_path):
    photo, paper = file(tmp_path, "a.png", "image/png"), file(tmp_path, "b.pdf", "application/pdf", b"%PDF")

    WhatsAppKind().send(replace(HELLO, files=[photo]), door)
    WhatsAppKind().send(replace(HELLO, id=uuid4(), files=[photo, paper]), door)

    assert meta.sent[0]["image"] == {"id": "up1", "caption": "Buongiorno"}
    assert [each["type"] for each in meta.sent[1:]] == ["text", "image", "document"]
    assert meta.sent[3]["document"]["filename"] == "b.pdf"
    assert meta.media["up3"] == ("application/pdf", b"%PDF")


def test_a_file_that_whatsapp_does_not_take_is_on_the_customers_page(meta, door, tmp_path):
    odd = file(tmp_path, "a.zip", "application/zip")

    WhatsAppKind().send(replace(HELLO, files=[odd], page_url="https://desk.example/t/1/"), door)

    assert meta.sent[0]["text"]["body"] == "Buongiorno\n📎 a.zip\nhttps://desk.example/t/1/"
    with pytest.raises(Never):
        WhatsAppKind().send(replace(HELLO, id=uuid4(), files=[odd]), door)


def test_after_a_day_nothing_but_a_template_goes(meta, door):
    with pytest.raises(Never, match="24 hours"):
        WhatsAppKind().send(LATE, door)
    with pytest.raises(Never, match="24 hours"):
        WhatsAppKind().send(replace(LATE, last_in_at=None), door)
    assert not meta.sent

    known = with_settings(door, template_it="risposta", template_en="answer:en_US")
    WhatsAppKind().send(replace(LATE, text="Una riga\n\ne un’altra"), known)
    WhatsAppKind().send(replace(LATE, id=uuid4(), language="en"), known)

    assert [(each["template"]["name"], each["template"]["language"]["code"]) for each in meta.sent] == [
        ("risposta", "it"),
        ("answer", "en_US"),
    ]
    assert meta.sent[0]["template"]["components"][0]["parameters"] == [{"type": "text", "text": "Una riga e un’altra"}]


def test_when_meta_says_that_the_day_is_over_the_template_goes(meta, door):
    meta.closed_windows.add("393331234567")

    with pytest.raises(Never, match="24 hours"):
        WhatsAppKind().send(HELLO, door)
    WhatsAppKind().send(replace(HELLO, id=uuid4()), with_settings(door, template_it="risposta"))
    assert [each["type"] for each in meta.sent] == ["template"]


def test_a_long_answer_in_a_template_goes_on_on_the_customers_page(meta, door):
    known, long = with_settings(door, template_it="risposta"), "parola " * 400

    WhatsAppKind().send(replace(LATE, text=long, page_url="https://desk.example/t/1/"), known)

    words = meta.sent[0]["template"]["components"][0]["parameters"][0]["text"]
    assert len(words) <= 900
    assert words.endswith("… https://desk.example/t/1/")
    with pytest.raises(Never, match="too long"):
        WhatsAppKind().send(replace(LATE, text=long), known)


def test_quotes_and_blue_ticks_are_for_whoever_wants_them(meta, door):
    message = replace(HELLO, answers_to=["wamid.in1", "wamid.in2"])

    WhatsAppKind().send(message, door)
    WhatsAppKind().send(replace(message, id=uuid4()), with_settings(door, quotes=True, marks_read=True))

    assert [each.get("context") for each in meta.sent] == [None, {"message_id": "wamid.in2"}]
    assert meta.read == ["wamid.in2"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said(status=502, body=b"<html>"), TryLater),
        (Said(status=200, body=b"??"), None),
        (refused(500, 131000, "Something went wrong"), TryLater),
        (refused(400, 130429, "Rate limit hit"), TryLater),
        (refused(429, 80007, "x"), TryLater),
        (refused(400, 131056, "pair rate limit"), TryLater),
        (refused(401, 190, "expired"), TryLater),
        (refused(403, 200, "Permission"), TryLater),
        (refused(400, 131026, "undeliverable"), Never),
        (refused(400, 131030, "not in list"), Never),
        (refused(400, 100, "Invalid parameter"), Never),
        (Said(status=400, body=b"no"), Never),
    ],
)
def test_every_refusal_is_for_now_or_for_good(meta, door, said, error):
    meta.next = [said]

    if error is None:
        assert WhatsAppKind().send(HELLO, door).id == ""
    else:
        with pytest.raises(error):
            WhatsAppKind().send(HELLO, door)


def test_a_wait_that_meta_asks_for_is_kept(meta, door):
    meta.next = [as_json({"error": {"code": 130429}}, status=429, **{"Retry-After": "90"})]

    with pytest.raises(TryLater) as caught:
        WhatsAppKind().send(HELLO, door)
    assert caught.value.after == timedelta(seconds=90)


def test_a_file_is_brought(meta, door):
    meta.media["img1"] = ("image/jpeg", b"\xff\xd8")

    found = fetch.fetch(Media(id="img1", name="image.jpg"), door)

    assert (found.name, found.type, found.content) == ("image.jpg", "image/jpeg", b"\xff\xd8")


def test_a_file_that_is_gone_is_gone_for_good(meta, door):
    with pytest.raises(Never):
        fetch.fetch(Media(id="unknown"), door)


@pytest.mark.parametrize(
    "place",
    [
        "http://lookaside.fbsbx.com/x",
        "https://fbsbx.com.evil.example/x",
        "https://evilfbsbx.com/x",
        "https://lookaside.fbsbx.com:8443/x",
        "https://user@lookaside.fbsbx.com/x",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "https://[::1/x",
        "",
    ],
)
def test_h7_the_token_goes_to_nobody_but_meta(meta, door, place, monkeypatch):
    meta.media["img1"] = ("image/jpeg", b"x")
    meta.places["img1"] = place

    with pytest.raises(Never):
        fetch.fetch(Media(id="img1"), door)
    assert [each.path for each in meta.asked] == ["/v25.0/img1"]


def test_h7_nothing_is_followed_to_where_it_moved(meta, door):
    meta.media["img1"] = ("image/jpeg", b"x")
    meta.next = [
        as_json({"url": f"{meta.url}/kept/img1"}),
        Said(status=302, headers={"Location": f"{meta.url}/elsewhere"}),
    ]

    with pytest.raises(Never):
        fetch.fetch(Media(id="img1"), door)
    assert [each.path for each in meta.asked] == ["/v25.0/img1", "/kept/img1"]
