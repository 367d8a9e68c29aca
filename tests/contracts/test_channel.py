"""What every kind of channel promises, whoever wrote it; a new one is tried as soon as it stands in the registry."""

import logging
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from ascolto.channels import raw
from ascolto.channels.arrivals import read_waiting
from ascolto.channels.connect import channel_of, door_of, make_channel
from ascolto.channels.contract import (
    Capabilities,
    Finding,
    Forged,
    HookCall,
    Never,
    OutboundMessage,
    Raw,
    Setting,
    TryLater,
    Unreadable,
)
from ascolto.channels.models import RawInbound
from ascolto.channels.registry import KINDS, hook_kind
from ascolto.conversations.models import Conversation, Inbox, Message
from ascolto.people.models import Customer
from tests.contracts.examples import EXAMPLES, NOBODY, NOON, Example

NAMES = sorted(KINDS)
CALLED = sorted(name for name in KINDS if hook_kind(name) and EXAMPLES[name].prove)
GARBAGE = [
    b"",
    b"\x00",
    b"\xff\xfe\xfd",
    b"{",
    b"[]",
    b"null",
    b'"words"',
    b"7",
    b"{}" * 1000,
    b"[" * 200_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b"a=" + b"%00" * 1000 + b"&a=2",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    b"\r\n" * 10_000,
    b"x" * 1_000_000,
]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def example(name: str) -> Example:
    """Without a row in examples.py nothing of this can be tried: write down what the provider brings."""
    return EXAMPLES[name]


@pytest.fixture
def inbox(world: Any, name: str, example: Example, settings: Any) -> Inbox:
    settings.EGRESS_ALLOW = frozenset({NOBODY.removeprefix("http://")})
    return make_channel(kind=name, name="Porta", language="it", values=example.settings, at=NOON, key=f"{name}-porta")


def raws_of(contents: Sequence[bytes], example: Example) -> list[Raw]:
    return [Raw(id=uuid4(), content=each, received_at=NOON, head={**example.head, "digest": "0"}) for each in contents]


def arrive(inbox: Inbox, example: Example, contents: Sequence[bytes]) -> None:
    """Kept under a key of its own each time, as a provider does that gives every call another id."""
    for each in contents:
        raw.keep(raw.Arrived(inbox=inbox.id, content=each, at=NOON, key=uuid4().hex, head=example.head))
    while read_waiting(inbox_id=inbox.id, now=NOON):
        pass


def read_all(inbox: Inbox, example: Example, contents: Sequence[bytes]) -> None:
    try:
        arrive(inbox, example, contents)
    except TryLater:  # files that the provider does not give out now: their messages wait, all else is in
        return


def effect(inbox: Inbox) -> dict[str, Any]:
    """All that became of what arrived."""
    return {
        "messages": sorted(Message.objects.filter(conversation__inbox=inbox).values_list("text", flat=True)),
        "conversations": Conversation.objects.filter(inbox=inbox).count(),
        "customers": Customer.objects.filter(conversations__inbox=inbox).distinct().count(),
        "failed": RawInbound.objects.filter(inbox=inbox, state="failed").count(),
    }


def test_it_says_what_it_is(name: str) -> None:
    kind = KINDS[name]

    assert kind.name == name
    assert str(kind.label)
    assert str(kind.hint).endswith(".")
    assert isinstance(kind.capabilities, Capabilities)
    assert all(isinstance(each, Setting) and str(each.label) for each in kind.settings)
    assert len({each.name for each in kind.settings}) == len(kind.settings)
    assert {each.name for each in kind.settings if each.is_required} <= set(EXAMPLES[name].settings)


def test_it_reads_the_same_each_time_alone_and_among_others(name: str, example: Example, inbox: Inbox) -> None:
    kind, door = KINDS[name], door_of(inbox)
    raws = raws_of(list(example.samples.values()), example)

    together = kind.read(raws, door)

    assert not [each for each in together if isinstance(each, Unreadable)]
    assert [list(each) for each in together] == [list(kind.read([each], door)[0]) for each in raws]


def test_h6_garbage_is_unreadable_or_nothing_and_never_an_error(name: str, example: Example, inbox: Inbox) -> None:
    kind, door = KINDS[name], door_of(inbox)
    good = next(iter(example.samples.values()))

    found = kind.read(raws_of([*GARBAGE, good], example), door)

    assert len(found) == len(GARBAGE) + 1
    assert all(isinstance(each, Unreadable) or isinstance(list(each), list) for each in found)
    assert all(str(each) for each in found if isinstance(each, Unreadable))
    assert not isinstance(found[-1], Unreadable)


def test_a11_what_cannot_be_read_is_kept_and_stops_nobody(name: str, example: Example, inbox: Inbox) -> None:
    first = next(iter(example.samples.values()))

    arrive(inbox, example, [b"\xff\xfe\xfd", first])

    assert RawInbound.objects.filter(inbox=inbox).count() == 2
    assert RawInbound.objects.filter(inbox=inbox, state="waiting").count() == 0


def test_n_a_megabyte_of_anything_is_read_in_seconds(name: str, example: Example, inbox: Inbox) -> None:
    kind, door = KINDS[name], door_of(inbox)
    first = next(iter(example.samples.values()))
    huge = [
        first.replace(b"lampada", b"lampada " * 120_000),
        first + b" " * 1_000_000,
        b'{"a":[' + b'"\\u0000",' * 100_000 + b"1]}",
    ]

    for each in huge:
        started = time.monotonic()
        kind.read(raws_of([each], example), door)
        assert time.monotonic() - started < 10


@pytest.mark.parametrize("copies", [3])
def test_h3_the_same_thing_again_has_no_effect(name: str, example: Example, inbox: Inbox, copies: int) -> None:
    contents = list(example.samples.values())
    read_all(inbox, example, contents)
    once = effect(inbox)
    stamps = list(Message.objects.filter(conversation__inbox=inbox).order_by("id").values_list("id", "head"))

    for _ in range(copies):
        read_all(inbox, example, contents)

    assert effect(inbox) == once
    assert list(Message.objects.filter(conversation__inbox=inbox).order_by("id").values_list("id", "head")) == stamps


def is_automatic(name: str, content: bytes, inbox: Inbox) -> bool:
    """Whether a machine says it: that is nobody's message unless there is a conversation already."""
    found = KINDS[name].read(raws_of([content], EXAMPLES[name]), door_of(inbox))[0]
    return any(getattr(each, "automatic", "") for each in found)  # type: ignore[union-attr]


def test_h6_in_any_order_everything_is_there_and_nothing_fails(name: str, example: Example, inbox: Inbox) -> None:
    contents = [each for each in example.samples.values() if not is_automatic(name, each, inbox)]

    read_all(inbox, example, contents[::-1])

    backwards = effect(inbox)
    assert backwards["failed"] == 0
    read_all(inbox, example, contents)
    assert effect(inbox)["failed"] == 0
    assert len(effect(inbox)["messages"]) == len(backwards["messages"])


def test_when_the_provider_does_not_answer_a_reply_waits(name: str, example: Example, inbox: Inbox) -> None:
    message = OutboundMessage(
        id=uuid4(),
        conversation=uuid4(),
        number=7,
        to=example.to,
        to_name="Rosa Blu",
        author="Bruno",
        text="Buongiorno",
        at=NOON,
        language="it",
        subject="Lampada",
        mail_id="<7@desk.example>",
        last_in_at=NOON,
    )
    started = time.monotonic()

    with pytest.raises((TryLater, Never)) as caught:
        KINDS[name].send(message, door_of(inbox))

    assert time.monotonic() - started < 20
    if KINDS[name].name != "phone":  # nobody is answered in writing by telephone
        assert isinstance(caught.value, TryLater)
    assert caught.value.reason
    assert not [secret for secret in example.secrets if secret in repr(caught.value)]


def test_a_try_of_the_settings_says_what_is_wrong_and_never_raises(name: str, example: Example, inbox: Inbox) -> None:
    found = KINDS[name].check(door_of(inbox))

    assert found
    assert all(isinstance(each, Finding) and str(each.words) for each in found)
    assert not all(each.is_well for each in found)
    said = " ".join(f"{each.words} {each.todo}" for each in found)
    assert not [secret for secret in example.secrets if secret in said]


def test_a22_secrets_are_sealed_and_on_no_page(name: str, example: Example, inbox: Inbox, signed_in: Any, world: Any) -> None:
    channel = channel_of(inbox.id)
    page = signed_in(world.ada).get(f"/settings/inboxes/{inbox.key}/channel/")

    assert page.status_code == 200
    assert channel is not None
    for secret in example.secrets:
        assert secret not in str(channel.settings)
        assert secret not in channel.secrets
        assert secret not in page.content.decode()


def test_a22_secrets_are_in_no_log(name: str, example: Example, inbox: Inbox, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    kind, door = KINDS[name], door_of(inbox)

    kind.check(door)
    read_all(inbox, example, [*GARBAGE[:8], *example.samples.values()])

    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    assert not [secret for secret in example.secrets if secret in logged]


# Those whose provider calls


def call_of(example: Example, body: bytes, inbox: Inbox, **headers: str) -> HookCall:
    assert example.prove is not None
    door = door_of(inbox)
    proof = {**example.prove(body, door), **headers}
    return HookCall(method="POST", url=door.hook_url, query={}, headers=proof, body=body, at=now_for(proof))


def now_for(proof: dict[str, str]) -> Any:
    from datetime import UTC, datetime

    seconds = proof.get("webhook-timestamp", "")
    return datetime.fromtimestamp(int(seconds), UTC) if seconds.isdigit() and len(seconds) < 12 else NOON


@pytest.mark.parametrize("name", CALLED)
def test_h1_only_the_provider_is_believed(name: str, example: Example, inbox: Inbox) -> None:
    kind, door = hook_kind(name), door_of(inbox)
    assert kind is not None
    body = next(iter(example.samples.values()))
    right = call_of(example, body, inbox)

    kind.verify(right, door)

    for header, value in right.headers.items():
        if header == "content-type":
            continue
        for wrong in ("", value[:-2], value + "x", "x" + value, "é", "x" * 20_000):
            with pytest.raises(Forged):
                kind.verify(call_of(example, body, inbox, **{header: wrong}), door)
    bare = HookCall(method="POST", url=door.hook_url, query={}, headers={}, body=body, at=NOON)
    with pytest.raises(Forged):
        kind.verify(bare, door)


@pytest.mark.parametrize("name", CALLED)
def test_h4_without_a_secret_everything_is_refused(name: str, example: Example, inbox: Inbox) -> None:
    from dataclasses import replace

    kind = hook_kind(name)
    assert kind is not None
    call = call_of(example, next(iter(example.samples.values())), inbox)
    empty = replace(door_of(inbox), settings={each.name: "" for each in kind.settings})

    with pytest.raises(Forged):
        kind.verify(call, empty)


@pytest.mark.parametrize("name", CALLED)
def test_h3_the_same_call_has_the_same_key(name: str, example: Example, inbox: Inbox) -> None:
    kind = hook_kind(name)
    assert kind is not None
    for body in example.samples.values():
        call = call_of(example, body, inbox)
        assert kind.key(call) == kind.key(call)
        assert len(kind.key(call)) <= 200


@pytest.mark.parametrize("name", CALLED)
def test_h8_what_is_not_a_set_up_is_not_greeted(name: str, example: Example, inbox: Inbox) -> None:
    kind, door = hook_kind(name), door_of(inbox)
    assert kind is not None
    for body in example.samples.values():
        assert kind.greet(call_of(example, body, inbox), door) is None
