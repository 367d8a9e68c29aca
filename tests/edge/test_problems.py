"""Refusals of the programs' API that the edge speaks: the same documents as the API's own."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError

from ascolto.accounts import tokens
from ascolto.api import problems as of_the_api
from ascolto.edge import problems
from ascolto.edge import stream as door
from ascolto.edge.guard import MB
from tests.edge.desk import Reply, desk, run


def program() -> str:
    return tokens.create(name="Programma", scopes=["read"], at=datetime.now(UTC))[1]


def members_of_the_api(name: str, status: int) -> dict[str, Any]:
    return of_the_api.body_of(of_the_api.Problem(name, "words", status=status), "id")


def check(reply: Reply, status: int, name: str) -> None:
    """A document with the API's own members, type and title, and the headers that the API sends."""
    said = reply.json
    api = members_of_the_api(name, status)
    assert reply.status == status
    assert reply.headers["content-type"] == of_the_api.CONTENT_TYPE
    assert list(said) == list(api)
    assert {key: said[key] for key in ("type", "title", "status")} == {key: api[key] for key in ("type", "title", "status")}
    assert said["detail"]
    assert reply.headers["x-request-id"] == said["request_id"]


def test_the_names_and_titles_are_the_apis() -> None:
    for status, (name, title) in {**problems.BY_STATUS, 400: problems.OTHER}.items():
        assert of_the_api.TITLES[name] == (status, title)
        assert of_the_api.BY_STATUS[status] == name
    assert (problems.PREFIX, problems.CONTENT_TYPE, problems.URN) == (
        of_the_api.PREFIX,
        of_the_api.CONTENT_TYPE,
        of_the_api.URN,
    )


def test_what_ends_at_the_door_is_a_problem_document(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            chunked = {"transfer-encoding": "chunked"}
            half = b"x" * (MB // 2)
            check(await here.call("GET", "/api/v1/a\ufffd"), 400, "bad-request")
            check(await here.call("GET", "/api/v1/conversations?q=%00"), 400, "bad-request")
            check(await here.call("GET", "/api/v1/" + "a" * 9000), 414, "bad-request")
            check(await here.call("GET", "/api/v1/inboxes", headers={f"x-{n}": "1" for n in range(120)}), 431, "bad-request")
            check(await here.call("POST", "/api/v1/files", headers={"content-length": str(27 * MB)}), 413, "too-large")
            check(await here.call("POST", "/api/v1/customers", parts=[half, half, b"x"], headers=chunked), 413, "too-large")
            check(await here.call("POST", "/api/v1/customers", headers={"content-length": "ten"}), 400, "bad-request")
            plain = await here.call("GET", "/elsewhere\ufffd")
            assert plain.headers["content-type"].startswith("text/plain")

    run(story())


def test_what_the_stream_refuses_is_a_problem_document(world: Any) -> None:
    raw = program()

    async def story() -> None:
        async with desk() as here:
            forged = await here.call("GET", "/api/v1/stream", token="asc_forged")
            check(forged, 401, "unauthenticated")
            assert forged.headers["www-authenticate"].startswith("Bearer")
            check(await here.call("GET", "/api/v1/stream"), 401, "unauthenticated")
            check(await here.call("POST", "/api/v1/stream", {}, token=raw), 405, "method-not-allowed")
            unknown = await here.call("GET", "/api/v1/stream?kinds=account.signed_in", token=raw)
            check(unknown, 422, "invalid")
            assert unknown.json["errors"][0]["path"] == "kinds"

    run(story())


def test_too_many_streams_are_refused_in_a_problem_document(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = program()

    async def story() -> None:
        async with desk() as here:
            for most in ("PER_PERSON", "PER_PROCESS"):
                with monkeypatch.context() as patched:
                    patched.setattr(door, most, 0)
                    for path in ("/api/v1/stream", "/api/v1/events?wait=5"):
                        reply = await here.call("GET", path, token=raw)
                        status, name = (429, "too-many-requests") if most == "PER_PERSON" else (503, "unavailable")
                        check(reply, status, name)
                        assert reply.headers["retry-after"] == "15"

    run(story())


def test_a_database_that_is_away_is_said_in_the_form_of_the_address(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(keys: Any) -> Any:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("ascolto.edge.permits.READERS", {"token": away, "visit": away, "session": away})

    async def story() -> None:
        async with desk() as here:
            reply = await here.call("GET", "/api/v1/stream", token="asc_any")
            check(reply, 503, "unavailable")
            assert "server closed" not in json.dumps(reply.json)
            visitor = await here.call("GET", "/messenger/sito/api/conversations", token="any")
            assert (visitor.status, visitor.code, visitor.headers["retry-after"]) == (503, "busy", "2")

    run(story())
