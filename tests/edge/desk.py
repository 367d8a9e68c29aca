"""Drives the edge as an ASGI application: whole requests and open streams, without a socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from ascolto.edge.app import build
from ascolto.edge.server import Server


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return self.json["error"]["code"]


@dataclass
class Stream:
    """An open stream and what was heard on it."""

    task: asyncio.Task[None]
    gone: asyncio.Event
    status: int = 0
    heard: bytes = b""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, words: str, wait_s: float = 30.0) -> str:
        """Wait until these words were heard; all that was heard."""
        async with asyncio.timeout(wait_s):
            while words.encode() not in self.heard:
                self.news.clear()
                await self.news.wait()
        return self.heard.decode()

    async def end(self, wait_s: float = 30.0) -> str:
        """Wait until the other side ends it."""
        async with asyncio.timeout(wait_s):
            await self.task
        return self.heard.decode()

    async def leave(self) -> None:
        self.gone.set()
        await self.task

    @property
    def last_id(self) -> str:
        return [line[4:] for line in self.heard.decode().splitlines() if line.startswith("id: ")][-1]


async def nothing_behind(scope: Any, receive: Any, send: Any) -> None:
    """Stands for Django where a test does not need it: says how many bytes came."""
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"no-store, private")]})
    await send({"type": "http.response.body", "body": str(size).encode()})


class Desk:
    """The edge of one process."""

    def __init__(self, server: Server, django: Any, hops: int) -> None:
        self.server = server
        self.app = build(django, server, hops=hops)

    def scope(self, method: str, path: str, token: str, headers: dict[str, str], address: str) -> dict[str, Any]:
        path, _, query = path.partition("?")
        given = {"host": "testserver", **({"authorization": f"Bearer {token}"} if token else {}), **headers}
        return {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in given.items()],
            "client": (address, 40000),
            "server": ("testserver", 80),
        }

    async def call(
        self,
        method: str,
        path: str,
        said: Any = None,
        *,
        token: str = "",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        parts: list[bytes] | None = None,
        address: str = "192.0.2.1",
    ) -> Reply:
        whole = body if body is not None else (json.dumps(said).encode() if said is not None else b"")
        waiting = parts if parts is not None else [whole]
        given = dict(headers or {})
        if parts is None:
            given.setdefault("content-length", str(len(whole)))
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not waiting:
                if parts is None:
                    await asyncio.Event().wait()  # stays on the line until it has its answer
                return {"type": "http.disconnect"}
            part = waiting.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(waiting)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(self.scope(method, path, token, given, address), receive, send)
        head = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], head, b"".join(part.get("body", b"") for part in sent[1:]))

    async def begin(self, path: str, *, token: str = "") -> Stream:
        """Ask, and do not wait for the answer; only until the request has reached its place."""
        stream = await self.listen(path, token=token, is_waited_for=False)
        async with asyncio.timeout(30):
            while not self.server.hub.listeners:
                await asyncio.sleep(0.01)
        return stream

    async def listen(
        self, path: str, *, token: str = "", headers: dict[str, str] | None = None, is_waited_for: bool = True
    ) -> Stream:
        gone, started = asyncio.Event(), asyncio.Event()
        stream = Stream(task=None, gone=gone)  # type: ignore[arg-type]
        begun = False

        async def receive() -> dict[str, Any]:
            nonlocal begun
            if begun:
                await gone.wait()
                return {"type": "http.disconnect"}
            begun = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                stream.status = message["status"]
                started.set()
            stream.heard += message.get("body", b"")
            stream.news.set()

        run = self.app(self.scope("GET", path, token, headers or {}, "192.0.2.1"), receive, send)
        stream.task = asyncio.create_task(as_task(run))
        if not is_waited_for:
            return stream
        async with asyncio.timeout(30):
            await started.wait()
        return stream

    async def visitor(self, key: str = "sito", **said: Any) -> str:
        """The token of a new visit."""
        reply = await self.call("POST", f"/messenger/{key}/api/session", said)
        assert reply.status == 200, reply.body
        return str(reply.json["token"])

    async def write(self, token: str, text: str, *, client_id: str = "1", key: str = "sito", **said: Any) -> Reply:
        given = {"client_id": client_id, "body": text, **said}
        return await self.call("POST", f"/messenger/{key}/api/messages", given, token=token)


async def as_task(run: Awaitable[None]) -> None:
    await run


@asynccontextmanager
async def desk(django: Any = nothing_behind, *, hops: int = 0, limits_factor: float = 1.0) -> AsyncIterator[Desk]:
    """A running edge."""
    server = Server(limits_factor=limits_factor)
    await server.start()
    try:
        yield Desk(server, django, hops)
    finally:
        await server.stop()


def run(story: Coroutine[Any, Any, None]) -> None:
    """One test's story in a loop of its own, with an end."""
    asyncio.run(asyncio.wait_for(story, 150))
