"""One reader of the log per process, however many listeners."""

import asyncio
import logging
import threading
from collections.abc import Sequence

from django.db import close_old_connections, connection

from ascolto.database.changes import change_token
from ascolto.eventlog import read
from ascolto.eventlog.event import Recorded
from ascolto.realtime.fanout import Fanout
from ascolto.realtime.hub import WINDOW, Hub

POLL_S = 0.2  # how late a commit of another process is noticed when nobody tells; in this process wake-ups come at once
BATCH = 500
TROUBLE_S = 1.0  # between tries while the database is away

log = logging.getLogger(__name__)


class Tail:
    """A thread with a connection of its own that reads what was appended and hands it to the hub, in the loop."""

    def __init__(self, hub: Hub, fanout: Fanout) -> None:
        self.hub = hub
        self.fanout = fanout
        self.position = 0
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._token: int | None = None
        self._order = threading.Lock()  # what is handed to the loop is handed over in the order of the log

    @property
    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    async def start(self) -> None:
        """Read the newest events of the log, then follow it."""
        self._loop = asyncio.get_running_loop()
        self._stopping.clear()
        after, recent = await asyncio.to_thread(newest)
        self.position = recent[-1].position if recent else after
        self.hub.begin(recent, after=after, position=self.position)
        self._thread = threading.Thread(target=self._run, name="tail", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Stop reading. Twice is once."""
        self._stopping.set()
        self._news.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 5.0)

    def wake(self) -> None:
        """Something was appended in this process; may be called from any thread."""
        self._news.set()

    def follow(self, appended: Sequence[Recorded]) -> None:
        """
        This was committed in this process; may be called from any thread.

        Handed on as it is when nothing can stand between it and what was read before; else the log itself is read.
        """
        with self._order:
            if appended[0].position == self.position + 1:
                self._hand_on(appended)
            elif appended[-1].position > self.position:
                self.wake()

    def heard_of(self, position: int) -> None:
        """Another process has read up to this position."""
        if position > self.position:
            self._news.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            is_news = self._news.wait(POLL_S)
            self._news.clear()
            try:
                close_old_connections()
                if is_news or self._has_changed():
                    self._read_on()
            except Exception:
                log.exception("the log cannot be read, next try in %s s", TROUBLE_S)
                connection.close()
                self._token = None
                self._stopping.wait(TROUBLE_S)
                self._news.set()
        connection.close()

    def _has_changed(self) -> bool:
        """Whether someone may have appended: a counter on SQLite; PostgreSQL is asked for what is new itself."""
        token = change_token()
        if token is not None and token == self._token:
            return False
        self._token = token
        return True

    def _read_on(self) -> None:
        while batch := read.events_after(self.position, limit=BATCH):
            with self._order:
                self._hand_on([each for each in batch if each.position > self.position])

    def _hand_on(self, batch: Sequence[Recorded]) -> None:
        if not batch:
            return
        self.position = batch[-1].position
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hand_over, batch)

    def _hand_over(self, batch: Sequence[Recorded]) -> None:
        self.hub.publish(batch)
        self.fanout.tell_position(batch[-1].position)


def newest() -> tuple[int, list[Recorded]]:
    """The position after which the newest events begin, and these events."""
    try:
        after = max(read.last_position() - WINDOW, 0)
        return after, read.events_after(after, limit=WINDOW)
    finally:
        connection.close()
