"""Streams for colleagues and programs: `/live/stream`, `/live/presence`, `/api/v1/stream`, and the wait of `/api/v1/events`."""

import asyncio
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ascolto.conversations.access import whereabouts
from ascolto.edge import headers, limits
from ascolto.edge.answer import Problem, as_json, as_text
from ascolto.edge.headers import header
from ascolto.edge.messages import SenderLeft, object_of
from ascolto.edge.metrics import bearer
from ascolto.edge.origin import refuse_other_sites
from ascolto.edge.permits import Kind
from ascolto.edge.rights import Colleague, Program, Rights
from ascolto.edge.server import Server
from ascolto.eventlog import read
from ascolto.eventlog.event import KINDS
from ascolto.eventlog.public import is_public
from ascolto.realtime import frames
from ascolto.realtime.sighting import Sighting
from ascolto.realtime.stream import Listener
from ascolto.vault.secrets import digest

API_STREAM = "/api/v1/stream"
API_EVENTS = "/api/v1/events"
PER_PERSON = 10  # a browser needs one (SharedWorker); ten are several browsers and some that have not noticed they are gone
PER_PROCESS = 6000  # 5,000 are measured (bench/); beyond that another process serves better
SEND_S = 60.0  # a listener that takes nothing for so long is gone
LONGEST_WAIT_S = 30.0
LONGEST_POSITION = 2**63 - 1
SIGN_IN = _("Sign in again to go on.")
HEAD = [
    *headers.SECURITY,
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, private, no-transform"),
    (b"x-accel-buffering", b"no"),  # nginx would hold the words back (threat O5)
]


class Door:
    """The addresses of colleagues and programs."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if path == "/live/stream" and method == "GET":
            await self.live(scope, receive, send)
        elif path == "/live/presence" and method == "POST":
            await self.presence(scope, receive, send)
        elif path == API_STREAM and method == "GET":
            await self.program(scope, receive, send)
        elif path == API_STREAM:
            raise Problem(405, "method", "This address takes GET alone.")
        elif path in ("/live/stream", "/live/presence"):
            await as_text("This does not work here.", status=405)(scope, receive, send)
        else:
            await as_text("There is no such page.", status=404)(scope, receive, send)

    async def live(self, scope: Scope, receive: Receive, send: Send) -> None:
        refuse_other_sites(scope)
        key = session_key(scope)
        colleague = await self.colleague(key)
        listener = Listener(principal=colleague.principal, topics=colleague.topics, voice=frames.for_colleague)
        await pour(self.server, "session", key, listener, scope, receive, send)

    async def colleague(self, key: str) -> Colleague:
        rights = await self.server.permits.rights("session", key) if key else None
        if not isinstance(rights, Colleague):
            raise Problem(401, "sign_in", SIGN_IN)
        return rights

    async def presence(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Someone looks or types; answers with who else does."""
        refuse_other_sites(scope)
        colleague = await self.colleague(session_key(scope))
        await self.server.limits.count(limits.PRESENCE, colleague.principal)
        said = await object_of(receive)
        number = said.get("conversation")
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= LONGEST_POSITION:
            raise Problem(422, "conversation", "Say which conversation by its number.")
        found = await self.server.read(whereabouts, number)
        if found is None or found[1] not in colleague.inboxes:
            raise Problem(404, "not_found", _("There is no such conversation."))
        id, inbox, customer = found
        self.server.presence.tell(
            Sighting(
                conversation=str(id),
                number=number,
                inbox=str(inbox),
                customer=str(customer),
                who=colleague.principal,
                name=colleague.name,
                initials=colleague.initials,
                is_typing=said.get("is_typing") is True,
                is_gone=said.get("is_gone") is True,
            )
        )
        await as_json(self.server.presence.state(str(id), number))(scope, receive, send)

    async def program(self, scope: Scope, receive: Receive, send: Send) -> None:
        key, program = await program_of(self.server, scope)
        if unknown := unknown_kinds(query(scope)):
            raise Problem(422, "kinds", f"unknown: {', '.join(unknown)[:200]}")
        listener = listener_of(program, query(scope))
        await pour(self.server, "token", key, listener, scope, receive, send)


class LongPoll:
    """
    `GET /api/v1/events?wait=`: waits here, where waiting costs no thread, until there is something to hear; then Django answers.

    What Django will refuse is not waited for: it says at once what is wrong, in the API's own form.
    """

    def __init__(self, server: Server, django: ASGIApp) -> None:
        self.server = server
        self.django = django

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = query(scope)
        wait_s, after = number_of(asked.get("wait", "")), number_of(asked.get("after", "0"))
        makes_sense = wait_s is not None and 0 < wait_s <= LONGEST_WAIT_S and after is not None and not unknown_kinds(asked)
        if scope["method"] == "GET" and makes_sense and bearer(scope):
            try:
                key, program = await program_of(self.server, scope)
            except Problem as problem:
                if problem.status != 401:
                    raise
            else:
                refuse_too_many(self.server, program)
                await self.wait(key, listener_of(program, asked), after or 0, float(wait_s or 0), receive)
                receive = without_body(scope, receive)
        await self.django(scope, receive, send)

    async def wait(self, key: str, listener: Listener, after: int, wait_s: float, receive: Receive) -> None:
        """Until an event after `after` that this program asked for and may hear, or the time is over. :raises SenderLeft:"""
        server = self.server
        server.permits.hold("token", key, listener)
        server.hub.join(listener, after=after)
        watcher = asyncio.create_task(close_when_gone(receive, listener))
        try:
            await asyncio.wait_for(news(listener), wait_s)
        except TimeoutError:
            listener.close()
        finally:
            watcher.cancel()
            server.hub.leave(listener)
            server.permits.let_go("token", key, listener)
        if watcher.done():
            watcher.result()
            raise SenderLeft


async def news(listener: Listener) -> None:
    """Wait for the first event, or the end; the greeting and heartbeats carry no news."""
    while (part := await listener.next()) is not None and b"data:" not in part:
        continue


def without_body(scope: Scope, receive: Receive) -> Receive:
    """Say that there is no body (what a GET brought was passed over while it waited); after that, what the line says."""
    scope["headers"] = [each for each in scope["headers"] if each[0] not in (b"content-length", b"transfer-encoding")]
    is_said = False

    async def receive_nothing() -> Message:
        nonlocal is_said
        if is_said:
            return await receive()
        is_said = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive_nothing


async def program_of(server: Server, scope: Scope) -> tuple[str, Program]:
    key = digest(bearer(scope))
    rights = await server.permits.rights("token", key) if bearer(scope) else None
    if not isinstance(rights, Program):
        raise Problem(401, "unauthorized", "This needs a valid API token that may read.")
    return key, rights


async def pour(server: Server, kind: Kind, key: str, listener: Listener, scope: Scope, receive: Receive, send: Send) -> None:
    """The stream itself: from where the listener left off until it goes or its rights end. :raises Problem: too many"""
    rights = server.permits.kept[kind, key].rights
    if rights is None:
        raise Problem(401, "sign_in", SIGN_IN)
    refuse_too_many(server, rights)
    await server.limits.count(limits.STREAMS, listener.principal)
    await enter(server, listener, scope)
    server.permits.hold(kind, key, listener)
    watcher = asyncio.create_task(close_when_gone(receive, listener))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEAD})
        while (part := await listener.next()) is not None:
            async with asyncio.timeout(SEND_S):
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except TimeoutError:
        return  # takes nothing; the server closes an answer that was left unfinished
    finally:
        watcher.cancel()
        server.hub.leave(listener)
        server.permits.let_go(kind, key, listener)
        see_off(server, kind, listener)


def see_off(server: Server, kind: Kind, listener: Listener) -> None:
    """Whoever has no stream left looks at nothing and types nothing from this moment on: the window was closed."""
    if kind == "session":
        if server.presence.is_somewhere(listener.principal) and not server.permits.streams_of(listener.principal):
            server.presence.leave(listener.principal)
    elif kind == "visit":
        for customer in listener.topics - server.hub.by_topic.keys():
            server.presence.leave(customer)


def refuse_too_many(server: Server, rights: Rights) -> None:
    if server.permits.streams_of(rights.principal) >= PER_PERSON:
        raise Problem(429, "too_many_streams", _("Too many windows are open. Close some and try again."), retry_after_s=15)
    if len(server.hub.listeners) >= PER_PROCESS:
        raise Problem(503, "busy", _("Too many are listening right now. It is tried again by itself."), retry_after_s=15)


async def enter(server: Server, listener: Listener, scope: Scope) -> None:
    """Join at the place that Last-Event-ID or `?after=` names; a place that the log does not have means: from now on, anew."""
    given = header(scope, b"last-event-id") or query(scope).get("after", "")
    after = number_of(given)
    hub = server.hub
    is_ahead = after is not None and after > hub.position and after > await server.read(read.last_position)
    if is_ahead or (given and after is None):
        hub.start_anew(listener)
    else:
        hub.join(listener, after=after)


async def close_when_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    listener.close()


def session_key(scope: Scope) -> str:
    """The session cookie; empty when there is none."""
    try:
        found = SimpleCookie(header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    # A NUL has no meaning in a cookie, and PostgreSQL refuses to be asked for one (threat A13).
    return found.value if found and "\x00" not in found.value else ""


def query(scope: Scope) -> dict[str, str]:
    """The query's values, the last of each name."""
    return {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}


def listener_of(program: Program, asked: dict[str, str]) -> Listener:
    """A program hears what the contract lists for programs, and of that the kinds it asked for (threat G9)."""
    wanted = kinds_of(asked)

    def wants(kind: str) -> bool:
        return is_public(kind) and (not wanted or kind in wanted)

    return Listener(principal=program.principal, topics=program.topics, voice=frames.for_program, wants_kind=wants)


def kinds_of(asked: dict[str, str]) -> frozenset[str]:
    """The kinds named in `?kinds=`; none: all of them."""
    return frozenset(part.strip() for part in asked.get("kinds", "").split(",") if part.strip())


def unknown_kinds(asked: dict[str, str]) -> list[str]:
    """What is named in `?kinds=` and is no kind of event that programs may read."""
    return sorted(kind for kind in kinds_of(asked) if kind not in KINDS or not is_public(kind))


def number_of(written: str) -> int | None:
    """A whole number that can be a position; None for anything else."""
    if not written.isascii() or not written.isdecimal() or len(written) > 19 or int(written) > LONGEST_POSITION:
        return None
    return int(written)
