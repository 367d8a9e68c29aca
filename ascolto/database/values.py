"""Plain values on their way into the database and out of it, for the few paths that go without models."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

Convert = Callable[[Any], Any]
Conversions = tuple[tuple[int, Convert], ...]  # the place of a value in its row, and what is made of it


def field_of(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def kind_of(field: Any) -> str:
    kind: str = field.target_field.get_internal_type() if field.is_relation else field.get_internal_type()
    return kind


def preparation(field: Any) -> Convert | None:
    """How a value of this field is handed to the database; None: as it is."""
    kind = kind_of(field)
    if kind == "UUIDField":
        return None if connection.features.has_native_uuid_field else hex_of
    if kind == "DateTimeField":
        return moment_for_sqlite if connection.vendor == "sqlite" else None
    if kind == "JSONField":
        return lambda value: connection.ops.adapt_json_value(value, field.encoder)
    return None


def reading(field: Any) -> Convert | None:
    """How a value of this field is made of what the database gives; None: it is that already."""
    if connection.vendor != "sqlite":
        return json.loads if kind_of(field) == "JSONField" else None
    return FROM_SQLITE.get(kind_of(field))


def conversions(converts: Iterable[Convert | None]) -> Conversions:
    """Those of a row's values that are to be converted."""
    return tuple((place, convert) for place, convert in enumerate(converts) if convert is not None)


def converted(row: Sequence[Any], by: Conversions) -> list[Any]:
    """The row's values, each by its own conversion; null stays null."""
    values = list(row)
    for place, convert in by:
        if (value := values[place]) is not None:
            values[place] = convert(value)
    return values


def hex_of(value: Any) -> str:
    written: str = value.hex
    return written


def uuid_of(written: str) -> UUID:
    return UUID(int=int(written, 16))


@lru_cache(maxsize=128)  # one moment stands in five columns of what a message changes
def moment_for_sqlite(at: datetime) -> Any:
    """As Django writes it, without asking the settings for time zones each time."""
    if at.tzinfo is UTC:
        return at.replace(tzinfo=None).isoformat(" ")
    return connection.ops.adapt_datetimefield_value(at)


def in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


FROM_SQLITE: dict[str, Convert] = {"UUIDField": uuid_of, "DateTimeField": in_utc, "JSONField": json.loads}
