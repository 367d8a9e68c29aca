"""Messages in and out by API."""

import pytest

from ascolto.conversations.models import Conversation, Message


def test_an_agents_reply_hands_the_turn_to_the_customer(writer, conversation):
    answer = writer.post(f"/conversations/{conversation.number}/messages", {"author": "agent", "body": "Ci pensiamo noi."})

    message = answer.json()
    assert answer.status_code == 201, answer.content
    assert (message["author"], message["visibility"], message["body"]) == ("agent", "public", "Ci pensiamo noi.")
    assert message["author_person"] is None
    assert Conversation.objects.get(pk=conversation.pk).status == "waiting"


def test_a_bot_is_a_bot(writer, conversation):
    message = writer.post(f"/conversations/{conversation.number}/messages", {"author": "bot", "body": "Benvenuta."}).json()

    assert message["author"] == "bot"


def test_a_note_changes_nobodys_turn(writer, conversation):
    answer = writer.post(
        f"/conversations/{conversation.number}/messages", {"author": "agent", "visibility": "internal", "body": "Cliente gentile"}
    )

    assert answer.json()["visibility"] == "internal"
    assert Conversation.objects.get(pk=conversation.pk).status == "open"


def test_a_customers_message_reopens_what_was_resolved(writer, conversation):
    writer.patch(f"/conversations/{conversation.number}", {"status": "resolved"})

    answer = writer.post(
        f"/conversations/{conversation.number}/messages",
        {"author": "customer", "body": "Ancora io", "sent_at": "2026-01-02T03:04:05+01:00"},
    )

    assert answer.status_code == 201, answer.content
    assert answer.json()["sent_at"] == "2026-01-02T02:04:05Z"
    assert Conversation.objects.get(pk=conversation.pk).status == "open"


@pytest.mark.parametrize("author", ["agent", "customer"])
def test_the_same_external_id_is_the_same_message(writer, conversation, author):
    path = f"/conversations/{conversation.number}/messages"
    first = writer.post(path, {"author": author, "body": "uno", "external_id": "m-1"})

    again = writer.post(path, {"author": author, "body": "uno", "external_id": "m-1"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["external_id"] == "m-1"
    assert Message.objects.filter(text="uno").count() == 1


def test_k1_an_external_id_shows_no_message_of_another_conversation(writer, begun):
    one, other = begun("uno"), begun("due")
    writer.post(f"/conversations/{one['id']}/messages", {"author": "agent", "body": "segreto", "external_id": "m-1"})

    answer = writer.post(f"/conversations/{other['id']}/messages", {"author": "agent", "body": "x", "external_id": "m-1"})

    assert answer.status_code == 409
    assert b"segreto" not in answer.content


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"author": "system"}, "author"),
        ({"author": None}, "author"),
        ({"visibility": "secret"}, "visibility"),
        ({"author": "customer", "visibility": "internal"}, "visibility"),
        ({"body": "  "}, "body"),
        ({"send_at": "2027-01-01T00:00:00Z"}, "send_at"),
        ({"sent_at": "2026-01-01T00:00:00Z"}, "sent_at"),
        ({"attachments": ["0193a3f0-0000-7000-8000-000000000000"]}, "attachments.0"),
        ({"author_id": "x"}, "author_id"),
    ],
)
def test_what_cannot_be_written_is_named(writer, conversation, change, path):
    answer = writer.post(f"/conversations/{conversation.number}/messages", {"author": "agent", "body": "ciao", **change})

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)
    assert Message.objects.count() == 1


def test_the_list_is_newest_first_with_notes_marked(writer, conversation):
    path = f"/conversations/{conversation.number}/messages"
    writer.post(path, {"author": "agent", "body": "nota", "visibility": "internal"})
    writer.post(path, {"author": "agent", "body": "risposta"})

    items = writer.get(path).json()["items"]

    assert [(each["author"], each["visibility"]) for each in items] == [
        ("agent", "public"),
        ("agent", "internal"),
        ("customer", "public"),
    ]
    assert len(writer.get(f"{path}?visibility=public").json()["items"]) == 2
    assert writer.get(f"{path}?updated_since=2099-01-01T00:00:00Z").json()["items"] == []
    assert writer.get(f"{path}?limit=1").json()["next"]


def test_the_history_is_oldest_first_and_paged(writer, conversation):
    writer.patch(f"/conversations/{conversation.number}", {"status": "resolved", "priority": "high"})
    path = f"/conversations/{conversation.number}/events"

    first = writer.get(f"{path}?limit=2").json()
    rest = writer.get(f"{path}?limit=50&cursor={first['next']}").json()

    kinds = [each["kind"] for each in first["items"] + rest["items"]]
    assert kinds == [
        "conversation.started",
        "conversation.message_received",
        "conversation.priority_set",
        "conversation.resolved",
    ]
    assert rest["next"] is None


def test_every_state_and_every_kind_of_address_can_be_told(reader, anna_writes, world):
    from ascolto.conversations.models import Message
    from ascolto.people.models import Address

    conversation = anna_writes("x")
    for kind in Address.Kind:
        Address.objects.get_or_create(customer=world.anna, kind=kind, value=f"{kind}-1", created_at=world.now)
    told = []
    for state in Message.Delivery:
        Message.objects.filter(conversation=conversation).update(delivery=state, delivery_note="Perché sì.", is_automatic=True)
        told.append(reader.get(f"/conversations/{conversation.number}/messages").json()["items"][0]["delivery"])

    assert told == [state.value for state in Message.Delivery]
    kinds = {each["kind"] for each in reader.get(f"/customers/{world.anna.pk}").json()["addresses"]}
    assert kinds == {kind.value for kind in Address.Kind}
