"""The OpenAPI document and its page; and what generated requests make of it."""

import re

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from ascolto.api.v1.document import document

CALLS = {
    ("get", "/api/v1/conversations"),
    ("post", "/api/v1/conversations"),
    ("get", "/api/v1/conversations/{reference}"),
    ("patch", "/api/v1/conversations/{reference}"),
    ("get", "/api/v1/conversations/{reference}/messages"),
    ("post", "/api/v1/conversations/{reference}/messages"),
    ("get", "/api/v1/conversations/{reference}/events"),
    ("get", "/api/v1/customers"),
    ("post", "/api/v1/customers"),
    ("get", "/api/v1/customers/{id}"),
    ("patch", "/api/v1/customers/{id}"),
    ("post", "/api/v1/files"),
    ("get", "/api/v1/files/{id}"),
    ("get", "/api/v1/search"),
    ("get", "/api/v1/events"),
    ("get", "/api/v1/stream"),
    ("get", "/api/v1/inboxes"),
    ("get", "/api/v1/metrics"),
    ("get", "/api/v1/metrics/{name}"),
}


def test_the_document_lists_every_call_with_its_problems(db):
    answer = Client().get("/api/v1/openapi.json")

    paths = answer.json()["paths"]
    assert answer.status_code == 200
    assert {(method, path) for path, place in paths.items() for method in place} == CALLS
    for path, place in paths.items():
        for operation in place.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"], path
            assert operation["security"], path


def test_every_reference_in_the_document_leads_somewhere(db):
    text = Client().get("/api/v1/openapi.json").content.decode()
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', text))

    assert names <= set(document()["components"]["schemas"])


def test_the_page_is_whole_without_scripts_and_without_others(db):
    answer = Client().get("/api/v1/docs")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<script" not in page
    assert "style=" not in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    for _, path in CALLS:
        assert path in page


SCHEMA = schemathesis.openapi.from_dict({**document(), "servers": [{"url": "http://testserver"}]})


@pytest.mark.parametrize(
    "operation",
    [each.ok() for each in SCHEMA.get_all_operations() if "stream" not in each.ok().path],
    ids=lambda each: each.label,
)
def test_g7_generated_requests_never_break_it(operation, writer, conversation):
    seen = []

    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(case=operation.as_strategy())
    def ask(case):
        seen.append(asked(writer, case))

    ask()

    assert seen
    assert all(status < 500 for status in seen)


def asked(program, case):
    """Send a generated case as the test client would; what it answers must be of the document's kind."""
    from requests import Request

    wanted = Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    body = wanted.body if isinstance(wanted.body, bytes) else (wanted.body or "").encode()
    answer = Client().generic(
        wanted.method,
        wanted.path_url,
        data=body,
        content_type=wanted.headers.get("Content-Type", "application/json"),
        headers={
            "Authorization": f"Bearer {program.raw}",
            **{name: value for name, value in wanted.headers.items() if name in ("Idempotency-Key", "If-Match")},
        },
    )
    kind = answer["Content-Type"].partition(";")[0]
    assert kind == ("application/json" if answer.status_code < 400 else "application/problem+json"), answer.content
    return answer.status_code
