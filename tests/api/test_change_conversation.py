"""GET and PATCH of a conversation: what is given is changed, all of it or nothing."""

import pytest

from ascolto.conversations.models import Conversation
from ascolto.eventlog.read import events_of


def test_a_conversation_is_read_by_id_and_by_number(reader, conversation):
    by_id = reader.get(f"/conversations/{conversation.id}")
    by_number = reader.get(f"/conversations/{conversation.number}")

    assert by_id.status_code == 200
    assert by_id.json() == by_number.json()
    assert by_id["ETag"] == by_number["ETag"]


@pytest.mark.parametrize("reference", ["0", "999999", "9" * 30, "x", "0193a3f0-0000-7000-8000-000000000000", "١٢", "-1", "%00"])
def test_what_is_not_there_is_not_found(reader, world, reference):
    answer = reader.get(f"/conversations/{reference}")

    assert answer.status_code in (400, 404)
    assert answer["Content-Type"] == "application/problem+json"


def test_everything_that_exists_can_be_changed_at_once(writer, conversation, world):
    answer = writer.patch(
        f"/conversations/{conversation.number}",
        {
            "status": "waiting",
            "assignee": "bruno@lumen.example",
            "team": "Assistenza",
            "priority": "high",
            "tags": ["Reso", "lampada"],
            "attributes": {"ordine": "A-1"},
        },
    )

    changed = answer.json()
    assert answer.status_code == 200, answer.content
    assert changed["status"] == "waiting"
    assert changed["assignee"]["id"] == str(world.bruno.id)
    assert changed["team"]["name"] == "Assistenza"
    assert changed["priority"] == "high"
    assert changed["tags"] == ["lampada", "reso"]
    assert changed["attributes"] == {"ordine": "A-1"}


def test_a_token_acts_as_itself(writer, conversation):
    writer.patch(f"/conversations/{conversation.number}", {"status": "resolved"})

    actor = events_of(conversation.id, kinds=["conversation.resolved"])[0].event.actor
    assert (actor.kind, actor.id) == ("token", str(writer.token.id))


def test_null_gives_it_to_nobody_and_takes_an_attribute_away(writer, conversation, world):
    path = f"/conversations/{conversation.number}"
    writer.patch(path, {"assignee": str(world.bruno.id), "team": str(world.team.id), "attributes": {"a": 1, "b": 2}})

    changed = writer.patch(path, {"assignee": None, "team": None, "attributes": {"a": None}}).json()

    assert (changed["assignee"], changed["team"], changed["attributes"]) == (None, None, {"b": 2})


def test_a_wrong_field_changes_nothing_of_the_others(writer, conversation):
    answer = writer.patch(f"/conversations/{conversation.number}", {"priority": "urgent", "assignee": "nobody@example.org"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "assignee"
    assert Conversation.objects.get(pk=conversation.pk).priority == Conversation.Priority.NORMAL


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"status": "closed"}, "status"),
        ({"status": None}, "status"),
        ({"priority": 4}, "priority"),
        ({"team": "Nessuna"}, "team"),
        ({"number": 1}, "number"),
        ({"customer": "x"}, "customer"),
        ({"inbox": "altrove"}, "inbox"),
    ],
)
def test_what_cannot_be_changed_is_named(writer, conversation, change, path):
    answer = writer.patch(f"/conversations/{conversation.number}", change)

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)


@pytest.mark.parametrize(
    "change", [{"snoozed_until": "2027-01-01T00:00:00Z"}, {"queue": "x"}, {"reason": None}, {"status": "snoozed"}]
)
def test_what_is_promised_and_not_built_says_not_yet(writer, conversation, change):
    answer = writer.patch(f"/conversations/{conversation.number}", change)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:ascolto:problem:not-yet"
    assert "not yet" in answer.json()["detail"]


def test_a_conversation_is_not_given_to_someone_who_may_not_see_it(writer, conversation, world):
    answer = writer.patch(f"/conversations/{conversation.number}", {"assignee": str(world.dario.id)})

    assert answer.status_code == 422


def test_whoever_read_an_older_version_does_not_write_over_it(writer, conversation):
    path = f"/conversations/{conversation.number}"
    read = writer.get(path)["ETag"]
    first = writer.patch(path, {"priority": "high"}, If_Match=read)

    second = writer.patch(path, {"priority": "low"}, If_Match=read)

    assert first.status_code == 200
    assert first["ETag"] != read
    assert (second.status_code, second["ETag"]) == (412, first["ETag"])
    assert writer.get(path).json()["priority"] == "high"
    assert writer.patch(path, {"priority": "low"}, If_Match="*").status_code == 200
