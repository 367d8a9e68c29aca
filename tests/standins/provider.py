"""A provider on this machine: a small HTTP server that keeps what it was asked and answers what a test wants to see."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body or b"{}"))

    @property
    def form(self) -> dict[str, Any]:
        """The fields of a form; a file as (name, bytes)."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        parts = message_from_bytes(head + self.body).get_payload()
        assert isinstance(parts, list)
        found: dict[str, Any] = {}
        for part in parts:
            content = part.get_payload(decode=True)
            name = str(part.get_param("name", header="content-disposition"))
            found[name] = (part.get_filename(), content) if part.get_filename() else content.decode()
        return found


@dataclass(frozen=True, kw_only=True)
class Said:
    """One answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def as_json(said: Any, *, status: int = 200, **headers: str) -> Said:
    return Said(status=status, body=json.dumps(said).encode(), headers={"Content-Type": "application/json", **headers})


class Provider:
    """Answers what `answer` of its subclass says, unless a test has put `next` answers into its way."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.next: list[Said] = []
        self.lock = Lock()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """As ASCOLTO_EGRESS_ALLOW has it."""
        return f"127.0.0.1:{self.port}"

    def answer(self, asked: Asked) -> Said:
        return Said(status=404)

    def take(self, asked: Asked) -> Said:
        with self.lock:
            self.asked.append(asked)
            return self.next.pop(0) if self.next else self.answer(asked)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Listening on a free port of this machine."""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_any(self) -> None:
                parts = urlsplit(self.path)
                said = provider.take(
                    Asked(
                        method=self.command,
                        path=parts.path,
                        query=dict(parse_qsl(parts.query)),
                        headers={name.lower(): value for name, value in self.headers.items()},
                        body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
                    )
                )
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            do_GET = do_POST = do_any  # noqa: N815  as the library wants it

            def log_message(self, *_: Any) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)
