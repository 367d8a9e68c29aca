"""Plain values on their way into the database and out of it, for the few paths that go without models."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

Convert = Callable[[Any], Any]


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


def converted(converts: Sequence[Convert | None], row: Sequence[Any]) -> list[Any]:
    """The row's values, each by its own conversion; null stays null."""
    return [value if convert is None or value is None else convert(value) for convert, value in zip(converts, row, strict=True)]


def hex_of(value: Any) -> str:
    written: str = value.hex
    return written


def uuid_of(written: str) -> UUID:
    return UUID(int=int(written, 16))


def moment_for_sqlite(at: datetime) -> Any:
    """As Django writes it, without asking the settings for time zones each time."""
    if at.tzinfo is UTC:
        return at.replace(tzinfo=None).isoformat(" ")
    return connection.ops.adapt_datetimefield_value(at)


def in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


FROM_SQLITE: dict[str, Convert] = {"UUIDField": uuid_of, "DateTimeField": in_utc, "JSONField": json.loads}
