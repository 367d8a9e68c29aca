"""A token narrowed to one inbox sees nothing of the others, whatever it swaps or asks (G2, G9, K1)."""

import pytest

from ascolto.conversations.models import Conversation, Message
from ascolto.search.index import Document, put

CANARY = "parolasegretissima"


@pytest.fixture
def hidden(begun, writer, world):
    """A conversation in another inbox, with a canary in each place that a list, a search or an event might show."""
    conversation = begun(
        f"domanda {CANARY}",
        inbox="sito",
        customer={"external_id": "gina-7", "email": f"{CANARY}@example.org", "name": f"Gina {CANARY}"},
        subject=CANARY,
        tags=[CANARY],
        attributes={CANARY: CANARY},
    )
    writer.post(f"/conversations/{conversation['id']}/messages", {"author": "agent", "body": CANARY, "visibility": "internal"})
    for message in Message.objects.filter(conversation=conversation["id"]):
        put([Document(key=message.id, group=message.conversation_id, scope=world.inbox.id, at=message.at, public=CANARY)])
    return conversation


def reads(hidden):
    id, number, customer = hidden["id"], hidden["number"], hidden["customer"]["id"]
    return [
        f"/conversations/{id}",
        f"/conversations/{number}",
        f"/conversations/{id}/messages",
        f"/conversations/{number}/events",
        f"/customers/{customer}",
    ]


def lists(hidden):
    return [
        "/conversations",
        f"/conversations?customer={hidden['customer']['id']}",
        "/conversations?inbox=sito",
        f"/conversations?tag={CANARY}",
        f"/conversations?q={CANARY}",
        f"/conversations?q={hidden['number']}",
        "/customers",
        "/customers?external_id=gina-7",
        f"/customers?email={CANARY}@example.org",
        f"/search?q={CANARY}",
        f"/search?q={hidden['number']}",
        "/search?q=gina-7&kind=customer",
        "/events?limit=100",
    ]


def test_an_unnarrowed_token_finds_the_canary(writer, hidden):
    for path in [*reads(hidden)[:3], reads(hidden)[4], "/conversations", f"/search?q={CANARY}", f"/conversations?q={CANARY}"]:
        answer = writer.get(path)
        assert CANARY in answer.content.decode().replace(path, ""), path


def test_k1_swapped_ids_and_numbers_are_not_found(narrow, hidden):
    for path in reads(hidden):
        answer = narrow.get(path)
        assert answer.status_code == 404, path
        assert CANARY.encode() not in answer.content


def test_k1_no_list_search_or_event_shows_another_inbox(narrow, hidden):
    for path in lists(hidden):
        answer = narrow.get(path)
        assert answer.status_code == 200, path
        assert answer.json()["items"] == [], path
        assert CANARY.encode() not in answer.content


def test_k1_nothing_of_another_inbox_is_written(narrow, hidden):
    number, customer = hidden["number"], hidden["customer"]["id"]
    before = Conversation.objects.get(pk=hidden["id"]).version

    answers = [
        narrow.patch(f"/conversations/{number}", {"status": "resolved"}),
        narrow.post(f"/conversations/{number}/messages", {"author": "agent", "body": "x"}),
        narrow.patch(f"/customers/{customer}", {"name": "Mia"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert Conversation.objects.get(pk=hidden["id"]).version == before


def test_g2_ids_in_a_body_are_authorised_too(narrow, writer, hidden):
    begin = {"customer": {"name": "X"}, "body": "b", "inbox": "altrove"}
    foreign = writer.upload("a.txt", b"a").json()["id"]

    answers = [
        narrow.post("/conversations", {**begin, "inbox": "sito"}),
        narrow.post("/conversations", {**begin, "customer": {"id": hidden["customer"]["id"]}}),
        narrow.post("/conversations", {**begin, "attachments": [foreign]}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert narrow.get(f"/files/{foreign}").status_code == 404


def test_g2_a_claim_does_not_show_a_narrowed_token_a_stranger(narrow, hidden):
    for customer in ({"external_id": "gina-7"}, {"email": f"{CANARY}@example.org"}):
        begun = narrow.post("/conversations", {"customer": customer, "body": "b", "inbox": "altrove"}).json()

        assert begun["customer"]["id"] != hidden["customer"]["id"]
        seen = narrow.get(f"/customers/{begun['customer']['id']}").json()
        assert seen["name"] == ""


def test_a_narrowed_token_works_in_its_own_inbox(narrow):
    begun = narrow.post("/conversations", {"customer": {"email": "dino@example.org"}, "body": "b", "inbox": "altrove"}).json()

    assert narrow.patch(f"/conversations/{begun['number']}", {"priority": "high"}).status_code == 200
    assert [each["id"] for each in narrow.get("/conversations").json()["items"]] == [begun["id"]]
    assert [each["id"] for each in narrow.get("/customers").json()["items"]] == [begun["customer"]["id"]]
    assert [each["key"] for each in narrow.get("/inboxes").json()["items"]] == ["altrove"]
    assert {each["kind"] for each in narrow.get("/events").json()["items"]} >= {"conversation.started"}


def test_a_narrowed_token_must_name_its_inbox_and_makes_no_customers(narrow):
    assert narrow.post("/conversations", {"customer": {"name": "X"}, "body": "b"}).status_code == 422
    assert narrow.post("/customers", {"email": "gina@example.org"}).status_code == 403


def test_a_token_narrowed_to_an_inbox_that_is_not_there_sees_nothing(program_with, hidden):
    nobody = program_with("write", "inbox:nowhere")

    for path in [*lists(hidden), "/inboxes"]:
        assert nobody.get(path).json()["items"] == [], path
