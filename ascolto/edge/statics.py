"""Static files of the installed packages: read once, kept in memory with their compressed form."""

import asyncio
import gzip
import mimetypes
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path, PurePosixPath

from django.contrib.staticfiles import finders
from starlette.types import Receive, Scope, Send

from ascolto.edge import headers
from ascolto.edge.answer import Answer, as_text

PREFIX = "/static/"
FOR_EVER = b"public, max-age=31536000, immutable"  # its address changes with its content (web/statics.py)
ASK_AGAIN = b"no-cache"
MEMORY_BYTES = 32 * 1024 * 1024  # all packages together have less; what does not fit is read each time
# A shared worker lives under the policy of its own script, not of the page: live-worker.js opens the stream of the desk.
POLICY = b"default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
WORTH_BYTES = 512  # below, compressing gains nothing
TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")


@dataclass(frozen=True)
class Static:
    """A file as it goes out."""

    body: bytes
    compressed: bytes | None
    content_type: str
    etag: str


class Statics:
    """Serves `/static/…`; only names that the packages themselves have are ever opened."""

    def __init__(self) -> None:
        self.kept: dict[str, Static] = {}
        self.kept_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self.answer(scope)
        await answer(scope, receive, send)

    async def answer(self, scope: Scope) -> Answer:
        if scope["method"] not in ("GET", "HEAD"):
            return as_text("Only GET works here.", status=405, more={"Allow": "GET, HEAD"})
        name = scope["path"][len(PREFIX) :]
        found = self.kept.get(name) or (await asyncio.to_thread(self.read, name) if is_plain(name) else None)
        if found is None:
            return as_text("There is no such file.", status=404)
        kept = FOR_EVER if scope["query_string"].startswith(b"v=") else ASK_AGAIN
        head = [
            *(each for each in headers.SECURITY if each[0] != b"content-security-policy"),
            (b"content-security-policy", POLICY),
            (b"content-type", found.content_type.encode()),
            (b"cache-control", kept),
            (b"etag", found.etag.encode()),
            (b"vary", b"Accept-Encoding"),
        ]
        if headers.header(scope, b"if-none-match") == found.etag:
            return NotModified(head)
        if found.compressed is not None and "gzip" in headers.header(scope, b"accept-encoding"):
            return Answer(200, found.compressed, [*head, (b"content-encoding", b"gzip")])
        return Answer(200, found.body, head)

    def read(self, name: str) -> Static | None:
        """The file, from one of the packages' static folders; None when none has it."""
        place = finders.find(name)
        if not isinstance(place, str) or not Path(place).is_file():
            return None
        body = Path(place).read_bytes()
        found = Static(body, compressed(body, type_of(name)), type_of(name), f'"{sha256(body).hexdigest()[:16]}"')
        if self.kept_bytes + len(body) <= MEMORY_BYTES and name not in self.kept:
            self.kept[name] = found
            self.kept_bytes += len(body)
        return found


class NotModified(Answer):
    """304: what the browser has is still right."""

    def __init__(self, head: list[tuple[bytes, bytes]]) -> None:
        super().__init__(304, b"", [*head, (b"date", formatdate(usegmt=True).encode())])
        self.headers = self.headers[:-1]


def is_plain(name: str) -> bool:
    """Whether this can be the name of a file inside a folder: no way up, no root, no hidden part. Pure."""
    parts = PurePosixPath(name).parts
    return bool(parts) and "\\" not in name and not name.startswith("/") and not any(part.startswith(".") for part in parts)


def type_of(name: str) -> str:
    if name.endswith((".js", ".mjs")):
        return "text/javascript; charset=utf-8"
    found = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def compressed(body: bytes, content_type: str) -> bytes | None:
    if len(body) < WORTH_BYTES or not content_type.startswith(TEXTS):
        return None
    small = gzip.compress(body, 9, mtime=0)
    return small if len(small) < len(body) * 0.9 else None
