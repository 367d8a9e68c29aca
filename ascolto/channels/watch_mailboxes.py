"""Keeps a connection to every mailbox while a worker runs: told of new mail at once (IDLE), and looking every minute anyway."""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from django.db import close_old_connections, connection

from ascolto.channels.email.poll import MailboxTrouble
from ascolto.channels.models import Channel
from ascolto.channels.poll_mailbox import open_mailbox, take_new
from ascolto.jobs import lease

LOOK_S = 3.0  # how late a new, changed or paused mailbox is noticed
POLL_S = 60.0  # servers forget to tell, and some cannot
ANEW_S = 20 * 60.0  # then a new connection: servers and routers drop those that are older than half an hour
BREATH_S = 1.0  # between a connection that broke off while we waited and the next
WAITS_S = (5.0, 15.0, 60.0, 300.0)  # after trouble; not so often that a wrong password locks the mailbox

log = logging.getLogger(__name__)


def watch(stop: threading.Event, worker: str) -> None:
    """
    Watch every mailbox until `stop`, each in a thread of its own, so that a slow server holds up nobody.

    Of several workers one has each mailbox. A worker that starts looks once into all of them: the one that had them may be dead.
    """
    watched: dict[tuple[UUID, str], Watched] = {}
    while not stop.is_set():
        try:
            close_old_connections()
            wanted = mailboxes()
        except Exception:
            log.exception("which mailboxes there are could not be read")
            connection.close()
            stop.wait(WAITS_S[0])
            continue
        for key in [each for each in watched if each not in wanted]:
            watched.pop(key).stop.set()
        for key in wanted - watched.keys():
            watched[key] = Watched(inbox=key[0], worker=worker)
            watched[key].start()
        stop.wait(LOOK_S)
    for each in watched.values():
        each.stop.set()
    for each in watched.values():
        each.thread.join(10.0)
    connection.close()


def mailboxes() -> set[tuple[UUID, str]]:
    """The inboxes with a mailbox to look into, each with a mark that changes with its settings."""
    rows = Channel.objects.filter(inbox__kind="email", inbox__is_active=True, paused_at=None)
    return {
        (id, sha256(f"{sorted(settings.items())}{secrets}".encode()).hexdigest())
        for id, settings, secrets in rows.values_list("inbox_id", "settings", "secrets")
        if settings.get("imap_host")
    }


@dataclass
class Watched:
    """One mailbox and the thread that looks after it."""

    inbox: UUID
    worker: str

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, name=f"mailbox-{self.inbox}", daemon=True)
        self.lease = f"mailbox:{self.inbox}"

    def start(self) -> None:
        self.thread.start()

    def run(self) -> None:
        """Look, wait, look again; after trouble with longer and longer waits."""
        times = 0
        is_first = True
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                close_old_connections()
                if is_first or self.is_mine():
                    is_first = False
                    self.look_and_wait()
                    times = 0
                else:
                    self.stop.wait(LOOK_S)
            except MailboxTrouble as trouble:
                log.warning("mailbox of inbox %s: %s", self.inbox, trouble)
                times = 0 if time.monotonic() - began > POLL_S else times
                self.stop.wait(WAITS_S[min(times, len(WAITS_S) - 1)])
                times += 1
            except Exception:
                log.exception("trouble with the mailbox of inbox %s", self.inbox)
                connection.close()
                self.stop.wait(WAITS_S[min(times, len(WAITS_S) - 1)])
                times += 1
        self.let_go()

    def is_mine(self) -> bool:
        return lease.hold(name=self.lease, worker=self.worker, now=utc_now())

    def look_and_wait(self) -> None:
        """One connection: as long as it holds, we have the mailbox, and it is not too old."""
        began = time.monotonic()
        with open_mailbox(self.inbox, utc_now()) as mailbox:
            while not self.stop.is_set() and time.monotonic() - began < ANEW_S:
                take_new(mailbox, inbox=self.inbox, now=utc_now(), goes_on=lambda: not self.stop.is_set())
                close_old_connections()
                if not self.is_mine():
                    return
                try:
                    mailbox.wait(self.stop, seconds=POLL_S)
                except MailboxTrouble:  # servers hang up on those who wait; a new connection shows whether it is more
                    self.stop.wait(BREATH_S)
                    return

    def let_go(self) -> None:
        try:
            lease.let_go(worker=self.worker, name=self.lease)
        except Exception:
            log.exception("the lease of inbox %s was not given back; it ends by itself", self.inbox)
        finally:
            connection.close()


def utc_now() -> datetime:
    return datetime.now(UTC)
