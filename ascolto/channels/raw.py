"""Keep what arrives, as it arrives, before anybody is told that we have it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from ascolto.channels.models import Channel, RawInbound
from ascolto.channels.read_later import read_soon
from ascolto.database.ids import new_id

State = RawInbound.State
FORGOTTEN_AFTER = timedelta(minutes=10)  # what arrives is read within seconds; the job that should do it has died
NOTICED_AGAIN_AFTER = timedelta(minutes=1)  # how exact "last in" has to be; a flood does not write the row each time


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """
    What a door has in its hands.

    :param key: the door's own id of it, unique within the inbox, up to 200 characters; empty: the digest of the bytes
    :param head: what the door knows beside the bytes, as JSON values (headers of a call, the envelope of a mail)
    """

    inbox: UUID
    content: bytes
    at: datetime
    key: str = ""
    head: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """Its row, and whether it had been kept before."""

    id: UUID
    is_repeated: bool


@transaction.atomic
def keep_many(arrived: Sequence[Arrived]) -> list[Kept]:
    """
    Keep what arrived and have it read soon; when this transaction is committed, it may be acknowledged.

    Twice with the same inbox and key is once, in this batch, at the same moment elsewhere, or years apart.
    """
    rows = [row_of(each) for each in arrived]
    RawInbound.objects.bulk_create(rows, ignore_conflicts=True)
    stored = stored_ids(rows)
    kept = [Kept(stored[row.inbox_id, row.key], stored[row.inbox_id, row.key] != row.id) for row in rows]
    for inbox in dict.fromkeys(each.inbox for each, found in zip(arrived, kept, strict=True) if not found.is_repeated):
        at = max(each.at for each in arrived if each.inbox == inbox)
        read_soon(inbox=inbox, at=at)
        note_arrival(inbox, at)
    return kept


def keep(arrived: Arrived) -> Kept:
    """Keep one; see keep_many."""
    return keep_many([arrived])[0]


def row_of(arrived: Arrived) -> RawInbound:
    digest = sha256(arrived.content).hexdigest()
    return RawInbound(
        id=new_id(),
        inbox_id=arrived.inbox,
        key=arrived.key[:200] or digest,
        digest=digest,
        head=dict(arrived.head),
        content=arrived.content,
        size_bytes=len(arrived.content),
        received_at=arrived.at,
    )


def stored_ids(rows: Sequence[RawInbound]) -> dict[tuple[UUID, str], UUID]:
    """The id under which each (inbox, key) is stored now."""
    found = RawInbound.objects.filter(inbox_id__in={row.inbox_id for row in rows}, key__in={row.key for row in rows})
    return {(inbox, key): id for inbox, key, id in found.values_list("inbox_id", "key", "id")}


def note_arrival(inbox: UUID, at: datetime) -> None:
    rows = Channel.objects.filter(pk=inbox)
    rows.exclude(last_in_at__gt=at - NOTICED_AGAIN_AFTER).update(last_in_at=at)


@transaction.atomic
def read_again(*, inbox: UUID | None = None, ids: Sequence[UUID] = (), now: datetime) -> int:
    """
    Have what could not be read tried once more: at one inbox, these, or all of them; how many there are.

    Twice is once, until they have failed again.
    """
    rows = RawInbound.objects.filter(state=State.FAILED)
    if inbox is not None:
        rows = rows.filter(inbox_id=inbox)
    if ids:
        rows = rows.filter(pk__in=ids)
    inboxes = list(rows.values_list("inbox_id", flat=True).distinct())
    count = rows.update(state=State.WAITING, why="", attempts=0, read_at=None)
    for each in inboxes:
        read_soon(inbox=each, at=now)
    return count


def unread_for_long(*, now: datetime) -> list[UUID]:
    """Inboxes where something has waited to be read for a while, whatever became of the job that should read it."""
    rows = RawInbound.objects.filter(state=State.WAITING, received_at__lt=now - FORGOTTEN_AFTER)
    return list(rows.values_list("inbox_id", flat=True).distinct().order_by())
