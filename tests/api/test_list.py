"""Lists: filters from a list of ours, pages that stay what they were, queries that do not grow."""

from datetime import timedelta
from itertools import product

import pytest

from ascolto.conversations.models import Conversation

LISTS = ["/conversations", "/customers", "/events", "/inboxes", "/metrics"]


def all_pages(program, path, limit):
    cursor, items = None, []
    while True:
        page = program.get(f"{path}{'&' if '?' in path else '?'}limit={limit}" + (f"&cursor={cursor}" if cursor else "")).json()
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


def test_pages_are_newest_first_and_give_everything_once(reader, begun):
    begun_ids = [begun(f"domanda {index}")["id"] for index in range(7)]

    assert [row["id"] for row in all_pages(reader, "/conversations", 3)] == begun_ids[::-1]


def test_rows_added_while_paging_move_nothing(reader, begun):
    before = [begun(f"domanda {index}")["id"] for index in range(4)]
    first = reader.get("/conversations?limit=2").json()

    begun("arrivata intanto")
    second = reader.get(f"/conversations?limit=2&cursor={first['next']}").json()

    assert [row["id"] for row in first["items"] + second["items"]] == before[::-1]
    assert second["next"] is None


@pytest.mark.parametrize("bad", ["-1", "0", "101", "1000000000", "1;--", "1e3", "", "abc"])
def test_g4_a_page_has_1_to_100_rows(reader, world, bad):
    for path in ("/conversations", "/customers", "/events"):
        assert reader.get(f"{path}?limit={bad}").status_code == 422


@pytest.mark.parametrize("bad", ["", "x", "MToy", "0193a3f0-0000-7000-8000-000000000000", "%F0%28", "a" * 300])
def test_g4_a_cursor_that_no_list_made_is_refused(reader, world, bad):
    for path in ("/conversations", "/customers"):
        assert reader.get(f"{path}?cursor={bad}").status_code in (400, 422)


def test_a_cursor_of_one_list_opens_no_other(reader, begun):
    begun("uno")
    begun("due")
    cursor = reader.get("/conversations?limit=1").json()["next"]

    assert reader.get(f"/customers?cursor={cursor}").status_code == 422


def orm_paths():
    names = ["customer", "inbox", "assignee", "identity_secret", "password", "digest", "tokens", "messages"]
    for depth in (1, 2, 3):
        for path in product(names, repeat=depth):
            yield "__".join(path)


def test_g1_no_order_and_no_filter_but_ours(reader, world):
    for path in list(orm_paths())[::11]:
        for query in (f"sort={path}", f"order_by={path}", f"{path}=x", f"filter[{path}]=x"):
            if path in ("customer", "inbox", "assignee") and query.startswith(f"{path}="):
                continue
            answer = reader.get(f"/conversations?{query}")
            assert answer.status_code == 422, query
            assert answer["Content-Type"] == "application/problem+json"


def test_g1_a_filter_given_twice_is_refused(reader, world):
    assert reader.get("/conversations?status=open&status=resolved").status_code == 422


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_parameter_is_named(reader, world, path):
    answer = reader.get(f"{path}?colour=red")

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "colour")


def test_filters_find_what_they_say(writer, begun, world):
    mine = begun("uno", tags=["reso"], inbox="sito")
    other = begun("due", customer={"external_id": "anna-1"})
    writer.patch(f"/conversations/{mine['id']}", {"assignee": str(world.bruno.id), "team": "Assistenza", "priority": "high"})
    writer.patch(f"/conversations/{other['id']}", {"status": "resolved"})

    def found(query):
        return [row["id"] for row in writer.get(f"/conversations?{query}").json()["items"]]

    assert found("status=open") == found("tag=Reso") == found("inbox=sito") == found("priority=high") == [mine["id"]]
    assert (
        found("assignee=bruno@lumen.example") == found(f"assignee={world.bruno.id}") == found("team=Assistenza") == [mine["id"]]
    )
    assert found("assignee=none") == found("team=none") == found("status=resolved") == [other["id"]]
    assert found(f"customer={world.anna.id}") == [other["id"]]
    assert found("assignee=nobody@example.org") == found("team=x") == []
    later = Conversation.objects.get(pk=other["id"]).updated_at + timedelta(seconds=1)
    assert found("updated_since=2020-01-01T00:00:00Z") == [other["id"], mine["id"]]
    assert found(f"updated_since={later.strftime('%Y-%m-%dT%H:%M:%SZ')}") == []


@pytest.mark.parametrize("query", ["status=snoozed", "queue=x", "reason=x"])
def test_filters_that_are_promised_say_not_yet(reader, world, query):
    assert reader.get(f"/conversations?{query}").json()["type"] == "urn:ascolto:problem:not-yet"


@pytest.mark.parametrize("path", ["/conversations", "/customers", "/events", "/inboxes"])
def test_a_list_costs_the_same_queries_however_long(reader, begun, path, django_assert_max_num_queries):
    for index in range(6):
        begun(f"domanda {index}", customer={"email": f"gina{index}@example.org"}, tags=[f"t{index}"])

    with django_assert_max_num_queries(5):
        assert len(reader.get(path).json()["items"]) >= 1
