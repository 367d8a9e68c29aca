"""Every address, every method, everyone: permissions.txt says who gets what, and these tests that it is so (threats.md, R14)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import resolve

from ascolto.edge import errands, limits
from ascolto.web import client as client_of_pages
from tests.architecture.test_pages import patterns
from tests.edge.desk import desk, run
from tests.threats.conftest import ACTORS, Everyone, Knocker, as_json

TABLE = Path(__file__).with_name("permissions.txt")
GUARDED_BY_ALLAUTH = ("account/",)
SAID = {  # enough for every form of the pages; each reads its own fields alone
    "text": "parole",
    "assignee": "me",
    "status": "open",
    "tags": "uno",
    "priority": "2",
    "name": "Gina",
    "email": "gina@example.org",
    "role": "agent",
    "access": "open",
    "kind": "messenger",
    "language": "it",
    "csat": "4",
    "scopes": "read",
    "days": "30",
    "time_zone": "Europe/Rome",
    "day": "2026-12-26",
    "label_it": "Domanda",
    "answered_with": "text",
    "phone": "+39 06 1234 5678",
}
BODIES: dict[str, Any] = {
    "POST /api/v1/conversations": {"inbox": "altrove", "customer": {"email": "gina@example.org"}, "body": "parole"},
    "POST /api/v1/conversations/{}/messages": {"author": "agent", "body": "parole"},
    "PATCH /api/v1/conversations/{}": {"priority": "high"},
    "POST /api/v1/customers": {"email": "gina@example.org"},
    "PATCH /api/v1/customers/{}": {"name": "Gina"},
}


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    method: str
    path: str
    wanted: dict[str, str]


def lines() -> list[Line]:
    rows = [row.split() for row in TABLE.read_text().splitlines() if row.strip() and not row.startswith("#")]
    assert rows[0] == ["method", "address", *ACTORS]
    return [Line(row[0], row[1], dict(zip(ACTORS, row[2:], strict=True))) for row in rows[1:]]


def is_of_the_edge(line: Line) -> bool:
    return line.path.startswith(("/live/", "/metrics", "/health/", "/static/", "/api/v1/stream")) or "/api/" in line.path[4:]


def area_of(line: Line) -> str:
    return line.path.split("/")[1] or "home"


LINES = lines()
OF_PAGES = [line for line in LINES if not is_of_the_edge(line)]
OF_THE_EDGE = [line for line in LINES if is_of_the_edge(line)]


def body_for(line: Line) -> dict[str, Any]:
    if line.path == "/api/v1/files":
        return {"data": {"file": SimpleUploadedFile("a.txt", b"parole")}}
    if line.path.startswith("/api/"):
        return as_json(BODIES.get(f"{line.method} {re.sub('{[^}]*}', '{}', line.path)}", {}))
    file = SimpleUploadedFile("a.txt", b"parole")
    return {"data": {**SAID, "file": file} if line.path.endswith("/files/") else SAID}


def said_to(response: Any) -> str:
    """What the table calls this answer."""
    if response.status_code == 302 and response["Location"].startswith("/account/login/"):
        return "in"
    return str(response.status_code)


def answers(line: Line, everyone: Everyone) -> Iterator[tuple[Knocker, str]]:
    """What each gets; nothing of it stays."""
    for name in ACTORS:
        knocker = everyone.actors[name]
        client_of_pages.limiter().storage.reset()
        with transaction.atomic():
            client = knocker.client(raise_request_exception=False)
            given = {} if line.method == "GET" else body_for(line)
            response = getattr(client, line.method.lower())(everyone.filled(line.path), **given)
            yield knocker, said_to(response)
            transaction.set_rollback(True)


@pytest.mark.parametrize("area", sorted({area_of(line) for line in OF_PAGES}))
def test_k1_k2_g2_everyone_gets_what_the_table_says(everyone: Everyone, area: str) -> None:
    asked = [line for line in OF_PAGES if area_of(line) == area]

    got = {f"{line.method} {line.path}": {knocker.name: said for knocker, said in answers(line, everyone)} for line in asked}

    assert got == {f"{line.method} {line.path}": line.wanted for line in asked}


def test_k1_no_address_is_missing_in_the_table(everyone: Everyone) -> None:
    """A new page without a row fails here: decide who may open it, then write it down."""
    known = {route_of(line, everyone) for line in OF_PAGES}
    routes = {path.replace("^", "") for path, _ in patterns() if not path.startswith(GUARDED_BY_ALLAUTH)}

    assert known == routes


def route_of(line: Line, everyone: Everyone) -> str:
    return resolve(everyone.filled(line.path).partition("?")[0]).route


def test_k2_a_method_that_is_not_in_the_table_does_nothing(everyone: Everyone) -> None:
    """For each address the methods without a row, as those who may do most."""
    listed: dict[str, set[str]] = {}
    for line in OF_PAGES:
        listed.setdefault(line.path, set()).add(line.method)

    for path, methods in listed.items():
        knocker = everyone.actors["write" if path.startswith("/api/") else "ada"]
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
            answer = knocker.client().generic(method, everyone.filled(path))
            assert answer.status_code in (403, 404, 405), f"{method} {path}: {answer.status_code}"


def test_k1_no_errand_of_the_messenger_is_missing_in_the_table() -> None:
    known = {(line.method, line.path) for line in OF_THE_EDGE}
    wanted = {(method, f"/messenger/sito/api/{name}{'/{A_stored}' if has_id else ''}") for method, name, has_id in errands.TABLE}

    assert wanted <= {(method, path.partition("?")[0]) for method, path in known}


EDGE_BODIES: dict[str, Any] = {
    "/messenger/sito/api/session": {},
    "/messenger/sito/api/messages": {"client_id": "1", "body": "parole", "conversation": "{A_id}"},
    "/messenger/sito/api/read": {"conversation": "{A_id}"},
    "/messenger/sito/api/typing": {"conversation": "{A_id}", "is_typing": True},
    "/messenger/sito/api/leave": {"email": "gina@example.org"},
    "/messenger/sito/api/feedback": {"token": "{A_survey}", "csat": 4},
    "/live/presence": {"conversation": "{A_number}", "is_typing": True},
}
FILE = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nparole\r\n--xx--\r\n'


def edge_body(line: Line, everyone: Everyone) -> dict[str, Any]:
    if line.path.endswith("/files"):
        return {"body": FILE}
    said = EDGE_BODIES.get(line.path, {})
    filled = {name: everyone.filled(value) if isinstance(value, str) else value for name, value in said.items()}
    if "/live/" in line.path and filled:
        filled["conversation"] = int(filled["conversation"])
    return {"said": filled}


@pytest.mark.django_db(transaction=True)
def test_k1_d4_everyone_gets_what_the_table_says_at_the_edge(everyone: Everyone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.Limits, "count", lambda *_: nothing())

    async def story() -> None:
        got: dict[str, dict[str, str]] = {}
        async with desk() as here:
            for line in sorted(OF_THE_EDGE, key=lambda line: line.path.endswith("logout")):
                for name in ACTORS:
                    knocker = everyone.actors[name]
                    headers = {"cookie": f"sessionid={knocker.cookie}"} if knocker.cookie else {}
                    if line.path.endswith("/files"):
                        headers["content-type"] = "multipart/form-data; boundary=xx"
                    asked = {"token": knocker.bearer, "headers": headers}
                    if line.method == "GET" and line.path.endswith("/stream"):
                        stream = await here.listen(line.path, **asked)
                        status = stream.status
                        await stream.leave()
                    else:
                        given = {} if line.method == "GET" else edge_body(line, everyone)
                        status = (await here.call(line.method, everyone.filled(line.path), **given, **asked)).status
                    got.setdefault(f"{line.method} {line.path}", {})[name] = str(status)
        assert got == {f"{line.method} {line.path}": line.wanted for line in OF_THE_EDGE}

    run(story())


async def nothing() -> None:
    return None
