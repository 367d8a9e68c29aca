"""Providers call: what they bring is committed before they hear so, and whoever only pretends to be one leaves nothing."""

import asyncio
import hmac
from hashlib import sha256
from typing import Any

import pytest

from ascolto.channels import raw
from ascolto.channels.connect import make_channel, pause
from ascolto.channels.contract import Capabilities, Door, Forged, HookAnswer, HookCall
from ascolto.channels.models import RawInbound
from ascolto.channels.registry import KINDS
from ascolto.conversations.models import Inbox
from ascolto.database.writer import WriterFull, write_batch
from ascolto.edge import doors, limits
from tests.conftest import NOON
from tests.edge.desk import Desk, desk, run

SECRET = "una parola segreta"


class Signed:
    """A kind whose provider signs the bytes."""

    name, label, hint, address_kind = "custom", "Signed", "", "custom"
    capabilities = Capabilities()
    settings = ()

    def __init__(self) -> None:
        self.calls: list[HookCall] = []

    def greet(self, call: HookCall, door: Door) -> HookAnswer | None:
        return HookAnswer(body=call.query["hello"].encode()) if "hello" in call.query else None

    def verify(self, call: HookCall, door: Door) -> None:
        self.calls.append(call)
        if not hmac.compare_digest(call.headers.get("x-signature", ""), signature(call.body)):
            raise Forged("its signature is another one")

    def key(self, call: HookCall) -> str:
        return call.headers.get("x-id", "")

    def answer(self, call: HookCall, door: Door) -> HookAnswer:
        return HookAnswer(body=b"<ok/>", content_type="text/xml")


class Informed(Signed):
    def facts(self, call: HookCall, door: Door) -> Any:
        return RawInbound.objects.count()

    def answer(self, call: HookCall, door: Door) -> HookAnswer:
        return HookAnswer(body=str(call.facts).encode())


def signature(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, sha256).hexdigest()


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> Signed:
    kind = Signed()
    monkeypatch.setitem(KINDS, "custom", kind)
    return kind


@pytest.fixture
def inbox(world: Any, signed: Signed) -> Inbox:
    return make_channel(kind="custom", name="Ponte", language="it", values={}, at=NOON, key="ponte")


async def deliver(here: Desk, body: bytes = b'{"a": 1}', *, path: str = "/hooks/custom/ponte/", **headers: str) -> Any:
    return await here.call("POST", path, body=body, headers={"x-signature": signature(body), **headers})


def test_h5_the_bytes_are_committed_before_the_provider_hears_so(signed: Signed, inbox: Inbox) -> None:
    async def story() -> None:
        async with desk() as here:
            reply = await deliver(here, b'{ "b":1,\n"a" : 2 }', **{"content-type": "application/json", "cookie": "secret=1"})
            assert (reply.status, reply.body, reply.headers["content-type"]) == (200, b"<ok/>", "text/xml")
            assert reply.headers["x-content-type-options"] == "nosniff"

    run(story())
    row = RawInbound.objects.get()
    assert bytes(row.content) == b'{ "b":1,\n"a" : 2 }'
    assert (row.inbox_id, row.head) == (inbox.id, {"content-type": "application/json"})


def test_h5_a_provider_is_answered_while_nobody_reads(signed: Signed, inbox: Inbox) -> None:
    async def story() -> None:
        async with desk() as here:
            replies = await asyncio.gather(*[deliver(here, f"{number}".encode()) for number in range(100)])
            assert {reply.status for reply in replies} == {200}

    run(story())
    assert RawInbound.objects.filter(state="waiting").count() == 100


@pytest.mark.parametrize("headers", [{}, {"x-signature": ""}, {"x-signature": signature(b"other")}])
def test_h1_a_forged_call_is_refused_and_leaves_nothing(signed: Signed, inbox: Inbox, headers: dict[str, str]) -> None:
    async def story() -> None:
        async with desk() as here:
            reply = await here.call("POST", "/hooks/custom/ponte/", body=b"{}", headers=headers)
            assert (reply.status, reply.code) == (403, "forged")

    run(story())
    assert not RawInbound.objects.exists()


def test_h1_guessing_costs_the_guesser_and_not_the_provider(
    signed: Signed, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FORGED_CALLS", limits.Rate("forged-calls", 3))

    async def story() -> None:
        async with desk() as here:
            seen = [(await here.call("POST", "/hooks/custom/ponte/", body=b"{}")).status for _ in range(5)]
            assert seen == [403, 403, 403, 429, 429]
            assert (await deliver(here)).status == 200

    run(story())


def test_h2_the_address_is_that_of_the_desk_whatever_the_caller_says(signed: Signed, inbox: Inbox, settings: Any) -> None:
    settings.SITE_URL = "https://desk.example"

    async def story() -> None:
        async with desk() as here:
            told = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http"}
            await deliver(here, path="/hooks/custom/ponte/?b=2&a=%20x", **told)
            await deliver(here, path="/hooks/custom/ponte", **told)

    run(story())
    assert [call.url for call in signed.calls] == [
        "https://desk.example/hooks/custom/ponte/?b=2&a=%20x",
        "https://desk.example/hooks/custom/ponte/",
    ]
    assert signed.calls[0].query == {"b": "2", "a": " x"}


def test_h3_ten_copies_at_once_are_kept_once(signed: Signed, inbox: Inbox) -> None:
    async def story() -> None:
        async with desk() as here:
            replies = await asyncio.gather(*[deliver(here, b"{}", **{"x-id": "7"}) for _ in range(10)])
            assert {reply.status for reply in replies} == {200}
            assert (await deliver(here, b"{ }", **{"x-id": "7"})).status == 200

    run(story())
    assert RawInbound.objects.get().key == "7"


def test_h4_the_signature_is_over_the_bytes_not_over_what_they_mean(signed: Signed, inbox: Inbox) -> None:
    async def story() -> None:
        async with desk() as here:
            right = signature(b'{"a": 1, "b": 2}')
            reply = await here.call("POST", "/hooks/custom/ponte/", body=b'{"b": 2, "a": 1}', headers={"x-signature": right})
            assert reply.status == 403

    run(story())


def test_h5_a_full_writer_sends_the_provider_away_for_a_moment(
    signed: Signed, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with desk() as here:
            monkeypatch.setattr(here.server.writer, "write", full)
            reply = await deliver(here)
            assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "busy", "2")

    async def full(*_: Any) -> None:
        raise WriterFull

    run(story())
    assert not RawInbound.objects.exists()


def test_an_informed_kind_reads_the_desk_after_the_commit(world: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "custom", Informed())

    async def story() -> None:
        async with desk() as here:
            assert (await deliver(here)).body == b"1"

    run(story())


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/hooks/custom/altrove/", 404),
        ("POST", "/hooks/custom/sito/", 404),
        ("POST", "/hooks/messenger/sito/", 404),
        ("POST", "/hooks/nothing/ponte/", 404),
        ("POST", "/hooks/custom/ponte/more/", 404),
        ("POST", "/hooks/", 404),
        ("GET", "/hooks/custom/ponte/", 405),
        ("PUT", "/hooks/custom/ponte/", 405),
        ("GET", "/hooks/custom/ponte/?hello=you", 200),
    ],
)
def test_only_a_channel_of_that_kind_is_there(signed: Signed, inbox: Inbox, method: str, path: str, status: int) -> None:
    async def story() -> None:
        async with desk() as here:
            reply = await here.call(method, path, body=b"{}" if method != "GET" else b"")
            assert reply.status == status

    run(story())
    assert not RawInbound.objects.exists()


def test_a_paused_channel_still_keeps_what_comes_and_a_closed_one_is_gone(signed: Signed, inbox: Inbox) -> None:
    pause(inbox=inbox, at=NOON)

    async def story(wanted: int) -> None:
        async with desk() as here:
            assert (await deliver(here)).status == wanted

    run(story(200))
    assert RawInbound.objects.count() == 1
    Inbox.objects.filter(pk=inbox.pk).update(is_active=False)
    run(story(410))


def test_settings_that_change_hold_after_a_moment(signed: Signed, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with desk() as here:
            assert (await deliver(here)).status == 200
            await here.server.read(Inbox.objects.filter(pk=inbox.pk).update, is_active=False)
            assert (await deliver(here)).status == 200
            monkeypatch.setattr(doors, "FRESH_S", 0.0)
            assert (await deliver(here)).status == 410

    run(story())


def test_more_than_a_megabyte_is_not_read(signed: Signed, inbox: Inbox) -> None:
    async def story() -> None:
        async with desk() as here:
            assert (await deliver(here, b"x" * 1_048_577)).status == 413
            assert (await deliver(here, b"x" * 1_048_576)).status == 200

    run(story())


def test_h2_the_desk_knows_its_own_door(signed: Signed, inbox: Inbox) -> None:
    from ascolto.channels.connect import door_of
    from ascolto.channels.hook_check import mark_of

    async def story() -> None:
        async with desk() as here:
            reply = await here.call("GET", "/hooks/custom/ponte/?ascolto-check=abc")
            assert reply.body.decode() == await here.server.read(lambda: mark_of(door_of(inbox), "abc"))

    run(story())
    assert not signed.calls


def test_h3_a_batch_that_fails_does_not_take_its_neighbours_along(signed: Signed, inbox: Inbox) -> None:
    """What the writer promises holds for what arrives: one that cannot be stored is refused alone."""
    from concurrent.futures import Future
    from uuid import uuid4

    from ascolto.database.writer import Unit

    bad = raw.Arrived(inbox=uuid4(), content=b"x", at=NOON)
    good = raw.Arrived(inbox=inbox.id, content=b"y", at=NOON)

    answers = write_batch([Unit(raw.keep_many, each, Future()) for each in (bad, good)])

    assert isinstance(answers[0], Exception)
    assert answers[1].is_repeated is False


def test_settings_that_cannot_be_opened_send_the_provider_away_until_they_can(
    signed: Signed, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ascolto.channels.models import Channel

    Channel.objects.filter(pk=inbox.pk).update(secrets="sealed with another secret")

    async def story() -> None:
        async with desk() as here:
            reply = await deliver(here)
            assert (reply.status, reply.headers["retry-after"]) == (503, "60")

    run(story())
