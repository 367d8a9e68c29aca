"""What Meta hands on becomes what a colleague reads, and what became of ours."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ascolto.channels.contract import ArrivedMessage, Door, Edited, Reacted, Receipt, Unreadable
from ascolto.channels.whatsapp.read import read
from tests.channels.odd import ODD, each_with
from tests.standins.whatsapp import NUMBER_ID

SAMPLES = json.loads((Path(__file__).parents[2] / "data" / "hooks" / "whatsapp.json").read_text())
DOOR = Door(inbox=uuid4(), key="wa", name="WhatsApp", language="it", settings={"phone_number_id": NUMBER_ID})


def all_said(name: str) -> Any:
    return read(json.dumps(SAMPLES[name]).encode(), DOOR)


def said(name: str) -> Any:
    [found] = all_said(name)
    return found


def test_words_come_with_who_wrote_them():
    found = said("text")

    assert isinstance(found, ArrivedMessage)
    assert (found.id, found.text) == ("wamid.in1", "Buongiorno, la lampada non si accende")
    assert (found.sender.kind, found.sender.value, found.sender.name) == ("phone", "+393331234567", "Rosa Blu")
    assert found.sender.is_proven
    assert found.claimed_at is not None


def test_several_in_one_call_keep_their_order():
    assert [each.text for each in all_said("two at once")] == ["Prima", "Seconda"]


def test_whoever_hides_their_number_is_known_by_the_id_that_is_meant_for_us():
    sender = said("hidden number").sender

    assert (sender.kind, sender.value, sender.name) == ("custom", "IT.88001122", "Rosa Blu")


@pytest.mark.parametrize(
    ("name", "id", "file"),
    [
        ("image", "img1", "image.jpg"),
        ("voice", "aud1", "audio.ogg"),
        ("video", "vid1", "video.mp4"),
        ("document", "doc1", "fattura.pdf"),
        ("sticker", "stk1", "sticker.webp"),
    ],
)
def test_files_are_named_and_fetched_later(name, id, file):
    [media] = said(name).files

    assert (media.id, media.name) == (id, file)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("image", "Ecco la lampada"),
        ("location", "📍 Colosseo, Piazza del Colosseo 1\nhttps://www.openstreetmap.org/?mlat=41.890251&mlon=12.492373"),
        ("contacts", "👤 Mario Verdi · +39 06 1234 5678"),
        ("button", "Sì, grazie"),
        ("choice", "Reso\nRimandare un articolo"),
        ("form", "ordine: A-17"),
        ("order", "Per domani\n🛒 2 × LAMPADA · 19.9 EUR"),
        ("unsupported", "poll"),
        ("kind of tomorrow", "hologram"),
        ("new number", "Rosa ha cambiato numero"),
    ],
)
def test_h6_what_is_no_text_is_put_into_words_and_nothing_is_dropped(name, words):
    assert words in said(name).text


def test_an_answer_names_what_it_answers():
    assert list(said("reply").answers_to) == ["wamid.out1"]


def test_changes_and_signs_name_the_message_they_are_about():
    edit, deleted, sign, back = said("edit"), said("deleted"), said("reaction"), said("reaction taken back")

    assert isinstance(edit, Edited)
    assert (edit.id, edit.text) == ("wamid.in1", "Buongiorno, la lampada rossa non si accende")
    assert (deleted.id, bool(deleted.text)) == ("wamid.in2", True)
    assert isinstance(sign, Reacted)
    assert (sign.id, sign.sign, back.sign) == ("wamid.in1", "❤️", "")


def test_receipts_say_what_became_of_ours():
    states = [said(name) for name in ("sent", "delivered", "read", "failed")]

    assert all(isinstance(each, Receipt) for each in states)
    assert [(each.id, each.state) for each in states] == [
        ("wamid.out1", "sent"),
        ("wamid.out1", "delivered"),
        ("wamid.out1", "read"),
        ("wamid.out2", "failed"),
    ]
    assert {each.to for each in states} == {"+393331234567"}


def test_a_failure_is_said_in_words_also_one_of_tomorrow():
    assert said("failed").reason == "This number cannot be reached on WhatsApp, or its app is too old."
    assert said("failed with an unknown code").reason == "WhatsApp: Spiegazione di Meta (139999)"


@pytest.mark.parametrize("name", ["account news", "call"])
def test_h6_what_is_about_the_account_is_nobodys_message(name):
    assert all_said(name) == []


def test_what_is_for_another_number_is_kept_for_a_person_to_see():
    content = json.dumps(SAMPLES["text"]).replace(NUMBER_ID, "1").encode()

    with pytest.raises(Unreadable, match="another WhatsApp number"):
        read(content, DOOR)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"object": "page"}', b"\xff\xfe", b"[" * 100_000])
def test_h6_what_is_not_whatsapps_is_unreadable_and_no_error(content):
    with pytest.raises(Unreadable):
        read(content, DOOR)


@pytest.mark.parametrize("odd", ODD)
def test_h6_odd_values_anywhere_are_no_error(odd):
    for sample in SAMPLES.values():
        for changed in each_with(sample, odd):
            try:
                read(json.dumps(changed).encode(), DOOR)
            except Unreadable:
                continue
