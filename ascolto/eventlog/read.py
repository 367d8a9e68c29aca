"""Events after a position, by subject or kind."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from ascolto.eventlog import event, models

# Read without making a model of each: everything that happens passes here once for every reader.
COLUMNS = ("position", "id", "at", "kind", "subject", "actor_kind", "actor_id", "facts")


def last_position() -> int:
    """The position of the newest event; 0 when nothing has happened yet."""
    return models.Event.objects.order_by("-position").values_list("position", flat=True).first() or 0


def first_position() -> int:
    """The position of the oldest event still kept; 0 when there is none."""
    return models.Event.objects.order_by("position").values_list("position", flat=True).first() or 0


def events_after(position: int, *, kinds: Collection[str] | None = None, limit: int = 200) -> list[event.Recorded]:
    """Up to `limit` events after `position`, oldest first."""
    rows = models.Event.objects.filter(position__gt=position).order_by("position").values_list(*COLUMNS)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return [recorded(*row) for row in rows[:limit]]


def events_of(subject: UUID, *, kinds: Collection[str] | None = None, after: int = 0, limit: int = 200) -> list[event.Recorded]:
    """A subject's own history, oldest first."""
    rows = models.Event.objects.filter(subject=subject, position__gt=after).order_by("position").values_list(*COLUMNS)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return [recorded(*row) for row in rows[:limit]]


def position_about(subject: UUID, kind: str, **facts: str) -> int:
    """The position of the subject's first event of that kind with these facts; 0 when there is none. Reads that subject alone."""
    rows = models.Event.objects.filter(subject=subject, kind=kind, **{f"facts__{name}": value for name, value in facts.items()})
    return rows.order_by("position").values_list("position", flat=True).first() or 0


def recorded(
    position: int, id: UUID, at: datetime, kind: str, subject: UUID, actor_kind: Any, actor_id: str, facts: dict[str, Any]
) -> event.Recorded:
    """A row's COLUMNS as the typed fact that they stand for."""
    found = event.revive(kind, subject, event.Actor(actor_kind, actor_id), facts)
    return event.Recorded(position=position, id=id, at=at, event=found)
