"""Figures by API, with their definitions."""

from datetime import timedelta

import pytest

from tests.asked import answer, ask


@pytest.fixture
def answered(world, anna_writes):
    def make(csat, *, inbox=None):
        at = world.now - timedelta(days=1)
        conversation = anna_writes("x", at=at, inbox=inbox)
        invitation = ask(conversation, at=at)
        answer(invitation, at=at, csat=csat, effort=2)

    return make


PERIOD = "from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z"


def test_every_figure_says_what_it_means(reader):
    items = reader.get("/metrics").json()["items"]

    assert [each["name"] for each in items] == ["csat", "ces-a", "answers", "response-rate"]
    assert all(each["rule"] and each["cohort"] and each["version"] for each in items)


def test_a_figure_comes_with_its_cases_and_its_interval(reader, answered):
    for score in (5, 5, 4, 5, 1):
        answered(score)

    found = reader.get(f"/metrics/csat?{PERIOD}").json()

    [value] = found["values"]
    assert (value["n"], value["value"], value["shown"]) == (5, 80, "grey")
    assert value["low"] < 80 < value["high"]
    assert reader.get(f"/metrics/answers?{PERIOD}").json()["values"][0]["value"] == 5


def test_fewer_than_five_cases_are_hidden(reader, answered):
    answered(5)

    value = reader.get(f"/metrics/csat?{PERIOD}").json()["values"][0]

    assert (value["n"], value["value"], value["low"], value["shown"]) == (1, None, None, "hidden")


def test_k1_a_narrowed_token_counts_its_inbox_alone(narrow, program_with, world, answered):
    for _ in range(6):
        answered(5)

    assert [(each["inbox"], each["n"]) for each in narrow.get(f"/metrics/csat?{PERIOD}&by=inbox").json()["values"]] == [
        ("altrove", 0)
    ]
    by_inbox = program_with("read").get(f"/metrics/csat?{PERIOD}&by=inbox").json()["values"]
    assert {each["inbox"]: each["n"] for each in by_inbox} == {"sito": 6, "modulo": 0, "altrove": 0}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/metrics/nothing", 404),
        ("/metrics/csat?from=2026-12-01T00:00:00Z&to=2026-11-01T00:00:00Z", 422),
        ("/metrics/csat?from=2001-12-01T00:00:00Z", 422),
        ("/metrics/csat?from=yesterday", 422),
        ("/metrics/csat?by=agent", 422),
        ("/metrics/csat?since=2026-11-01T00:00:00Z", 422),
    ],
)
def test_what_cannot_be_counted_is_refused(reader, world, path, status):
    assert reader.get(path).status_code == status
