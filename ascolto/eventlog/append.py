"""Append inside the caller's transaction; positions follow commit order."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from ascolto.database.order import hold_order
from ascolto.eventlog import event, models

# Called after a commit that appended. A process that has listeners (the edge, the worker) puts its wake-up here.
wake_ups: list[Callable[[], None]] = []


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
    rows = models.Event.objects.bulk_create(
        models.Event(
            at=at,
            kind=fact.kind,
            version=fact.version,
            actor_kind=fact.actor.kind,
            actor_id=fact.actor.id,
            subject=fact.subject,
            facts=fact.facts(),
        )
        for fact, at in facts
    )
    transaction.on_commit(wake)
    return [row.position for row in rows]


def wake() -> None:
    for wake_up in wake_ups:
        wake_up()
