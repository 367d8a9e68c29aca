"""Is each channel alive; since when not, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Count, Min, Q

from ascolto.channels.models import Channel, Delivery, RawInbound
from ascolto.channels.registry import KINDS
from ascolto.conversations.models import Inbox

SILENT_FOR = timedelta(days=7)  # a channel that used to be written to; shown, never an alarm
WAITS_TOO_LONG = timedelta(minutes=15)  # what arrived is read within seconds; this is a worker that stands still
RECENT = timedelta(days=7)

Side = Literal["", "in", "out"]
Rows = dict[UUID, Mapping[str, object]]


@dataclass(frozen=True, kw_only=True)
class ChannelHealth:
    """One channel as its operator wants to see it at a glance."""

    inbox: Inbox
    channel: Channel
    unread: int  # arrived, not read yet
    unread_since: datetime | None
    failed_in: int  # arrived, could not be read; all of them
    queued_out: int
    queued_since: datetime | None
    failed_out: int  # in the last 7 days
    is_stuck: bool

    @property
    def is_well(self) -> bool:
        """Nothing here asks for a person."""
        return not (self.channel.trouble or self.is_stuck or self.failed_in)


def health_of_all(*, now: datetime, inboxes: Sequence[UUID] | None = None, closed: bool = False) -> list[ChannelHealth]:
    """All open channels of registered kinds (or of these inboxes), oldest first. Three queries."""
    rows = Channel.objects.filter(inbox__kind__in=list(KINDS)).select_related("inbox")
    rows = rows if closed else rows.filter(inbox__is_active=True)
    rows = rows.filter(pk__in=inboxes) if inboxes is not None else rows
    channels = list(rows.order_by("inbox__created_at"))
    ids = [each.pk for each in channels]
    waits = Q(state=RawInbound.State.WAITING)
    came: Rows = {
        row["inbox"]: row
        for row in RawInbound.objects.filter(inbox__in=ids, state__in=["waiting", "failed"])
        .values("inbox")
        .annotate(unread=Count("id", filter=waits), since=Min("received_at", filter=waits), failed=Count("id", filter=~waits))
    }
    queued = Q(state__in=["queued", "sending"])
    left: Rows = {
        row["inbox"]: row
        for row in Delivery.objects.filter(queued | Q(state="failed", failed_at__gt=now - RECENT), inbox__in=ids)
        .values("inbox")
        .annotate(queued=Count("id", filter=queued), since=Min("queued_at", filter=queued), failed=Count("id", filter=~queued))
    }
    return [health_of(each, came.get(each.pk, {}), left.get(each.pk, {}), now) for each in channels]


def health_of(channel: Channel, came: Mapping[str, object], left: Mapping[str, object], now: datetime) -> ChannelHealth:
    since = came.get("since")
    return ChannelHealth(
        inbox=channel.inbox,
        channel=channel,
        unread=int(str(came.get("unread", 0))),
        unread_since=since if isinstance(since, datetime) else None,
        failed_in=int(str(came.get("failed", 0))),
        queued_out=int(str(left.get("queued", 0))),
        queued_since=found if isinstance(found := left.get("since"), datetime) else None,
        failed_out=int(str(left.get("failed", 0))),
        is_stuck=isinstance(since, datetime) and since < now - WAITS_TOO_LONG,
    )


def note_trouble(*, inbox: UUID, words: str, at: datetime, side: Side = "") -> None:
    """
    The channel does not work, in plain words for its operator. Twice keeps the time of the first; other words replace them.

    :param side: only its success ends the trouble: mails that leave say nothing of a mailbox that cannot be read
    """
    rows = Channel.objects.filter(pk=inbox)
    rows.filter(trouble="").update(trouble_since=at, alarmed_at=None)
    rows.update(trouble=words[:300], trouble_side=side, tried_at=at)


def note_well(*, inbox: UUID, at: datetime, side: Side = "") -> None:
    """
    The channel works (again). One statement when nothing was wrong.

    :param side: which of them works; empty: both
    """
    rows = Channel.objects.filter(pk=inbox)
    if rows.filter(trouble="").update(tried_at=at):
        return
    over = rows.filter(trouble_side__in=("", side)) if side else rows
    over.update(trouble="", trouble_side="", trouble_since=None, alarmed_at=None)
    rows.update(tried_at=at)


def note_sent(*, inbox: UUID, at: datetime) -> None:
    """Something left through this channel, so that side of it works."""
    Channel.objects.filter(pk=inbox).update(last_out_at=at)
    note_well(inbox=inbox, at=at, side="out")
