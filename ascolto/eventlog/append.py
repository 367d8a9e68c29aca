"""Append inside the caller's transaction; positions follow commit order."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from ascolto.database.ids import new_id
from ascolto.database.insert import insert_many
from ascolto.database.order import hold_order
from ascolto.eventlog import event, models

COLUMNS = ("id", "at", "kind", "version", "actor_kind", "actor_id", "subject", "facts")

# Called after a commit that appended. A process that has listeners (the edge, the worker) puts its wake-up here.
wake_ups: list[Callable[[], None]] = []

# Called after a commit as well, with what it appended: a reader in this process need not ask the database for it.
followers: list[Callable[[Sequence[event.Recorded]], None]] = []


def append(fact: event.Event, *, at: datetime) -> int:
    """Record one event in the caller's transaction and return its position. `at` is when it happened, UTC."""
    return append_many([(fact, at)])[0]


def append_many(facts: Sequence[tuple[event.Event, datetime]]) -> list[int]:
    """
    Record events in the order given, in the caller's transaction, and return their positions.

    Call it last: until the transaction ends nobody else may append. Twice records twice: whoever
    calls has already asked the database whether the work was done.
    :raises RuntimeError: outside a transaction
    """
    hold_order()
    rows = [
        (new_id(), at, fact.kind, fact.version, fact.actor.kind, fact.actor.id, fact.subject, fact.facts()) for fact, at in facts
    ]
    positions = insert_many(models.Event, COLUMNS, rows, returning="position")
    if followers:
        transaction.on_commit(partial(tell, [recorded(*each) for each in zip(positions, rows, facts, strict=True)]))
    transaction.on_commit(wake)
    return positions


def recorded(position: int, row: Sequence[Any], dated: tuple[event.Event, datetime]) -> event.Recorded:
    """The fact as it will be read from the log."""
    fact, at = dated
    return event.Recorded(position=position, id=row[0], at=at, event=fact)


def tell(appended: Sequence[event.Recorded]) -> None:
    for follow in followers:
        follow(appended)


def wake() -> None:
    for wake_up in wake_ups:
        wake_up()
