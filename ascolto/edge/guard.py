"""The outermost door: odd requests, too large ones and too slow ones end here, before anything reads them."""

import asyncio
import re
from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ascolto.accounts.address import client_address
from ascolto.edge import problems
from ascolto.edge.answer import Answer, Problem, as_text
from ascolto.edge.headers import header

MB = 1024 * 1024
BODY_BYTES = MB  # JSON and forms (threats.md, hard limits)
UPLOAD_BYTES = 26 * MB  # one file of 25 MB and what multipart puts around it
UPLOADS = re.compile(
    r"^(/messenger/[^/]+/api/files|/api/v1/files/?|/conversations/\d+/(files|replies|notes)/|/contact/[^/]+/?|/t/[^/]+/?.*|/hooks/email/[^/]+/?)$"
)
HEADER_BYTES = 32 * 1024
HEADER_COUNT = 100
PATH_BYTES = 8 * 1024
MAIL_BYTES = 50 * MB  # a mail of 35 MB as a mail provider hands it over, in base64
MAILS = re.compile(r"^/hooks/email/[^/]+/?$")
BODY_WAIT_S = 20.0  # between two parts of a body; a thread of Django never waits for a slow sender
SPOOL_BYTES = 256 * 1024  # larger bodies wait in a temporary file
BROKEN = re.compile(r"[\x00-\x1f\x7f\ufffd]")
BROKEN_QUERY = re.compile(rb"%00|[^\x21-\x7e]")


class BodyTooLarge(Exception):
    """More bytes than this address takes."""


class BodyTooSlow(Exception):
    """The next part of the body did not come in time."""


class Guard:
    """
    Refuse what has no meaning here; hand on the rest with `scope["client_address"]` set.

    :param hops: reverse proxies in front; only that many entries of X-Forwarded-For are believed (threat F9)
    """

    def __init__(self, app: ASGIApp, *, hops: int) -> None:
        self.app = app
        self.hops = hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            else:
                await self.app(scope, receive, send)
            return
        if answer := refused(scope):
            await answer(scope, receive, send)
            return
        self.know_the_sender(scope)
        try:
            await self.app(scope, limited(receive, limit_for(scope["path"])), send)
        except BodyTooLarge:
            await too_large(scope)(scope, receive, send)
        except BodyTooSlow:
            await refusal(scope, "The rest of the request did not come in time.", status=408)(scope, receive, send)

    def know_the_sender(self, scope: Scope) -> None:
        """Put down the sender's address, and drop headers with `_`, which WSGI cannot tell from those with `-`."""
        peer = (scope.get("client") or ("", 0))[0]
        scope["client_address"] = client_address(peer=peer, forwarded=forwarded_by(scope) if self.hops else "", hops=self.hops)
        if self.hops and header(scope, b"x-forwarded-proto").lower() in ("http", "https"):
            scope["scheme"] = header(scope, b"x-forwarded-proto").lower()
        if any(b"_" in name for name, _ in scope["headers"]):
            scope["headers"] = [(name, value) for name, value in scope["headers"] if b"_" not in name]


def forwarded_by(scope: Scope) -> str:
    """What proxies wrote down, all lines of it: some add a line of their own, and the sender's lies stand in the one before."""
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for")


def refused(scope: Scope) -> Answer | None:
    """The refusal of a request that is odd already by its head; None when it may go on. Pure."""
    if BROKEN.search(scope["path"]) or BROKEN_QUERY.search(scope["query_string"]):
        return refusal(scope, "This address has characters that cannot be read.", status=400)
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > PATH_BYTES:
        return refusal(scope, "This address is too long.", status=414)
    if len(scope["headers"]) > HEADER_COUNT or sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_BYTES:
        return refusal(scope, "The request has too many headers.", status=431)
    length = header(scope, b"content-length")
    if length and not (length.isascii() and length.isdigit()):
        return refusal(scope, "The length of the request cannot be read.", status=400)
    if length and int(length[:20]) > limit_for(scope["path"]):
        return too_large(scope)
    return None


def too_large(scope: Scope) -> Answer:
    return refusal(scope, "This is more than can be taken at once.", status=413, more={"Connection": "close"})


def refusal(scope: Scope, words: str, *, status: int, more: Mapping[str, str] | None = None) -> Answer:
    """A short text, or what programs read at their addresses."""
    if problems.is_for_programs(scope["path"]):
        return problems.document(Problem(status, "refused", words), more)
    return as_text(words, status=status, more=more)


def limit_for(path: str) -> int:
    """How many bytes a body sent to this path may have."""
    if MAILS.match(path):
        return MAIL_BYTES
    return UPLOAD_BYTES if UPLOADS.match(path) else BODY_BYTES


def limited(receive: Receive, limit_bytes: int) -> Receive:
    """`receive` that counts what comes, whatever Content-Length said. :raises BodyTooLarge: at the first byte too many"""
    size_bytes = 0

    async def receive_counted() -> Message:
        nonlocal size_bytes
        message = await receive()
        size_bytes += len(message.get("body", b""))
        if size_bytes > limit_bytes:
            raise BodyTooLarge
        return message

    return receive_counted


async def body_of(receive: Receive) -> bytes | None:
    """The whole body, in memory; None when the sender went away. :raises BodyTooLarge, BodyTooSlow:"""
    message = await next_part(receive)
    body: bytes = message.get("body", b"")
    while message["type"] == "http.request" and message.get("more_body"):
        message = await next_part(receive)
        body += message.get("body", b"")
    return None if message["type"] == "http.disconnect" else body


async def next_part(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(BODY_WAIT_S):
            return await receive()
    except TimeoutError as error:
        raise BodyTooSlow from error


class WholeBodyFirst:
    """Collect a body before Django gets one of its few threads for it, and say its length (Django asks for it)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not has_body(scope):
            await self.app(scope, receive, send)
            return
        with SpooledTemporaryFile(max_size=SPOOL_BYTES) as kept:
            if not await collect(receive, kept):
                return
            size_bytes = kept.tell()
            kept.seek(0)
            names = (b"content-length", b"transfer-encoding")
            head = [(name, value) for name, value in scope["headers"] if name not in names]
            scope["headers"] = [*head, (b"content-length", str(size_bytes).encode())]
            await self.app(scope, replay(kept, size_bytes, receive), send)


def has_body(scope: Scope) -> bool:
    return header(scope, b"content-length") not in ("", "0") or bool(header(scope, b"transfer-encoding"))


async def collect(receive: Receive, target: Any) -> bool:
    """Write the whole body to `target`; false when the sender went away."""
    more = True
    while more:
        message = await next_part(receive)
        if message["type"] == "http.disconnect":
            return False
        target.write(message.get("body", b""))
        more = message.get("more_body", False)
    return True


def replay(kept: Any, size_bytes: int, receive: Receive) -> Receive:
    left = size_bytes

    async def receive_kept() -> Message:
        nonlocal left
        if left < 0:
            return await receive()
        part = kept.read(SPOOL_BYTES)
        left -= len(part)
        more = left > 0
        if not more:
            left = -1
        return {"type": "http.request", "body": part, "more_body": more}

    return receive_kept
