"""POST /conversations: a customer's message comes in by API."""

import pytest

from ascolto.conversations.models import Conversation, Inbox, Message
from ascolto.people.models import Customer
from ascolto.workspace.models import Workspace

QUESTION = "Ho aggiornato il programma e ora non si avvia."


def test_a_message_from_a_customer_begins_a_conversation(writer):
    answer = writer.post(
        "/conversations",
        {
            "customer": {"email": "Gina@Example.org", "name": "Gina Russo", "language": "it"},
            "subject": "Non parte",
            "body": QUESTION,
            "external_id": "ticket-7",
            "tags": ["Urgente"],
            "attributes": {"ordine": 1234},
        },
    )

    conversation = answer.json()
    assert answer.status_code == 201
    assert conversation["status"] == "open"
    assert conversation["number"] > 1000
    assert conversation["inbox"] == "api"
    assert conversation["customer"]["email"] == "gina@example.org"
    assert conversation["tags"] == ["urgente"]
    assert conversation["attributes"] == {"ordine": 1234}
    assert conversation["created_at"].endswith("Z")
    assert answer["Location"] == f"/api/v1/conversations/{conversation['id']}"
    assert answer["ETag"]
    row = Message.objects.get(conversation=conversation["id"])
    assert (row.author_kind, row.text) == ("customer", QUESTION)


def test_the_first_conversation_makes_the_inbox_and_the_second_uses_it(begun):
    begun("uno")
    begun("due")

    assert Inbox.objects.filter(kind="api").count() == 1


def test_the_same_external_id_returns_the_first_conversation(writer, begun):
    first = begun(external_id="ticket-7")

    again = writer.post(
        "/conversations", {"customer": {"email": "gina@example.org"}, "body": "ancora", "external_id": "ticket-7"}
    )

    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert Message.objects.filter(conversation=first["id"]).count() == 1


def test_an_external_id_of_another_token_is_a_conflict(begun, program_with):
    begun(external_id="ticket-7")

    answer = program_with("write").post("/conversations", {"customer": {"name": "X"}, "body": "b", "external_id": "ticket-7"})

    assert answer.status_code == 409


def test_a_known_customer_is_found_by_external_id_and_by_mail(writer, world):
    for customer in ({"external_id": "anna-1"}, {"email": "ANNA@example.org"}, {"id": str(world.anna.id)}):
        answer = writer.post("/conversations", {"customer": customer, "body": QUESTION})

        assert answer.json()["customer"]["id"] == str(world.anna.id)


def test_html_is_kept_safe_and_as_plain_text(writer, begun):
    html = "<p>Buongiorno <b>a tutti</b></p><script>alert(1)</script><img src=x onerror=alert(1)>"

    conversation = begun(html, body_format="html")

    row = Message.objects.get(conversation=conversation["id"])
    assert row.text == "Buongiorno a tutti"
    assert "script" not in row.html
    assert "onerror" not in row.html
    assert "<b>a tutti</b>" in row.html


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"body": " \u200b\n"}, "body"),
        ({"body": "x" * 100_001}, "body"),
        ({"body": None}, "body"),
        ({"customer": {}}, "customer"),
        ({"customer": {"email": "not a mail"}}, "customer.email"),
        ({"customer": {"phone": "call me"}}, "customer.phone"),
        ({"customer": {"id": "0193a3f0-0000-7000-8000-000000000000"}}, "customer.id"),
        ({"customer": {"name": "X", "vip": True}}, "customer.vip"),
        ({"inbox": "nowhere"}, "inbox"),
        ({"sent_at": "2099-01-01T00:00:00Z"}, "sent_at"),
        ({"sent_at": "yesterday"}, "sent_at"),
        ({"sent_at": "2026-11-18T11:00:00"}, "sent_at"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"attributes": {"a": {"b": 1}}}, "attributes"),
        ({"external_id": "a\nb"}, "external_id"),
        ({"attachments": ["0193a3f0-0000-7000-8000-000000000000"]}, "attachments.0"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_stored(writer, change, path):
    answer = writer.post("/conversations", {"customer": {"name": "Gina"}, "body": QUESTION, **change})

    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert [each["path"] for each in answer.json()["errors"]] == [path]
    assert Conversation.objects.count() == 0
    assert Customer.objects.filter(name="Gina").count() == 0


def test_right_to_left_turns_and_controls_cannot_leave_the_message(begun):
    conversation = begun("invoice\u202etxt.exe\x07")

    text = Message.objects.get(conversation=conversation["id"]).text
    assert "\x07" not in text
    assert text.endswith("\u202c")


def test_a_desk_that_is_not_set_up_says_so(writer):
    Workspace.objects.all().delete()

    answer = writer.post("/conversations", {"customer": {"name": "Gina"}, "body": QUESTION})

    assert answer.status_code == 503
    assert answer["Retry-After"]
