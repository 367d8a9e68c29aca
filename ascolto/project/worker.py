"""Runs consumers, jobs and the timetable; the same code as a child of `serve` or as `ascolto worker` elsewhere."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import SystemRandom
from types import FrameType

from django.db import close_old_connections, connection

from ascolto.database.changes import change_token
from ascolto.eventlog import append, consume, read
from ascolto.eventlog.reaction import Reactions
from ascolto.jobs import claim, heartbeat, lease, queries, run, timetable

POLL_S = 0.2  # how late another process's commit is noticed; in this process wake-ups come at once
IDLE_S = 1.0  # how late retries and due jobs are noticed when nothing changes
TROUBLE_S = (1.0, 2.0, 5.0, 10.0, 30.0)  # waits while the database is away
STOP_S = 30.0  # what is in hand may take this long after SIGTERM (threats Q4)

log = logging.getLogger(__name__)

Watch = Callable[[threading.Event, str], None]  # runs until the event is set; the text is the worker's name


class Worker:
    """
    One thread feeds all reactions in turn, one runs jobs and the timetable, the caller's watches for news. Each of `watches`
    has one more, for what is elsewhere and tells of itself (mailboxes).

    Any number of workers may run against one database; leases decide who does what.
    :param name: no other running worker has it: host and process id
    :param instead_of: a worker that is known to be dead; what it had in hand is begun again at once
    """

    def __init__(
        self,
        reactions: Sequence[Reactions],
        entries: Sequence[timetable.Entry],
        name: str,
        *,
        watches: Sequence[Watch] = (),
        instead_of: str = "",
    ) -> None:
        self.reactions = reactions
        self.entries = entries
        self.name = name
        self.watches = watches
        self.instead_of = instead_of
        self.random = SystemRandom()
        self.stop = threading.Event()
        self.loops = [Loop(self.feed_all, self.stop), Loop(self.run_what_is_due, self.stop)]

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then finish what is in hand, give back all leases and return."""
        self.stop.clear()
        append.wake_ups.append(self.wake)
        self.take_over()
        threads = [threading.Thread(target=loop.run, name=loop.name, daemon=True) for loop in self.loops]
        for each in self.watches:
            threads.append(threading.Thread(target=each, args=(self.stop, self.name), name=each.__name__, daemon=True))
        for thread in threads:
            thread.start()
        try:
            self.watch(stop)
        finally:
            append.wake_ups.remove(self.wake)
            self.stop.set()
            self.wake()
            self.finish(threads)

    def take_over(self) -> None:
        """End the leases of a worker that was killed; else they would run on for a minute without anybody behind them."""
        if not self.instead_of:
            return
        try:
            consume.let_go(worker=self.instead_of)
            claim.end_leases(worker=self.instead_of, now=utc_now())
            lease.let_go(worker=self.instead_of)
            heartbeat.leave(worker=self.instead_of)
        except Exception:
            log.exception("the leases of %s could not be ended; they end by themselves", self.instead_of)
            connection.close()

    def wake(self) -> None:
        for loop in self.loops:
            loop.news.set()

    def watch(self, stop: threading.Event) -> None:
        """Look for what other processes commit and tell that we live, until stopped."""
        seen: object = None
        next_beat = 0.0
        trouble = Trouble()
        while not stop.is_set():
            try:
                close_old_connections()
                if time.monotonic() >= next_beat:
                    self.beat()
                    next_beat = time.monotonic() + heartbeat.EVERY_S
                if (token := self.token()) != seen:
                    seen = token
                    self.wake()
                trouble.over()
            except Exception:
                stop.wait(trouble.wait_s("watching for news"))
            stop.wait(POLL_S)

    def token(self) -> object:
        return change_token() or (read.last_position(), queries.oldest_due_at(now=utc_now()))

    def beat(self) -> None:
        now = utc_now()
        heartbeat.beat(worker=self.name, now=now)
        claim.keep_leases(now=now, worker=self.name)
        timetable.keep_entries(now=now, worker=self.name)

    def feed_all(self) -> bool:
        """
        Each consumer one batch; true when more is waiting for one that got something.

        Not when something has come since: we are woken for what is appended here, and for what others append soon enough,
        and until then more of it comes together.
        """
        busy = False
        for reactions in self.reactions:
            if not self.stop.is_set():
                fed = consume.feed(reactions, now=utc_now(), worker=self.name)
                busy = busy or (fed.count > 0 and fed.lag > 0)
        return busy

    def run_what_is_due(self) -> bool:
        """The timetable, then one job; true when there may be more."""
        timetable.run_timetable(self.entries, now=utc_now(), worker=self.name)
        return run.run_due(now=utc_now(), worker=self.name, limit=1, random=self.random) > 0

    def finish(self, threads: Sequence[threading.Thread]) -> None:
        deadline = time.monotonic() + STOP_S
        while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
            self.beat_quietly()
            for thread in threads:
                thread.join(heartbeat.EVERY_S / len(threads))
        try:
            consume.let_go(worker=self.name)
            heartbeat.leave(worker=self.name)
        except Exception:
            log.exception("the worker stopped without giving back its leases; they end by themselves")
        finally:
            connection.close()

    def beat_quietly(self) -> None:
        try:
            self.beat()
        except Exception:
            log.exception("no sign of life while stopping")


class Loop:
    """Does a piece of work again and again, rests when there is nothing, survives what it raises."""

    def __init__(self, work: Callable[[], bool], stop: threading.Event) -> None:
        self.work = work
        self.name = work.__name__
        self.stop = stop
        self.news = threading.Event()

    def run(self) -> None:
        trouble = Trouble()
        while not self.stop.is_set():
            self.news.clear()
            try:
                close_old_connections()
                busy = self.work()
                trouble.over()
            except Exception:
                self.stop.wait(trouble.wait_s(self.name))
                continue
            if not busy:
                self.news.wait(IDLE_S)
        connection.close()


class Trouble:
    """Longer and longer waits while something keeps failing; every failure is logged once, with its words."""

    def __init__(self) -> None:
        self.times = 0

    def over(self) -> None:
        self.times = 0

    def wait_s(self, doing: str) -> float:
        wait_s = TROUBLE_S[min(self.times, len(TROUBLE_S) - 1)]
        self.times += 1
        log.exception("trouble while %s, next try in %s s", doing, wait_s)
        connection.close()
        return wait_s


def stop_on_signals(stop: threading.Event) -> None:
    """Make SIGTERM and SIGINT set `stop`; call it in the main thread."""

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)


def utc_now() -> datetime:
    return datetime.now(UTC)
