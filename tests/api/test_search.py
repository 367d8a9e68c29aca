"""Search by API."""

import pytest


@pytest.fixture
def settled(settle, world):
    from django.utils import timezone

    return lambda: settle(timezone.now(), allow_failures=True)


def test_conversations_are_found_by_a_word_and_customers_by_name(reader, begun, settled):
    conversation = begun("La lampada non funziona", customer={"name": "Lampadina Verdi", "email": "l@example.org"})
    settled()

    found = reader.get("/search?q=lampada").json()["items"]
    people = reader.get("/search?q=lampad&kind=customer").json()["items"]

    assert [(each["kind"], each["conversation"]["id"]) for each in found] == [("conversation", conversation["id"])]
    assert [each["customer"]["name"] for each in people] == ["Lampadina Verdi"]


def test_pages_go_through_conversations_and_then_customers(reader, begun, settled):
    for index in range(3):
        begun(f"lampada {index}", customer={"name": f"Lampada {index}", "email": f"l{index}@example.org"})
    settled()

    cursor, kinds = "", []
    while cursor is not None:
        page = reader.get(f"/search?q=lampada&limit=2{cursor and '&cursor='}{cursor}").json()
        kinds += [each["kind"] for each in page["items"]]
        cursor = page["next"]

    assert kinds == ["conversation"] * 3 + ["customer"] * 3


def test_q_narrows_the_list_of_conversations(reader, begun, settled):
    wanted = begun("La lampada non funziona")
    begun("Il divano è arrivato")
    settled()

    assert [each["id"] for each in reader.get("/conversations?q=lampada").json()["items"]] == [wanted["id"]]


@pytest.mark.parametrize("query", ["", "q=", f"q={'x' * 201}", "q=a&kind=article", "q=a&cursor=x", "q=a&sort=name"])
def test_a_search_that_is_none_is_refused(reader, world, query):
    assert reader.get(f"/search?{query}").status_code == 422


@pytest.mark.parametrize("q", ["%27%20OR%201=1", "%22", "*", "a*b(", "-", "%E2%80%AE", "NEAR(a,b)", "%F0%9F%99%82"])
def test_odd_words_find_nothing_and_break_nothing(reader, conversation, q):
    assert reader.get(f"/search?q={q}").status_code == 200
