"""Insert many rows of plain values at once, for the few paths where every message of a flood passes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import connection, models

from ascolto.database.values import Conversions, conversions, converted, field_of, preparation

VALUES_AT_ONCE = 900  # in one statement of PostgreSQL, which would take many more: enough to be quick


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An INSERT of a model's fields, put together once."""

    head: str
    marks: str
    ending: str
    size: int  # of a row
    prepares: Conversions


def insert_many(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]], *, returning: str = ""
) -> list[Any]:
    """
    Insert rows, each with a value for each named field; returns the values of the field `returning` in the rows' order.

    `bulk_create` makes a model of every row and asks its fields five questions about every value: half of what a batch of
    messages costs. Here nothing is filled in and nothing checked: name every field that may not be null.
    :param returning: the automatic key, which the database counts up; empty: nothing is returned
    """
    if not rows:
        return []
    plan = plan_of(connection.vendor, model, tuple(names), returning)
    if connection.vendor == "sqlite":
        return insert_one_by_one(plan, rows, is_returning=bool(returning))
    size = max(1, VALUES_AT_ONCE // plan.size)
    found: list[Any] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            statement = f"{plan.head} {', '.join([plan.marks] * len(part))}{plan.ending}"
            cursor.execute(statement, list(chain.from_iterable(converted(row, plan.prepares) for row in part)))
            if returning:
                found += sorted(value for (value,) in cursor.fetchall())  # databases return rows in any order they like
    return found


def insert_one_by_one(plan: Plan, rows: Sequence[Sequence[Any]], *, is_returning: bool) -> list[int]:
    """SQLite is in this process: one short statement kept ready is quicker for many rows than a long one read anew."""
    with connection.cursor() as cursor:
        cursor.executemany(f"{plan.head} {plan.marks}", [converted(row, plan.prepares) for row in rows])
        if not is_returning:
            return []
        cursor.execute("SELECT last_insert_rowid()")
        [last] = cursor.fetchone()
    return list(range(last - len(rows) + 1, last + 1))  # an automatic key grows by one, and nobody else writes meanwhile


def insert_models(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, all fields as they stand; what `bulk_create` does, without its questions."""
    if not rows:
        return
    fields = [field for field in rows[0]._meta.concrete_fields if not field.generated]
    attributes = [field.attname for field in fields]
    insert_many(type(rows[0]), [field.name for field in fields], [[getattr(row, name) for name in attributes] for row in rows])


@lru_cache(maxsize=100)
def plan_of(vendor: str, model: type[models.Model], names: tuple[str, ...], returning: str) -> Plan:
    """How rows of this model are inserted into this sort of database."""
    fields = [field_of(model, name) for name in names]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    return Plan(
        head=f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES",
        marks=f"({', '.join(['%s'] * len(fields))})",
        ending=f" RETURNING {quote(field_of(model, returning).column)}" if returning else "",
        size=len(fields),
        prepares=conversions(preparation(field) for field in fields),
    )
