"""Odd requests get a clear short answer and leave nothing behind (G6, G7); whatever goes wrong is a problem document."""

import json

import pytest
from django.apps import apps
from django.db import OperationalError
from django.test import Client
from limits.errors import StorageError

from ascolto.api import limits
from ascolto.api.v1 import inboxes
from ascolto.conversations.models import Conversation

GOOD = '{"customer": {"name": "Gina"}, "body": "ciao"}'


def send(program, raw, content_type="application/json", path="/conversations", method="POST"):
    return Client().generic(
        method, f"/api/v1{path}", data=raw, content_type=content_type, headers={"Authorization": f"Bearer {program.raw}"}
    )


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        "nothing",
        "\ufeff" + GOOD,
        GOOD + GOOD,
        '{"body": NaN}',
        '{"body": -Infinity}',
        '{"body": 1e999}',
        '{"body": 123456789012345678901234567890}',
        '{"body": "a", "body": "b"}',
        '{"customer": {"name": "a", "name": "b"}, "body": "b"}',
        '{"attributes": ' + '{"a":' * 40 + "1" + "}" * 40 + "}",
        "[" * 100_000,
        "[" * 33 + "]" * 33,
        '{"body": "\\ud800"}',
        '{"body": "a\\u0000b"}',
        b'{"body": "\xff\xfe"}',
        b"\x00\x01",
        "1" * 5000,
    ],
)
def test_g7_what_is_not_plain_json_is_refused(writer, raw):
    answer = send(writer, raw)

    assert answer.status_code in (400, 422), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert Conversation.objects.count() == 0


@pytest.mark.parametrize("raw", ["[]", "null", '"x"', "7", "{}"])
def test_g7_a_body_of_another_shape_is_refused(writer, raw):
    assert send(writer, raw).status_code == 422


def test_g7_a_megabyte_is_the_limit(writer):
    answer = send(writer, json.dumps({"customer": {"name": "X"}, "body": "x" * 1024 * 1024}))

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:ascolto:problem:too-large")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_g6_a_form_of_another_site_is_no_body(writer, content_type):
    assert send(writer, GOOD, content_type).status_code == 415
    assert Conversation.objects.count() == 0


def test_g6_reading_writes_nothing(reader, conversation, world):
    reader.get("/conversations")
    before = everything()

    for path in (
        "/conversations",
        f"/conversations/{conversation.id}",
        f"/conversations/{conversation.id}/messages",
        f"/conversations/{conversation.id}/events",
        "/customers",
        f"/customers/{world.anna.id}",
        "/inboxes",
        "/events",
        "/search?q=lampada",
        "/openapi.json",
        "/docs",
    ):
        for method in ("GET", "HEAD"):
            answer = reader.call(method, path)
            assert answer.status_code == 200, (method, path)
            assert (method == "HEAD") == (answer.content == b"")

    assert everything() == before


def everything():
    """Every row of every table."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in apps.get_models()}


@pytest.mark.parametrize("path", ["/", "/nothing", "/conversations/", "/conversations/1/nothing", "/admin", "/%FF", "/a%00b"])
def test_unknown_addresses_are_problems(reader, world, path):
    answer = reader.get(path)

    assert answer.status_code in (400, 404)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer["X-Request-Id"]


@pytest.mark.parametrize(("method", "path"), [("PUT", "/conversations"), ("DELETE", "/conversations/1"), ("POST", "/search")])
def test_other_methods_are_problems(writer, method, path):
    answer = writer.call(method, path)

    assert answer.status_code == 405
    assert answer["Allow"]
    assert answer.json()["type"] == "urn:ascolto:problem:method-not-allowed"


def test_what_breaks_says_so_and_tells_nothing(reader, monkeypatch, caplog):
    def broken(*args):
        raise RuntimeError("a secret path")

    monkeypatch.setattr(inboxes.access, "inboxes", broken)
    answer = reader.get("/inboxes")

    assert answer.status_code == 500
    assert b"secret" not in answer.content
    assert answer.json()["request_id"] in caplog.text


def test_a_database_that_is_away_is_503(reader, monkeypatch):
    def away(*args):
        raise OperationalError("locked")

    monkeypatch.setattr(inboxes.access, "inboxes", away)
    answer = reader.get("/inboxes")

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_g8_too_many_calls_are_refused_with_the_time_to_wait(reader, program_with, monkeypatch):
    monkeypatch.setattr(limits, "PER_MINUTE", 3)

    answers = [reader.get("/inboxes") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[0]["RateLimit-Policy"] == '"token";q=3;w=60'
    assert answers[0]["RateLimit"].startswith('"token";r=2;t=')
    assert 1 <= int(answers[-1]["Retry-After"]) <= 120
    assert answers[-1].json()["type"] == "urn:ascolto:problem:too-many-requests"
    assert program_with("read").get("/inboxes").status_code == 200


def test_calls_go_through_while_the_counter_is_away(reader, monkeypatch):
    def away(*args):
        raise StorageError(ConnectionError("redis is gone"))

    monkeypatch.setattr(limits.limiter(), "hit", away)

    assert reader.get("/inboxes").status_code == 200


@pytest.mark.parametrize(
    "raw", [b"", b"--x", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf', b"\xff" * 100]
)
def test_a_broken_form_is_refused(writer, raw):
    answer = send(writer, raw, "multipart/form-data; boundary=x", "/files")

    assert answer.status_code in (400, 422), answer.content
    assert send(writer, raw, "multipart/form-data", "/files").status_code in (400, 422)
    keyed = {"Authorization": f"Bearer {writer.raw}", "Idempotency-Key": "k-1"}
    kept = Client().generic("POST", "/api/v1/files", data=raw, content_type="multipart/form-data", headers=keyed)
    assert kept.status_code in (400, 422)


def test_g3_no_token_stands_in_a_log_or_an_answer(reader, writer, world, caplog, monkeypatch):
    def broken(*args):
        raise RuntimeError("broken")

    answers = [reader.get("/nothing"), reader.get("/inboxes?colour=1"), send(writer, "{")]
    monkeypatch.setattr(inboxes.access, "inboxes", broken)
    answers.append(reader.get("/inboxes"))

    for raw in (reader.raw, writer.raw):
        assert raw not in caplog.text
        assert all(raw.encode() not in answer.content for answer in answers)
