"""What Telegram hands on becomes what a colleague reads."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ascolto.channels.contract import ArrivedMessage, Door, Edited, Media, Reacted, Unreadable
from ascolto.channels.telegram.read import read
from ascolto.channels.tokens import token_of
from tests.channels.odd import ODD, each_with

SAMPLES = json.loads((Path(__file__).parents[2] / "data" / "hooks" / "telegram.json").read_text())
DOOR = Door(inbox=uuid4(), key="bot", name="Bot", language="it", settings={})


def said(name: str) -> Any:
    [found] = read(json.dumps(SAMPLES[name]).encode(), DOOR)
    return found


def test_words_come_with_who_wrote_them():
    found = said("text")

    assert isinstance(found, ArrivedMessage)
    assert (found.id, found.text) == ("70011:11", "Buongiorno, la lampada non si accende 💡")
    assert (found.sender.kind, found.sender.value, found.sender.name) == ("telegram", "70011", "Rosa Blu")
    assert (found.sender.language, found.sender.is_proven) == ("it", True)
    assert found.claimed_at is not None


@pytest.mark.parametrize(
    ("name", "id", "file", "words"),
    [
        ("photo", "grande", "photo.jpg", "Ecco la lampada"),
        ("album, second picture", "seconda", "photo.jpg", ""),
        ("document", "fattura", "fattura.pdf", ""),
        ("voice", "voce", "voice.ogg", ""),
        ("sticker", "adesivo", "sticker.webp", ""),
    ],
)
def test_files_are_named_and_fetched_later(name, id, file, words):
    found = said(name)

    [media] = found.files
    assert isinstance(media, Media)
    assert (media.id, media.name, found.text) == (id, file, words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("location", "openstreetmap.org/?mlat=41.890251&mlon=12.492373"),
        ("venue", "📍 Colosseo, Piazza del Colosseo 1\n"),
        ("contact", "👤 Mario Verdi · +390612345678"),
        ("poll", "Quando?\n– Oggi\n– Domani"),
        ("dice", "dice"),
        ("button", "Parlare con una persona"),
    ],
)
def test_what_is_no_text_is_put_into_words(name, words):
    assert words in said(name).text


def test_an_answer_names_what_it_answers():
    assert list(said("reply").answers_to) == ["70011:3"]


def test_a_change_and_a_sign_name_the_message_they_are_about():
    edit, sign = said("edit"), said("reaction")

    assert isinstance(edit, Edited)
    assert (edit.id, edit.text) == ("70011:11", "Buongiorno, la lampada rossa non si accende")
    assert isinstance(sign, Reacted)
    assert (sign.id, sign.sign, sign.sender.value) == ("70011:11", "❤", "70011")


def test_a_deep_link_brings_its_token_along():
    token = token_of(uuid4())
    update = json.loads(json.dumps(SAMPLES["start"]).replace('"/start"', f'"/start {token}"'))

    [found] = read(json.dumps(update).encode(), DOOR)

    assert list(found.tokens) == [token]
    assert token not in found.text


@pytest.mark.parametrize("name", ["start", "blocked", "group", "other bot"])
def test_what_is_nobodys_message_is_none(name):
    assert read(json.dumps(SAMPLES[name]).encode(), DOOR) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"{}", b'{"update_id": "x"}', b"\xff\xfe", b"[" * 100_000])
def test_h6_what_is_not_telegrams_is_unreadable_and_no_error(content):
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
