"""A bridge hands messages in and takes replies, in signed calls that docs/use/custom-channel.md describes."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ascolto.channels.contract import (
    ArrivedFile,
    ArrivedMessage,
    Edited,
    Forged,
    HookCall,
    Media,
    Never,
    OutboundFile,
    OutboundMessage,
    Reacted,
    Receipt,
    TryLater,
    Unreadable,
)
from ascolto.channels.custom.channel import CustomKind
from ascolto.channels.custom.read import read
from ascolto.vault.webhooks import new_secret, sign, verify
from tests.channels.odd import ODD, each_with
from tests.conftest import NOON
from tests.standins.provider import Said, as_json

SAMPLES = json.loads((Path(__file__).parents[2] / "data" / "hooks" / "custom.json").read_text())
KIND = CustomKind()
HELLO = OutboundMessage(
    id=uuid4(),
    conversation=uuid4(),
    number=7,
    to="ponte:rosa-1",
    to_name="Rosa",
    author="Bruno",
    text="Buongiorno, arriviamo",
    at=NOON,
    language="it",
    reply_token="abc",
    answers_to=["m1"],
)


def call(body: bytes, door: Any, **headers: str) -> HookCall:
    signed = sign(body, id="msg_1", at=NOON, secrets=[door.get("secret")])
    return HookCall(method="POST", url="", query={}, headers={**signed, **headers}, body=body, at=NOON)


def said(name: str, door: Any) -> Any:
    [found] = read(json.dumps(SAMPLES[name]).encode(), door)
    return found


def test_words_files_changes_signs_and_receipts_are_read(door):
    message, files, html, answer = (said(name, door) for name in ("message", "with files", "html", "answer"))

    assert isinstance(message, ArrivedMessage)
    assert (message.id, message.text) == ("m1", "Buongiorno, la lampada non si accende")
    assert (message.sender.kind, message.sender.value, message.sender.name) == ("custom", "ponte:rosa-1", "Rosa Blu")
    assert message.claimed_at == datetime(2025, 11, 18, 11, tzinfo=UTC)
    assert files.files == [ArrivedFile(name="nota.txt", type="text/plain", content=b"ciao")]
    assert (html.html, html.subject, list(answer.answers_to)) == ("<p>Ciao <b>a tutti</b></p>", "Saluti", ["m1"])
    assert isinstance(said("edit", door), Edited)
    assert isinstance(said("reaction", door), Reacted)
    assert (said("receipt", door).state, said("failure", door).reason) == ("delivered", "Il numero non esiste")
    assert read(json.dumps(SAMPLES["test"]).encode(), door) == []


def test_two_bridges_may_call_two_people_the_same(door):
    other = replace(door, key="altro")

    assert said("message", door).sender.value != said("message", other).sender.value


def test_a_file_by_address_is_fetched_later(door, bridge):
    changed = {**SAMPLES["message"]["data"], "files": [{"name": "a.pdf", "url": f"{bridge.url}/a.pdf", "size": 4}]}
    [message] = read(json.dumps({"type": "message", "data": changed}).encode(), door)
    bridge.next = [Said(body=b"%PDF")]

    [media] = message.files
    assert isinstance(media, Media)
    assert KIND.fetch(media, door).content == b"%PDF"


@pytest.mark.parametrize(
    "file", [{"name": "a", "url": "file:///etc/passwd"}, {"name": "a"}, {"name": "a", "content": "*"}, {"content": 7}, {"url": 7}]
)
def test_a_file_that_is_none_is_said_and_the_words_go_in(door, file):
    changed = {**SAMPLES["message"]["data"], "files": [file]}

    [message] = read(json.dumps({"type": "message", "data": changed}).encode(), door)

    assert message.text
    assert not message.files
    assert len(message.warnings) == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"type": "reply"}, "“type”"),
        ({"data": {}}, "“data.id”"),
        ({"data": {"id": "1", "text": "x"}}, "“data.from.id”"),
        ({"data": {"id": "1", "from": {"id": "2"}}}, "all empty"),
        ({"type": "receipt", "data": {"id": "1", "state": "lost"}}, "“data.state”"),
    ],
)
def test_whoever_writes_a_bridge_hears_at_once_what_is_missing(door, changes, problem):
    body = json.dumps({**SAMPLES["message"], **changes}).encode()

    answer = json.loads(KIND.answer(call(body, door), door).body)

    assert answer["kept"] is True
    assert problem in answer["problem"]


def test_h1_only_who_has_the_secret_may_hand_in(door):
    body = json.dumps(SAMPLES["message"]).encode()

    KIND.verify(call(body, door), door)
    earlier = replace(door, settings={**door.settings, "earlier_secret": door.get("secret"), "secret": new_secret()})
    KIND.verify(call(body, door), earlier)
    for other in (replace(door, settings={}), replace(door, settings={"secret": new_secret()})):
        with pytest.raises(Forged):
            KIND.verify(call(body, door), other)


def test_h3_the_id_of_the_call_is_its_key(door):
    assert KIND.key(call(b"{}", door)) == "msg_1"


def test_i9_a_reply_is_a_signed_call_that_looks_the_same_at_every_attempt(door, bridge):
    both = replace(door, settings={**door.settings, "earlier_secret": new_secret()})

    taken = [KIND.send(HELLO, both) for _ in range(2)]

    first, second = bridge.asked
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    for secret in (both.get("secret"), both.get("earlier_secret")):
        verify(first.body, first.headers, secrets=[secret], now=datetime.now(UTC))
    assert {each.id for each in taken} == {str(HELLO.id)}
    assert first.json["type"] == "reply"
    assert first.json["data"] == {
        "id": str(HELLO.id),
        "conversation": 7,
        "to": {"id": "rosa-1", "name": "Rosa"},
        "author": "Bruno",
        "text": "Buongiorno, arriviamo",
        "language": "it",
        "answers": ["m1"],
        "token": "abc",
    }


def test_a_receipt_speaks_of_the_reply_by_the_id_that_it_came_with(door, bridge):
    taken = KIND.send(HELLO, door)
    receipt = {"type": "receipt", "data": {"id": bridge.asked[0].json["data"]["id"], "state": "read"}}

    [found] = read(json.dumps(receipt).encode(), door)

    assert isinstance(found, Receipt)
    assert found.id == taken.id


def test_files_of_a_reply_come_as_an_address_or_if_small_themselves(door, bridge, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"ciao")
    near = OutboundFile(name="a.txt", type="text/plain", size_bytes=4, path=str(path))
    far = OutboundFile(name="b.pdf", type="application/pdf", size_bytes=9, path="", url="https://desk.example/files/1")

    KIND.send(replace(HELLO, files=[near, far]), door)

    assert bridge.asked[0].json["data"]["files"] == [
        {"name": "a.txt", "type": "text/plain", "size": 4, "content": "Y2lhbw=="},
        {"name": "b.pdf", "type": "application/pdf", "size": 9, "url": "https://desk.example/files/1"},
    ]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Said(status=500), TryLater, "right now"),
        (Said(status=429), TryLater, "right now"),
        (Said(status=401), TryLater, "right now"),
        (Said(status=302, headers={"Location": "http://127.0.0.1/"}), TryLater, "right now"),
        (as_json({"reason": "Il numero non esiste"}, status=422), Never, "Il numero non esiste"),
        (Said(status=410), Never, "refused"),
    ],
)
def test_every_refusal_is_for_now_or_for_good(door, bridge, answer, error, words):
    bridge.next = [answer]

    with pytest.raises(error, match=words):
        KIND.send(HELLO, door)


def test_a_channel_without_an_address_takes_messages_in_alone(door):
    with pytest.raises(Never):
        KIND.send(HELLO, replace(door, settings={**door.settings, "url": ""}))


def test_i1_an_address_of_the_desks_own_network_is_not_called(door, bridge, settings):
    settings.EGRESS_ALLOW = frozenset()

    with pytest.raises(TryLater):
        KIND.send(HELLO, door)
    with pytest.raises(TryLater):
        KIND.fetch(Media(id=f"{bridge.url}/a"), door)
    assert not bridge.asked


def test_the_test_of_the_settings_is_a_signed_call_that_means_nothing(door, bridge):
    found = KIND.check(door)
    assert bridge.asked[0].json["type"] == "test"
    assert found[0].is_well

    bridge.next = [Said(status=401)]
    assert "401" in str(KIND.check(door)[0].words)
    assert not KIND.check(replace(door, settings={**door.settings, "secret": "kurz"}))[0].is_well


@pytest.mark.parametrize("odd", ODD)
def test_h6_odd_values_anywhere_are_no_error(door, odd):
    for sample in SAMPLES.values():
        for changed in each_with(sample, odd):
            try:
                read(json.dumps(changed).encode(), door)
            except Unreadable:
                continue
