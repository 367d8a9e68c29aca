"""Read rows by one field as plain values, for the few paths where every message of a flood passes."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection, models

from ascolto.database.values import Conversions, Convert, conversions, converted, field_of, preparation, reading


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A SELECT of a model's fields by one of them, put together once."""

    statement: str
    prepare: Convert | None
    reads: Conversions


def select_many(
    model: type[models.Model], names: Sequence[str], *, by: str, values: Collection[Any], is_locking: bool = False
) -> list[Sequence[Any]]:
    """
    The named fields of all rows whose field `by` is one of these values; what no row has is passed over.

    One statement whose text never changes, however many values: a queryset is put together anew for each batch, which
    takes longer than the database does.
    :param is_locking: hold the rows until the transaction ends, in the order of `by`, as `select_for_update` does
    """
    if not values:
        return []
    plan = plan_of(connection.vendor, model, tuple(names), by, is_locking)
    wanted = list(values) if plan.prepare is None else [plan.prepare(value) for value in values]
    with connection.cursor() as cursor:
        cursor.execute(plan.statement, [json.dumps(wanted) if connection.vendor == "sqlite" else wanted])
        rows: list[Sequence[Any]] = cursor.fetchall()
    return [converted(row, plan.reads) for row in rows] if plan.reads else rows


@lru_cache(maxsize=100)
def plan_of(vendor: str, model: type[models.Model], names: tuple[str, ...], by: str, is_locking: bool) -> Plan:
    """How these fields are read from this sort of database."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field_of(model, name).column) for name in names)
    key = quote(field_of(model, by).column)
    among = "IN (SELECT value FROM json_each(%s))" if vendor == "sqlite" else "= ANY(%s)"
    ending = f" ORDER BY {key} FOR UPDATE" if is_locking and vendor == "postgresql" else ""
    return Plan(
        statement=f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE {key} {among}{ending}",  # noqa: S608  names of columns
        prepare=preparation(field_of(model, by)),
        reads=conversions(reading(field_of(model, name)) for name in names),
    )
