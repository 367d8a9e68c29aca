"""Insert many rows of plain values at once, for the few paths where every message of a flood passes."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, models

VALUES_AT_ONCE = 900  # in one statement: every SQLite takes 999


def insert_many(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]], *, returning: str = ""
) -> list[Any]:
    """
    Insert rows, each with a value for each named field; returns the values of the field `returning` in the rows' order.

    `bulk_create` makes a model of every row and asks its fields five questions about every value: half of what a batch of
    messages costs. Here nothing is filled in and nothing checked: name every field that may not be null.
    :param returning: a field that the database counts up, as an automatic key; empty: nothing is returned
    """
    fields = [field_of(model, name) for name in names]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    marks = f"({', '.join(['%s'] * len(fields))})"
    ending = f" RETURNING {quote(field_of(model, returning).column)}" if returning else ""
    prepares = [preparation(field) for field in fields]
    size = max(1, VALUES_AT_ONCE // len(fields))
    found: list[Any] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            values = [
                value if prepare is None or value is None else prepare(value)
                for row in part
                for prepare, value in zip(prepares, row, strict=True)
            ]
            into = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {', '.join([marks] * len(part))}{ending}"  # noqa: S608  names of columns
            cursor.execute(into, values)
            if returning:
                found += sorted(value for (value,) in cursor.fetchall())  # databases return rows in any order they like
    return found


def field_of(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def preparation(field: Any) -> Callable[[Any], Any] | None:
    """How a value of this field is handed to the database; None: as it is."""
    kind = field.target_field.get_internal_type() if field.is_relation else field.get_internal_type()
    if kind == "UUIDField":
        return None if connection.features.has_native_uuid_field else hex_of
    if kind == "DateTimeField":
        return connection.ops.adapt_datetimefield_value
    if kind == "JSONField":
        return lambda value: connection.ops.adapt_json_value(value, field.encoder)
    return None


def hex_of(value: Any) -> str:
    written: str = value.hex
    return written
