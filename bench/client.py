"""A lean HTTP client on raw sockets, so that the clients of a benchmark cost as little as possible beside the server."""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

try:
    import uvloop
except ImportError:  # Windows: slower, the same
    uvloop = None

HOST = "127.0.0.1"


class Gone(Exception):
    """The connection ended before the answer."""


class Connection(asyncio.Protocol):
    """One keep-alive connection; one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.buffer = b""
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None
        self.expected = -1  # bytes of head and body; -1: the head is not whole yet
        self.head_end = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(Gone())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.expected < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            start = head.find(b"content-length:")
            length = int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
            self.head_end = end + 4
            self.expected = self.head_end + length
        if len(self.buffer) >= self.expected:
            status, body = int(self.buffer[9:12]), self.buffer[self.head_end : self.expected]
            self.buffer, self.expected = self.buffer[self.expected :], -1
            if self.answer is not None and not self.answer.done():
                self.answer.set_result((status, body))

    def send(self, request: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        """Send a whole request; the future gives status and body. :raises Gone: not connected"""
        if self.transport is None or self.transport.is_closing():
            raise Gone
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()


class Stream(asyncio.Protocol):
    """One open stream; `heard` is called with every event's data as it comes."""

    def __init__(self, request: bytes, heard: Callable[[bytes], None]) -> None:
        self.request = request
        self.heard = heard
        self.buffer = b""
        self.is_open = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_open.done():
            self.is_open.set_exception(Gone())

    def data_received(self, data: bytes) -> None:
        if not self.is_open.done():
            if not (self.buffer + data).startswith(b"HTTP/1.1 200"):
                self.is_open.set_exception(RuntimeError((self.buffer + data)[:300].decode(errors="replace")))
                return
            self.is_open.set_result(None)
        self.buffer += data
        *lines, self.buffer = self.buffer.split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                self.heard(line[5:].strip())


async def connect(port: int) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, HOST, port)
    return connection


async def listen(port: int, request: bytes, heard: Callable[[bytes], None]) -> Stream:
    """Open a stream and wait for its first bytes. :raises RuntimeError: with the answer, when it is not a stream"""
    _, stream = await asyncio.get_running_loop().create_connection(lambda: Stream(request, heard), HOST, port)
    await stream.is_open
    return stream


def get(path: str, *, bearer: str = "", cookie: str = "", port: int) -> bytes:
    """A GET as bytes, as a page of the desk itself sends it."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}:{port}", "Sec-Fetch-Site: same-origin"]
    lines += [f"Authorization: Bearer {bearer}"] if bearer else []
    lines += [f"Cookie: sessionid={cookie}"] if cookie else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def message(*, key: str, bearer: str, client_id: str, body: str, conversation: str | None, port: int) -> bytes:
    """A visitor's message as bytes, as the messenger sends it."""
    said = {"client_id": client_id, "body": body, **({"conversation": conversation} if conversation else {})}
    content = json.dumps(said).encode()
    head = (
        f"POST /messenger/{key}/api/messages HTTP/1.1\r\nHost: {HOST}:{port}\r\nOrigin: http://{HOST}:{port}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nAuthorization: Bearer {bearer}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def run(work: Any) -> Any:
    """Run a coroutine on the quickest loop there is."""
    if uvloop is None:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def tell(found: Any) -> None:
    """Say on stdout what was found, whole: with PYTHONUNBUFFERED, print() drops what a pipe does not take at once."""
    with open(sys.stdout.fileno(), "w", closefd=False) as out:
        json.dump(found, out)
