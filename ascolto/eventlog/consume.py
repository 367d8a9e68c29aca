"""Feed reactions from their durable cursors: at least once, in order, in batches; what cannot be taken is set aside."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from ascolto.eventlog import models, read
from ascolto.eventlog.event import Recorded
from ascolto.eventlog.reaction import Reactions

LEASE = timedelta(seconds=30)  # a worker that was killed is replaced after this
RETRY_AFTER = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
TRIES = len(RETRY_AFTER) + 1
HOLD_S = 0.01  # a batch is cut here: until it commits, whoever appends waits (on SQLite whoever writes)
PREPARED = 25  # events of a batch that was prepared: they are written in one go, in about the same time
MOVE_EVERY = timedelta(seconds=1)  # past events that a consumer does not listen to: each move is a transaction

log = logging.getLogger(__name__)


class NotSetAside(Exception):
    """This consumer has not set this event aside, or someone already offered it again."""


class Overtaken(Exception):
    """Another worker feeds this consumer now, or its cursor was moved; what was done in this transaction is undone."""


@dataclass(frozen=True)
class Fed:
    """What one call did: events taken by the consumer, positions still to come, and where its cursor stands."""

    count: int
    lag: int
    position: int


@dataclass(frozen=True, kw_only=True)
class SetAsideEvent:
    """An event that waits for a person: who could not take it, why, since when."""

    consumer: str
    position: int
    kind: str
    error: str
    at: datetime


def feed(reactions: Reactions, *, now: datetime, worker: str, batch: int = 200) -> Fed:
    """
    Give the consumer its next events, up to `batch`, and move its cursor in the same transaction: one for them all, or
    one for each if it wants them `one_by_one`.

    Nothing is done while another worker holds the consumer or while a failed event waits for its next try.
    :param worker: a name that no other running process has; the consumer is held in it for 30 seconds
    """
    cursor, _ = models.Cursor.objects.get_or_create(consumer=reactions.consumer)
    head = read.last_position()  # before the events: what comes after it is never stepped over unseen
    if cursor.position < head and is_due(cursor, now) and hold(cursor, now, worker):
        count = feed_held(reactions, cursor, head, now, batch)
    else:
        count = 0
    return Fed(count, max(head - cursor.position, 0), cursor.position)


def is_due(cursor: models.Cursor, now: datetime) -> bool:
    return cursor.retry_at is None or cursor.retry_at <= now


def hold(cursor: models.Cursor, now: datetime, worker: str) -> bool:
    """Take or renew the lease and see the cursor as it stands under it; false when another worker has it."""
    if cursor.held_by == worker and cursor.held_until and cursor.held_until - now > LEASE / 2:
        return True
    free = Q(held_by__in=["", worker]) | Q(held_until__lte=now)
    rows = models.Cursor.objects.filter(free, consumer=cursor.consumer)
    if not rows.update(held_by=worker, held_until=now + LEASE):
        return False
    cursor.refresh_from_db()
    return True


def feed_held(reactions: Reactions, cursor: models.Cursor, head: int, now: datetime, batch: int) -> int:
    batch = min(batch, PREPARED) if reactions.prepare else batch
    waiting = read.events_after(cursor.position, kinds=reactions.kinds, limit=1 if cursor.failures else batch)
    try:
        if cursor.failures or (reactions.one_by_one and waiting):
            return feed_one_by_one(reactions, cursor, waiting, now)
        everything = len(waiting) < batch
        return feed_together(reactions, cursor, waiting, head if everything else 0, now)
    except Overtaken:
        log.info("%s is fed by another worker now", reactions.consumer)
    except Exception:
        log.warning("%s could not take a batch of %d, one by one now", reactions.consumer, len(waiting), exc_info=True)
        return feed_one_by_one(reactions, cursor, waiting, now)
    return 0


def feed_together(reactions: Reactions, cursor: models.Cursor, waiting: Sequence[Recorded], head: int, now: datetime) -> int:
    """React to what is waiting until it took too long; all of it taken, the cursor moves past other kinds up to `head`."""
    if not waiting:
        if cursor.moved_at is None or not timedelta(0) <= now - cursor.moved_at < MOVE_EVERY:
            move(cursor, head, now)
        return 0
    write = reactions.prepare(waiting) if reactions.prepare else None
    with transaction.atomic():
        count = react_for_a_while(reactions, waiting) if write is None else written(write, waiting)
        last = waiting[count - 1].position
        position = max(last, head) if count == len(waiting) else last
        move_row(cursor, position, now)
    cursor.position = position
    return count


def written(write: Callable[[], None], waiting: Sequence[Recorded]) -> int:
    write()
    return len(waiting)


def react_for_a_while(reactions: Reactions, waiting: Sequence[Recorded]) -> int:
    started = time.monotonic()
    for count, recorded in enumerate(waiting, start=1):
        reactions.react(recorded)
        if time.monotonic() - started > HOLD_S:
            return count
    return len(waiting)


def feed_one_by_one(reactions: Reactions, cursor: models.Cursor, waiting: Sequence[Recorded], now: datetime) -> int:
    """Each event in its own transaction; stops at the first that fails, unless it was tried often enough."""
    count = 0
    for recorded in waiting:
        try:
            with transaction.atomic():
                reactions.react(recorded)
                move_row(cursor, recorded.position, now)
        except Overtaken:
            return count
        except Exception as error:
            if not may_go_on(cursor, recorded, error, now):
                return count
        cursor.position, cursor.failures = recorded.position, 0
        count += 1
    return count


def may_go_on(cursor: models.Cursor, recorded: Recorded, error: Exception, now: datetime) -> bool:
    """Note the failure; after the last try keep the event aside and let the cursor pass."""
    failures = cursor.failures + 1
    if failures < TRIES:
        retry_at = now + RETRY_AFTER[failures - 1]
        own_row(cursor).update(failures=failures, retry_at=retry_at)
        log.warning("%s failed at %d (%d of %d)", cursor.consumer, recorded.position, failures, TRIES, exc_info=error)
        return False
    with transaction.atomic():
        models.SetAside.objects.update_or_create(
            consumer=cursor.consumer, position=recorded.position, defaults={"error": words_of(error), "at": now}
        )
        move_row(cursor, recorded.position, now)
    log.error("%s set aside event %d after %d tries", cursor.consumer, recorded.position, TRIES, exc_info=error)
    return True


def words_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000].replace("\0", "")


def own_row(cursor: models.Cursor) -> QuerySet[models.Cursor]:
    """The cursor as long as nobody else took or moved it: a worker that slept past its lease changes nothing."""
    return models.Cursor.objects.filter(consumer=cursor.consumer, held_by=cursor.held_by, position=cursor.position)


def move_row(cursor: models.Cursor, position: int, now: datetime) -> None:
    if not own_row(cursor).update(position=position, failures=0, retry_at=None, moved_at=now):
        raise Overtaken(cursor.consumer)


def move(cursor: models.Cursor, position: int, now: datetime) -> None:
    move_row(cursor, position, now)
    cursor.position = position


def let_go(*, worker: str) -> None:
    """Give back every consumer this worker holds, so that another may go on at once."""
    models.Cursor.objects.filter(held_by=worker).update(held_by="", held_until=None)


def lag(consumer: str) -> int:
    """How many positions the consumer is behind the newest event; all of them if it was never fed."""
    position = models.Cursor.objects.filter(consumer=consumer).values_list("position", flat=True).first() or 0
    return max(read.last_position() - position, 0)


def failing_consumers() -> list[str]:
    """Consumers whose next event failed and waits for another try."""
    return list(models.Cursor.objects.filter(failures__gt=0).order_by("consumer").values_list("consumer", flat=True))


def set_aside_list() -> list[SetAsideEvent]:
    """Every event that a consumer could not take, oldest first."""
    rows = list(models.SetAside.objects.order_by("position", "consumer"))
    events = models.Event.objects.filter(position__in={row.position for row in rows})
    kinds = dict(events.values_list("position", "kind"))
    return [
        SetAsideEvent(consumer=row.consumer, position=row.position, kind=kinds.get(row.position, ""), error=row.error, at=row.at)
        for row in rows
    ]


@transaction.atomic
def offer_again(reactions: Reactions, *, position: int) -> None:
    """
    Let the consumer take an event that it had set aside; what it raises rises to the caller and the event stays aside.

    :raises NotSetAside: nothing of this consumer waits at this position
    """
    row = models.SetAside.objects.select_for_update().filter(consumer=reactions.consumer, position=position).first()
    if row is None:
        raise NotSetAside(f"{reactions.consumer} has not set aside event {position}")
    for recorded in read.events_after(position - 1, limit=1):
        if recorded.position == position:
            reactions.react(recorded)
    row.delete()


@transaction.atomic
def rebuild(reactions: Reactions) -> None:
    """
    Put the consumer's cursor back to the start, so that it is fed the whole log again.

    Only for consumers whose reactions may be repeated long after the event: search, figures; never what writes to people.
    """
    models.SetAside.objects.filter(consumer=reactions.consumer).delete()
    start = {"position": 0, "failures": 0, "retry_at": None}
    models.Cursor.objects.update_or_create(consumer=reactions.consumer, defaults=start)
