"""Answers of the edge: JSON and short texts, never kept by anyone in between."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from starlette.types import Receive, Scope, Send

from ascolto.edge import headers
from ascolto.edge.words import said_in

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


class Problem(Exception):
    """The request cannot be done; becomes `{"error": {"code", "message"}}` with words for people."""

    def __init__(self, status: int, code: str, message: str | Promise, *, retry_after_s: int | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        """What else its answer carries."""
        return {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}

    def answer(self, language: str) -> "Answer":
        said = {"error": {"code": self.code, "message": said_in(language, self.message)}}
        return as_json(said, status=self.status, more=self.headers)


class Answer:
    """One whole answer in two sends; half the cost of starlette's Response, which works its headers out each time."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes, head: list[tuple[bytes, bytes]]) -> None:
        self.status = status
        self.body = body
        self.headers = [*head, (b"content-length", str(len(body)).encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if scope.get("method") == "HEAD" else self.body})


def as_json(content: Any, *, status: int = 200, more: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, headers.private(JSON, more))


def as_text(words: str, *, status: int = 200, more: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, words.encode(), headers.private(TEXT, more))
