"""`/hooks/<kind>/<inbox key>/`: providers call here. What they bring is committed first, acknowledged then, read later."""

import asyncio
import logging
import re
import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from starlette.types import Receive, Scope, Send

from ascolto.accounts.address import network_of
from ascolto.channels import raw
from ascolto.channels.connect import door_of
from ascolto.channels.contract import Door, Forged, HookAnswer, HookCall, HookKind
from ascolto.channels.hook_check import mark_of
from ascolto.channels.registry import hook_kind
from ascolto.conversations.models import Inbox
from ascolto.database.writer import WriterFull, WriterStopped, WriterUnavailable
from ascolto.edge import headers, limits
from ascolto.edge.answer import Answer, Problem
from ascolto.edge.guard import body_of
from ascolto.edge.messages import SenderLeft
from ascolto.edge.server import Server, utc_now
from ascolto.vault.seal import CannotUnseal

PATH = re.compile(r"^/hooks/([a-z]{1,20})/([A-Za-z0-9_-]{1,40})/?$")
FRESH_S = 5.0  # how long settings that were changed meanwhile may still hold
KNOWN = 1000  # doors remembered, unknown keys too
KEPT_HEADERS = ("content-type", "webhook-id", "webhook-timestamp", "user-agent")  # never one that carries a secret
SLOW_BYTES = 256 * 1024  # a body whose digest takes more than a millisecond is checked in a thread

NO_DOOR = _("There is no channel at this address.")
CLOSED = _("This channel is closed.")
FORGED = _("This call does not prove to be from the provider of this channel.")
NOT_THIS_WAY = _("This address takes POST.")
BUSY = _("The desk takes more than it can write right now. Send it again in a moment.")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Known:
    """An inbox as this process remembers it for moments."""

    inbox: UUID
    is_open: bool
    kind: HookKind
    door: Door


class Hooks:
    """All addresses that providers call."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.doors: dict[tuple[str, str], tuple[float, Known | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.match(scope["path"])
        known = await self.known(*found.groups()) if found else None
        if known is None:
            await self.count_forged(scope)
            raise Problem(404, "no_channel", NO_DOOR)
        if not known.is_open:
            raise Problem(410, "channel_closed", CLOSED)
        if scope["method"] not in ("GET", "POST"):
            raise Problem(405, "method", NOT_THIS_WAY)
        body = await body_of(receive)
        if body is None:
            raise SenderLeft
        call = call_of(scope, body, known.door)
        try:
            answer = await self.answer(known, call)
        except Forged as error:
            await self.count_forged(scope)
            log.warning("a call to %s was refused: %s", known.door.key, error)
            raise Problem(403, "forged", FORGED) from error
        await said(answer)(scope, receive, send)

    async def known(self, kind: str, key: str) -> Known | None:
        """The door at this address, remembered for moments; None: there is none. :raises Problem: 503"""
        kept = self.doors.get((kind, key))
        if kept is None or time.monotonic() - kept[0] > FRESH_S:
            if len(self.doors) >= KNOWN:
                self.doors.clear()
            try:
                kept = self.doors[kind, key] = (time.monotonic(), await self.server.read(look_up, kind, key))
            except CannotUnseal as error:
                log.exception("the settings of %s cannot be opened", key)
                raise Problem(503, "sealed", BUSY, retry_after_s=60) from error
        return kept[1]

    async def count_forged(self, scope: Scope) -> None:
        """Guessing costs the guesser's own share, never that of the provider. :raises Problem: 429"""
        await self.server.limits.count(limits.FORGED_CALLS, network_of(scope["client_address"]))

    async def answer(self, known: Known, call: HookCall) -> HookAnswer:
        """What the provider gets; whatever is to be kept is committed before. :raises Forged:"""
        if call.method == "GET" and (mark := call.query.get("ascolto-check")):
            return HookAnswer(body=mark_of(known.door, mark).encode())
        greeting = known.kind.greet(call, known.door)
        if greeting is not None:
            return greeting
        if call.method != "POST":
            raise Problem(405, "method", NOT_THIS_WAY)
        if len(call.body) > SLOW_BYTES:
            await asyncio.to_thread(known.kind.verify, call, known.door)
        else:
            known.kind.verify(call, known.door)
        await self.server.limits.count(limits.CALLS, str(known.inbox))
        await self.keep(known, call)
        facts: Any = getattr(known.kind, "facts", None)
        if facts is not None:
            call = replace(call, facts=await self.server.read(facts, call, known.door))
        return known.kind.answer(call, known.door)

    async def keep(self, known: Known, call: HookCall) -> None:
        """Commit the bytes; only then may the provider forget them. :raises Problem: 503, and it sends them again"""
        arrived = raw.Arrived(inbox=known.inbox, content=call.body, at=call.at, key=known.kind.key(call), head=head_of(call))
        try:
            await self.server.writer.write(raw.keep_many, arrived)
        except (WriterFull, WriterStopped, WriterUnavailable) as error:
            raise Problem(503, "busy", BUSY, retry_after_s=2) from error


def look_up(kind: str, key: str) -> Known | None:
    """The inbox with this key, closed ones too, if its kind is one whose provider calls."""
    found = hook_kind(kind)
    row = Inbox.objects.filter(key=key, kind=kind).first() if found else None
    if found is None or row is None:
        return None
    return Known(inbox=row.id, is_open=row.is_active, kind=found, door=door_of(row))


def call_of(scope: Scope, body: bytes, door: Door) -> HookCall:
    """The call as kinds see it: under our public address, whatever a proxy made of it on the way (threat H2)."""
    query = scope["query_string"].decode("latin-1")
    return HookCall(
        method=scope["method"],
        url=f"{door.hook_url}?{query}" if query else door.hook_url,
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
        at=utc_now(),
    )


def head_of(call: HookCall) -> dict[str, Any]:
    """What is kept beside the bytes; never a header that could prove anything to anybody."""
    head: dict[str, Any] = {name: call.headers[name][:500] for name in KEPT_HEADERS if name in call.headers}
    return {**head, "query": dict(call.query)} if call.query else head


def said(answer: HookAnswer) -> Answer:
    return Answer(answer.status, answer.body, headers.private(answer.content_type))
