"""What was kept is read: to whom it belongs, where it goes, what became of ours. In batches, each in few statements."""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from ascolto.channels import calls, receipts, settle
from ascolto.channels.connect import door_of, own_addresses
from ascolto.channels.contract import (
    Arrival,
    ArrivedMessage,
    Called,
    Door,
    Edited,
    Kind,
    Raw,
    Reacted,
    Receipt,
    TryLater,
    Unreadable,
)
from ascolto.channels.files import Bound, bring_files
from ascolto.channels.models import RawInbound
from ascolto.channels.registry import kind_of
from ascolto.conversations.models import Inbox

BATCH = 50
BATCH_BYTES = 40 * 1024 * 1024  # one mail of the largest size, or many small ones
NARROWER = 5  # after a death so many times fewer are read at once: 50, 10, 2, and then each alone
TRIES = 12  # of one that nothing is said about; fewer would set aside what three restarts in a row happened to hit (threat R1)

BROKE_OFF = gettext_noop("Reading it broke off again and again. The original is kept.")
READER_FAILED = gettext_noop("The reader failed. The original is kept.")
NOT_PLACED = gettext_noop("It could not be put in its place. The original is kept.")

State = RawInbound.State
log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Reading:
    """One raw on its way: what it says, with its files stored."""

    raw: Raw
    says: Sequence[Arrival] | Unreadable
    files: dict[int, Bound] = field(default_factory=dict)  # by place of the message in `says`


def read_waiting(*, inbox_id: UUID, now: datetime) -> int:
    """
    Read one batch of what waits at an inbox, oldest first; how many there were. Nothing is read twice to an effect.

    What a reader died over before is read with fewer others, then alone, and set aside as failed in the end (threat A11).
    What waits for a file that its provider does not give out rests for FILE_WAIT, and holds nobody up.
    :raises TryLater: some of this batch rests for a file; the others are read, and there may be more behind them
    """
    inbox = Inbox.objects.filter(pk=inbox_id).first()
    kind = kind_of(inbox.kind) if inbox else None
    if inbox is None or kind is None:
        return 0
    raws = take(inbox_id, now)
    if not raws:
        return 0
    door = door_of(inbox)
    readings = [Reading(raw=raw, says=says) for raw, says in zip(raws, read_all(kind, raws, door), strict=True)]
    waits = bring(kind, door, readings, now)
    settle_all(inbox, kind, [each for each in readings if each.raw.id not in waits], now)
    if waits:
        RawInbound.objects.filter(pk__in=waits).update(attempts=0, read_at=now)
        raise next(iter(waits.values()))
    return len(raws)


def take(inbox: UUID, now: datetime) -> list[Raw]:
    """What is read next. Its attempt is counted and committed first, so that a reader's death is known afterwards."""
    RawInbound.objects.filter(inbox=inbox, state=State.WAITING, attempts__gte=TRIES).update(state=State.FAILED, why=BROKE_OFF)
    rested = Q(read_at=None) | Q(read_at__lte=now - FILE_WAIT)  # read_at of one that waits: when its file was last asked for
    rows = list(
        RawInbound.objects.filter(rested, inbox=inbox, state=State.WAITING)
        .order_by("received_at", "id")
        .values_list("id", "attempts", "size_bytes")[:BATCH]
    )
    if not rows:
        return []
    chosen = within_size(alike(rows))
    RawInbound.objects.filter(pk__in=chosen).update(attempts=F("attempts") + 1)
    found = RawInbound.objects.filter(pk__in=chosen).order_by("received_at", "id")
    return [
        Raw(id=row.id, content=bytes(row.content), received_at=row.received_at, head={**row.head, "digest": row.digest})
        for row in found
    ]


def alike(rows: Sequence[tuple[UUID, int, int]]) -> list[tuple[UUID, int, int]]:
    """The first ones, as many as may be read together: what a reader died over before goes in narrower company each time."""
    died = rows[0][1]
    together = list(takewhile(lambda row: row[1] == died, rows))
    return together[: max(1, BATCH // NARROWER**died)]


def within_size(rows: Sequence[tuple[UUID, int, int]]) -> list[UUID]:
    chosen: list[UUID] = []
    size_bytes = 0
    for id, _, each_bytes in rows:
        size_bytes += each_bytes
        if chosen and size_bytes > BATCH_BYTES:
            break
        chosen.append(id)
    return chosen


def read_all(kind: Kind, raws: Sequence[Raw], door: Door) -> Sequence[Sequence[Arrival] | Unreadable]:
    """What each says; a kind that fails over one of them is asked again one by one."""
    try:
        return kind.read(raws, door)
    except Exception:
        log.exception("reading %d at once failed", len(raws))
    return [read_one(kind, raw, door) for raw in raws]


def read_one(kind: Kind, raw: Raw, door: Door) -> Sequence[Arrival] | Unreadable:
    try:
        return kind.read([raw], door)[0]
    except Exception:
        log.exception("reading %s failed", raw.id)
        return Unreadable(READER_FAILED)


def bring(kind: Kind, door: Door, readings: Iterable[Reading], now: datetime) -> dict[UUID, TryLater]:
    """Store the files of all messages; which raws have to wait for a file, and why. A silent provider is not asked for long."""
    waits: dict[UUID, TryLater] = {}
    lost_s = 0.0
    for reading in readings:
        if isinstance(reading.says, Unreadable) or not has_files(reading.says):
            continue
        if lost_s > PATIENCE_S:
            waits[reading.raw.id] = next(iter(waits.values()))
            continue
        began = time.monotonic()
        try:
            bring_all(kind, door, reading, now)
        except TryLater as error:
            lost_s += time.monotonic() - began
            waits[reading.raw.id] = error
    return waits


def bring_all(kind: Kind, door: Door, reading: Reading, now: datetime) -> None:
    """The files of one raw's messages; what is not given out for a day is lost, and said. :raises TryLater:"""
    for place, said in enumerate(reading.says if not isinstance(reading.says, Unreadable) else ()):
        if not (isinstance(said, ArrivedMessage) and said.files):
            continue
        try:
            reading.files[place] = bring_files(kind, door, reading.raw, said.files, now)
        except TryLater as error:
            if now - reading.raw.received_at < GIVE_UP_FILES_AFTER:
                raise
            reading.files[place] = Bound(lost=[f"{each.name}: {error.reason}" for each in said.files])


def has_files(says: Sequence[Arrival]) -> bool:
    return any(isinstance(each, ArrivedMessage) and each.files for each in says)


FILE_WAIT = timedelta(minutes=2)
PATIENCE_S = 30.0  # lost to a provider's silence in one batch; the words of others wait behind it
GIVE_UP_FILES_AFTER = timedelta(hours=24)  # providers keep files for days; after one without an answer the words go in alone


def settle_all(inbox: Inbox, kind: Kind, readings: Sequence[Reading], now: datetime) -> None:
    """All in one transaction; if that fails each in its own, and one that fails alone is set aside with the reason."""
    own = own_addresses()
    try:
        with transaction.atomic():
            settle_batch(inbox, kind, readings, own, now)
        return
    except Exception:
        log.warning("a batch of %d arrivals failed and is settled one by one", len(readings), exc_info=True)
    for reading in readings:
        try:
            with transaction.atomic():
                settle_batch(inbox, kind, [reading], own, now)
        except Exception:
            log.exception("settling %s failed", reading.raw.id)
            finish([reading.raw.id], State.FAILED, NOT_PLACED, now)


def settle_batch(inbox: Inbox, kind: Kind, readings: Sequence[Reading], own: frozenset[str], now: datetime) -> None:
    """Inside the caller's transaction: messages first, then what they and others say about messages."""
    unread = [each for each in readings if isinstance(each.says, Unreadable)]
    for each in unread:
        finish([each.raw.id], State.FAILED, str(each.says), now)
    said = [(each, each.says) for each in readings if not isinstance(each.says, Unreadable)]
    messages = [
        settle.Letter(raw=each.raw, said=item, bound=each.files.get(place, Bound()))
        for each, items in said
        for place, item in enumerate(items)
        if isinstance(item, ArrivedMessage)
    ]
    fates = settle.let_in(inbox, kind, messages, own=own, now=now)
    for each, items in said:
        for item in items:
            if isinstance(item, Receipt):
                receipts.take(inbox, item, now=now)
            elif isinstance(item, Edited):
                settle.take_edit(inbox, item, now=now)
            elif isinstance(item, Reacted):
                settle.take_sign(inbox, item, now=now)
            elif isinstance(item, Called):
                calls.take(inbox, item, at=each.raw.received_at)
    close_raws([each for each, _ in said], fates, now)


def close_raws(readings: Sequence[Reading], fates: Sequence[settle.Fate], now: datetime) -> None:
    by_raw: dict[UUID, list[settle.Fate]] = {}
    for fate in fates:
        by_raw.setdefault(fate.raw, []).append(fate)
    finish([each.raw.id for each in readings], State.READ, "", now)
    for each in readings:
        of_it = by_raw.get(each.raw.id, [])
        if of_it and all(fate.ignored for fate in of_it):
            finish([each.raw.id], State.IGNORED, of_it[0].ignored, now)
    settle.link_raws([fate for fate in fates if fate.message is not None])


def finish(ids: Sequence[UUID], state: str, why: str, now: datetime) -> None:
    RawInbound.objects.filter(pk__in=ids).update(state=state, why=why[:300], read_at=now)
