"""New mails of a mailbox are kept, committed, and only then marked in it (threats A7, A8)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from ascolto.channels.connect import change_settings, door_of
from ascolto.channels.contract import Door
from ascolto.channels.email import oauth
from ascolto.channels.email.limits import MAX_RAW_BYTES
from ascolto.channels.email.poll import NOT_MARKED, Mailbox, MailboxTrouble, Seen, day_before, in_batches
from ascolto.channels.health import note_trouble, note_well
from ascolto.channels.models import Channel, RawInbound
from ascolto.channels.raw import Arrived, keep_many
from ascolto.conversations.models import Inbox
from ascolto.files import store

BATCH = 100  # mails in one transaction
BATCH_BYTES = 16 * 1024 * 1024  # of them in memory at a time; a larger mail comes alone
LOOKED_AT = 1_000  # UIDs whose size is asked for at once

DISK_FULL = gettext_noop("The desk’s disk is nearly full. Mails stay in the mailbox, unmarked, until there is space.")
NOT_MINE = gettext_noop("This inbox has no mailbox to look into.")

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Place:
    """
    How far a mailbox has been read, as it stands in Channel.place.

    :param since: the day when it was first looked into; what somebody had read by then is not taken
    :param until: up to this UID it is looked through for the first time, or anew; after it everything is new
    :param is_anew: the server has numbered everything anew (UIDVALIDITY) since
    :param left: fetched and kept, not yet marked in the mailbox
    """

    uidvalidity: int = 0
    uid: int = 0
    since: str = ""
    until: int = 0
    is_anew: bool = False
    left: list[int] = field(default_factory=list)


def poll_mailbox(*, inbox: UUID, now: datetime) -> int:
    """
    Look into the mailbox of an inbox once; how many mails were new. Twice is once.

    What is wrong is written on the channel, and what was wrong is cleared. :raises MailboxTrouble: nothing is lost
    """
    with open_mailbox(inbox, now) as mailbox:
        return take_new(mailbox, inbox=inbox, now=now)


def open_mailbox(inbox: UUID, now: datetime) -> Mailbox:
    """Connected and signed in, with the folder open. :raises MailboxTrouble: and it is written on the channel"""
    try:
        door = door_of(Inbox.objects.get(pk=inbox))
        if not door.get("imap_host"):
            raise MailboxTrouble(NOT_MINE)
        try:
            return Mailbox(door, access_token=token_for(door, now))
        except MailboxTrouble:
            oauth.forget(door)
            raise
    except MailboxTrouble as trouble:
        note_trouble(inbox=inbox, words=trouble.words, at=now, side="in")
        raise


def token_for(door: Door, now: datetime) -> str:
    if door.get("imap_auth") != "oauth2":
        return ""
    try:
        granted = oauth.access(door, now=now)
    except oauth.NoToken as error:
        raise MailboxTrouble(error.words) from error
    if granted.refresh_token and granted.refresh_token != door.get("oauth_refresh_token"):
        change_settings(inbox=Inbox.objects.get(pk=door.inbox), values={"oauth_refresh_token": granted.refresh_token})
    return granted.access_token


def take_new(mailbox: Mailbox, *, inbox: UUID, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """
    Keep what is new in an open mailbox; how many mails that were. Twice is once, also at the same time.

    :param goes_on: asked before each batch; false ends here, the rest is for next time
    :raises MailboxTrouble: and it is written on the channel
    """
    try:
        count = take_batches(mailbox, inbox, now, goes_on)
    except MailboxTrouble as trouble:
        note_trouble(inbox=inbox, words=trouble.words, at=now, side="in")
        raise
    note_well(inbox=inbox, at=now, side="in")
    return count


def take_batches(mailbox: Mailbox, inbox: UUID, now: datetime, goes_on: Callable[[], bool]) -> int:
    place = place_of(inbox)
    if place.uidvalidity != mailbox.validity:
        begin(mailbox, place, now)
        remember(inbox, place)
    uids = uids_to_take(mailbox, place)
    put_away(mailbox, inbox, place)
    count = 0
    for start in range(0, len(uids), LOOKED_AT):
        for batch in in_batches(mailbox.look_at(uids[start : start + LOOKED_AT]), count=BATCH, size_bytes=BATCH_BYTES):
            if not goes_on():
                return count
            refuse_when_full()
            count += take_batch(mailbox, inbox, place, batch, now)
    if place.uid < place.until:  # looked through: what somebody marks as unread there later is not new
        place.uid = place.until
        remember(inbox, place)
    if place.left:
        raise MailboxTrouble(NOT_MARKED)
    return count


def refuse_when_full() -> None:
    try:
        store.refuse_when_full()
    except store.NoSpace as error:
        raise MailboxTrouble(DISK_FULL) from error


def place_of(inbox: UUID) -> Place:
    return Place(**(Channel.objects.get(pk=inbox).place or {}))


def begin(mailbox: Mailbox, place: Place, now: datetime) -> None:
    """The first look, or the first since the server has numbered everything anew."""
    place.is_anew, place.since = bool(place.since), place.since or now.date().isoformat()
    place.uidvalidity, place.uid, place.until, place.left = mailbox.validity, 0, mailbox.last_uid(), []


def uids_to_take(mailbox: Mailbox, place: Place) -> list[int]:
    """
    Oldest first: what came after the place where we stopped.

    At the first look: what nobody has read yet – or all, where what is fetched is then moved or deleted. After the server
    has numbered everything anew: what came since the first look; what of it is here is known by its bytes (threat A10).
    """
    if place.uid >= place.until or mailbox.takes_all:
        return mailbox.uids_after(place.uid)
    found = set(mailbox.uids_unseen()) | set(mailbox.uids_after(place.until))
    if place.is_anew:
        found |= set(mailbox.uids_since(day_before(place.since)))
    return sorted(each for each in found if each > place.uid)


def take_batch(mailbox: Mailbox, inbox: UUID, place: Place, batch: Sequence[Seen], now: datetime) -> int:
    """Fetch, commit together with the place, then put away; how many were new."""
    contents = mailbox.fetch([each.uid for each in batch if each.size_bytes <= MAX_RAW_BYTES])
    heads = mailbox.fetch_heads([each.uid for each in batch if each.uid not in contents])
    arrived = []
    for each in batch:
        content = contents.get(each.uid, heads.get(each.uid))
        if content is None:
            continue  # gone from the mailbox since we looked
        head: dict[str, object] = {"door": "imap", "uid": each.uid, "folder": mailbox.folder, "flags": list(each.flags)}
        if each.size_bytes > MAX_RAW_BYTES:
            head["too_large"] = each.size_bytes  # only its head is here (threat A18)
        elif each.uid in heads:
            head["unfetched"] = True  # the server gives out no more of it; it does not stop the others (threat A11)
        arrived.append(Arrived(inbox=inbox, content=content, at=now, key=f"{mailbox.validity}:{each.uid}", head=head))
    place.uid = batch[-1].uid
    place.left += [*contents, *(uid for uid in heads if uid not in contents)]
    new = keep_unknown(inbox, arrived, place)
    put_away(mailbox, inbox, place)
    return new


@transaction.atomic
def keep_unknown(inbox: UUID, arrived: Sequence[Arrived], place: Place) -> int:
    """Keep what is not here already under another UID, and remember how far we are, in one transaction (threats A9, A10)."""
    digests = {sha256(each.content).hexdigest(): each for each in reversed(arrived)}
    known = set(RawInbound.objects.filter(inbox=inbox, digest__in=digests).values_list("digest", flat=True))
    new = [each for digest, each in digests.items() if digest not in known]
    kept = keep_many(list(reversed(new)))
    remember(inbox, place)
    return sum(not each.is_repeated for each in kept)


def put_away(mailbox: Mailbox, inbox: UUID, place: Place) -> None:
    """Mark in the mailbox what is kept. A server that refuses this does not stop what comes after."""
    if not place.left:
        return
    try:
        mailbox.put_away(place.left)
    except MailboxTrouble as trouble:
        if trouble.words != NOT_MARKED:
            raise
        log.warning("%d mails of inbox %s stay unmarked in their mailbox", len(place.left), inbox)
        return
    place.left = []
    remember(inbox, place)


def remember(inbox: UUID, place: Place) -> None:
    Channel.objects.filter(pk=inbox).update(place=asdict(place))
