"""Programs with tokens, calling as they would over HTTP."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from ascolto.accounts import tokens
from ascolto.api import limits


@dataclass
class Program:
    """A program with a token of its own; `call` is one request, `.json()` of its answer the body."""

    token: Any
    raw: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return Client().generic(
            method, f"/api/v1{path}", headers={"Authorization": f"Bearer {self.raw}", **named(headers)}, **content
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("PATCH", path, body, **headers)

    def upload(self, name: str, content: bytes, **headers: str) -> Any:
        from django.core.files.uploadedfile import SimpleUploadedFile

        return Client().post(
            "/api/v1/files",
            {"file": SimpleUploadedFile(name, content)},
            headers={"Authorization": f"Bearer {self.raw}", **named(headers)},
        )


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture(autouse=True)
def fresh_limits():
    """What one test has used up is not another's loss."""
    limits.limiter().storage.reset()


@pytest.fixture
def program_with(world):
    """`program_with("read", "inbox:sito")`: a program whose token has these scopes."""

    def make(*scopes: str) -> Program:
        token, raw = tokens.create(name="Gestionale", scopes=scopes, expires_at=None, at=world.now)
        return Program(token, raw)

    return make


@pytest.fixture
def reader(program_with):
    return program_with("read")


@pytest.fixture
def writer(program_with):
    return program_with("write")


@pytest.fixture
def narrow(program_with):
    """May write, in the inbox `altrove` alone."""
    return program_with("write", "inbox:altrove")


@pytest.fixture
def begun(writer):
    """`begun("words", email=…)`: a conversation begun by the API."""

    def begin(words: str = "Dove è il mio ordine?", *, by: Program | None = None, inbox: str | None = None, **rest: Any) -> Any:
        body = {"customer": {"email": "gina@example.org", "name": "Gina"}, "body": words, **rest}
        if inbox:
            body["inbox"] = inbox
        answer = (by or writer).post("/conversations", body)
        assert answer.status_code == 201, answer.content
        return answer.json()

    return begin
