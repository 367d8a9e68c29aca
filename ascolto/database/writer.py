"""Group commit: many units of work from many callers, one transaction, each answered after the commit."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction

Item = TypeVar("Item")
Result = TypeVar("Result")
BulkVerb = Callable[[Sequence[Item]], Sequence[Result | Exception]]

DATABASE_IS_AWAY = (OperationalError, InterfaceError)
BACK_OFF_S = (0.05, 0.25, 1.0)  # a failover or a restart of PostgreSQL is felt as slow, not as an error
PATIENCE_S = 10.0  # after this a caller hears that it failed and may try again itself

log = logging.getLogger(__name__)


class WriterFull(Exception):
    """More is waiting to be written than the writer may hold; nothing of this unit was kept, try again soon."""


class WriterStopped(Exception):
    """The writer has stopped or is stopping; this unit was not begun."""


class WriterUnavailable(Exception):
    """The database did not answer, after several tries; whether an unlucky commit went through is not known."""


@dataclass(frozen=True)
class Stats:
    """What the writer has done since it was made, and what waits now."""

    batches: int
    units: int
    failed: int
    refused: int
    waiting: int


@dataclass(frozen=True, eq=False)
class Unit:
    """One item, the bulk verb that writes it, and where its caller waits: a thread's future or a loop's."""

    bulk_verb: Callable[[Sequence[Any]], Sequence[Any]]
    item: Any
    answer: Future[Any] | asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> bool:
        """Whether this is still to be written; a thread's caller may cancel until here, a loop's words are always kept."""
        return self.answer.set_running_or_notify_cancel() if isinstance(self.answer, Future) else True


class Writer:
    """
    One thread that writes what others hand it, as many units of a verb per transaction as are waiting (no lingering).

    A bulk verb takes the items in the order they came and returns one result each; a result that is an exception is
    raised at that caller alone. When it raises, or the transaction fails, its units are run again one by one, so a
    verb may run twice for the same item: it must ask the database whether its work is done, as after any retry.
    """

    def __init__(self, max_queue: int = 10_000, max_batch: int = 200) -> None:
        self.max_queue = max_queue
        self.max_batch = max_batch
        self._queue: deque[Unit] = deque()
        self._changed = threading.Condition()
        self._stopping = True
        self._abandoned = False
        self._thread: threading.Thread | None = None
        self._batches = self._units = self._failed = self._refused = 0

    @property
    def stats(self) -> Stats:
        return Stats(self._batches, self._units, self._failed, self._refused, len(self._queue))

    @property
    def is_alive(self) -> bool:
        """Whether it takes and writes what it is handed."""
        return not self._stopping and self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin to write; twice is once. May be called again after a stop."""
        with self._changed:
            if self._thread and self._thread.is_alive():
                return
            self._stopping = self._abandoned = False
            self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
            self._thread.start()

    def stop(self, timeout_s: float = 30.0) -> bool:
        """Take nothing new and write what is waiting; false when that took longer, and the rest heard WriterStopped."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        with self._changed:
            self._abandoned = True
        return not self._thread.is_alive()

    def submit(self, bulk_verb: BulkVerb[Item, Result], item: Item) -> "Future[Result]":
        """
        Hand over one item from a thread; the future is done after the commit.

        :raises WriterFull: too much is waiting
        :raises WriterStopped: the writer is not running
        """
        answer: Future[Result] = Future()
        self._put(Unit(bulk_verb, item, answer))
        return answer

    async def write(self, bulk_verb: BulkVerb[Item, Result], item: Item) -> Result:
        """
        Hand over one item from an asyncio loop and wait until it is committed; it is written even if the caller leaves.

        :raises WriterFull: too much is waiting
        :raises WriterStopped: the writer is not running
        :raises WriterUnavailable: the database did not answer
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result] = loop.create_future()
        self._put(Unit(bulk_verb, item, answer, loop))
        return await answer

    def _put(self, unit: Unit) -> None:
        with self._changed:
            if self._stopping:
                raise WriterStopped("the writer is not running")
            if len(self._queue) >= self.max_queue:
                self._refused += 1
                raise WriterFull(f"{self.max_queue} units are waiting to be written")
            self._queue.append(unit)
            self._changed.notify()

    def _take(self) -> list[Unit]:
        """Wait for work and take up to a batch of it; empty when stopped and drained."""
        with self._changed:
            while not self._queue and not self._stopping:
                self._changed.wait()
            if self._abandoned:
                return []
            return [self._queue.popleft() for _ in range(min(self.max_batch, len(self._queue)))]

    def _run(self) -> None:
        try:
            while taken := self._take():
                # A transaction for each verb: two verbs in one could lock rows and log in a circle with somebody else's.
                for units in grouped([unit for unit in taken if unit.begin()]):
                    results = write_batch(units)
                    self._batches += 1
                    self._units += len(units)
                    self._failed += sum(isinstance(result, Exception) for result in results)
                    tell(units, results)
        finally:
            with self._changed:
                self._stopping = True
                left = [unit for unit in self._queue if unit.begin()]
                self._queue.clear()
            tell(left, [WriterStopped("the writer stopped first") for _ in left])
            connection.close()


def write_batch(units: Sequence[Unit]) -> list[Any]:
    """Write all units, of one verb, and return what each caller gets: a result, or an exception to raise there."""
    started = time.monotonic()
    for back_off_s in (*BACK_OFF_S, None):
        try:
            close_old_connections()
            return write_gently(units)
        except DATABASE_IS_AWAY as error:
            connection.close()
            if back_off_s is None or time.monotonic() - started > PATIENCE_S:
                log.exception("the database did not answer; %d units failed", len(units))
                return [unavailable(error) for _ in units]
            time.sleep(back_off_s)
    raise AssertionError("the last try returns")


def unavailable(error: Exception) -> WriterUnavailable:
    failure = WriterUnavailable(str(error))
    failure.__cause__ = error
    return failure


def write_gently(units: Sequence[Unit]) -> list[Any]:
    """All at once; if that fails each in its own savepoint; if that cannot be committed each in its own transaction."""
    for way in (write_together, write_in_savepoints):
        try:
            return way(units)
        except DATABASE_IS_AWAY:
            raise
        except Exception:
            log.warning("a batch of %d units failed and is run again more finely", len(units), exc_info=True)
    return [write_alone(unit) for unit in units]


class Transaction:
    """
    One transaction that knows whether it was committed.

    What runs on commit may fail after everything is on disk; that is logged and must not make us write again.
    """

    def __enter__(self) -> None:
        self.committed = False
        self.atomic = transaction.atomic(durable=True)
        self.atomic.__enter__()
        transaction.on_commit(self.remember)

    def remember(self) -> None:
        self.committed = True

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            self.atomic.__exit__(kind, error, trace)
        except Exception:
            if not self.committed:
                raise
            log.exception("something that runs after a commit failed; what was written stays")


def write_together(units: Sequence[Unit]) -> list[Any]:
    with Transaction():
        return run_verb(units)


def write_in_savepoints(units: Sequence[Unit]) -> list[Any]:
    results: list[Any] = []
    with Transaction():
        for unit in units:
            try:
                with transaction.atomic():
                    results += run_verb([unit])
            except DATABASE_IS_AWAY:
                raise
            except Exception as error:
                results.append(error)
    return results


def write_alone(unit: Unit) -> Any:
    try:
        with Transaction():
            [result] = run_verb([unit])
    except DATABASE_IS_AWAY as error:
        connection.close()
        return unavailable(error)
    except Exception as error:
        return error
    return result


def grouped(units: Sequence[Unit]) -> list[list[Unit]]:
    """Units by bulk verb, in the order each verb first came, and within a verb in the order they came."""
    groups: dict[Any, list[Unit]] = {}
    for unit in units:
        groups.setdefault(unit.bulk_verb, []).append(unit)
    return list(groups.values())


def run_verb(group: Sequence[Unit]) -> list[Any]:
    results = list(group[0].bulk_verb([unit.item for unit in group]))
    if len(results) != len(group):
        raise ValueError(f"{group[0].bulk_verb} returned {len(results)} results for {len(group)} items")
    return results


def tell(units: Sequence[Unit], results: Sequence[Any]) -> None:
    """Answer every caller; the callers of one loop by one call into it."""
    of_loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
    for unit, result in zip(units, results, strict=True):
        if unit.loop is not None and isinstance(unit.answer, asyncio.Future):
            of_loops.setdefault(unit.loop, []).append((unit.answer, result))
        else:
            settle(unit.answer, result)
    for loop, answers in of_loops.items():
        try:
            loop.call_soon_threadsafe(settle_all, answers)
        except RuntimeError:  # the loop has closed: nobody waits there any more, and what they sent is stored
            log.info("%d callers left before their answer", len(answers))


def settle_all(answers: Sequence[tuple["asyncio.Future[Any]", Any]]) -> None:
    for answer, result in answers:
        settle(answer, result)


def settle(answer: "Future[Any] | asyncio.Future[Any]", result: Any) -> None:
    if answer.done():  # a caller that went away
        return
    if isinstance(result, Exception):
        answer.set_exception(result)
    else:
        answer.set_result(result)
