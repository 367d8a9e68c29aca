"""Plain values in and out, without models: the same values that models would carry."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ascolto.conversations.models import Conversation
from ascolto.database.insert import insert_many, insert_models
from ascolto.database.select import select_many
from ascolto.eventlog.models import Event
from tests.conftest import NOON, World

pytestmark = pytest.mark.django_db


def event_row(number: int, at: datetime = NOON) -> tuple[object, ...]:
    return (uuid4(), at, "bell.rang", 1, "system", "", uuid4(), {"times": number, "words": "è “così” %s"})


COLUMNS = ("id", "at", "kind", "version", "actor_kind", "actor_id", "subject", "facts")


def test_rows_come_back_as_they_were_inserted() -> None:
    rows = [event_row(number) for number in range(3)]
    insert_many(Event, COLUMNS, rows)

    found = select_many(Event, COLUMNS, by="id", values=[row[0] for row in rows])

    assert sorted(map(tuple, found), key=str) == sorted(rows, key=str)


def test_positions_are_those_of_the_rows_in_their_order() -> None:
    rows = [event_row(number) for number in range(300)]

    positions = insert_many(Event, COLUMNS, rows, returning="position")

    assert positions == sorted(positions)
    kept = dict(Event.objects.filter(position__in=positions).values_list("position", "id"))
    assert [kept[position] for position in positions] == [row[0] for row in rows]


def test_positions_follow_those_that_were_deleted_and_taken_back() -> None:
    [last] = insert_many(Event, COLUMNS, [event_row(1)], returning="position")
    Event.objects.filter(position=last).delete()
    with transaction.atomic():
        insert_many(Event, COLUMNS, [event_row(2)])
        transaction.set_rollback(True)

    [position] = insert_many(Event, COLUMNS, [row := event_row(3)], returning="position")

    assert position > last
    assert Event.objects.get(position=position).id == row[0]


def test_a_moment_of_any_zone_is_kept_in_utc() -> None:
    rome = datetime(2026, 11, 18, 13, 30, tzinfo=timezone(timedelta(hours=1)))
    insert_many(Event, COLUMNS, [row := event_row(1, at=rome)])

    [(at,)] = select_many(Event, ("at",), by="id", values=[row[0]])

    assert at == rome
    assert at.tzinfo is UTC or at.utcoffset() == timedelta(0)


def test_a_model_is_inserted_with_all_its_fields(world: World) -> None:
    row = Conversation(number=5, inbox=world.inbox, customer=world.anna, created_at=NOON, updated_at=NOON, last_message_at=NOON)
    row.attributes = {"colour": "red"}

    insert_models([row])

    kept = Conversation.objects.get(pk=row.pk)
    assert (kept.attributes, kept.status, kept.version, kept.waiting_since) == ({"colour": "red"}, "open", 1, None)


def test_nothing_asked_and_nothing_to_insert_cost_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert select_many(Event, ("at",), by="id", values=[]) == []
        assert insert_many(Event, COLUMNS, []) == []
        insert_models([])

    assert not queries.captured_queries


def test_strange_words_find_their_own_row_alone() -> None:
    words = ["a'b", 'c"d', "e%f", "\\n", "è", "😀", "[1]"]
    rows = [(*event_row(0)[:2], word, *event_row(0)[3:]) for word in words]
    insert_many(Event, COLUMNS, [(uuid4(), *row[1:]) for row in rows])

    assert sorted(kind for (kind,) in select_many(Event, ("kind",), by="kind", values=words)) == sorted(words)


def test_sqlite_looks_each_value_up(world: World) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by what its tables hold")
    with CaptureQueriesContext(connection) as queries:
        select_many(Conversation, ("number",), by="id", values=[world.inbox.id])
    statement = queries.captured_queries[0]["sql"]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement.replace('%', '%%')}")
        plan = " ".join(str(row) for row in cursor.fetchall())

    assert "SEARCH" in plan
    assert "SCAN conversations" not in plan
