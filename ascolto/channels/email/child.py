"""
Mails are read in a process of their own, with little memory and time; what it dies over, its parent survives (A12).

The child lives on from mail to mail, so that a small one costs no start; mails are handed over many at a time and their
answers come back in order. The first without an answer is the one it died over: that one is tried again in a new child,
its head alone, and what cannot be had even so is unreadable. Run as `python -m ascolto.channels.email.child` by this module.
"""

import atexit
import logging
import os
import selectors
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from ascolto.channels.contract import Arrival, Raw, Unreadable
from ascolto.channels.email import limits, wire
from ascolto.channels.email.automatic import Ours
from ascolto.channels.email.parse import parse, parse_head

WINDOW_BYTES = 1024 * 1024  # handed over before the first answer is back; a mail larger than this goes alone
CHUNK_BYTES = 256 * 1024
MAILS_PER_CHILD = 5_000  # then a fresh one: memory that fell to pieces is given back
OUT_OF_MEMORY = "memory"
KEPT_FREE_BYTES = 16 * 1024 * 1024  # of memory, to say that there is none left

Result = list[Arrival] | Unreadable

log = logging.getLogger(__name__)


def read_many(raws: Sequence[Raw], *, ours: Ours) -> list[Result]:
    """
    Return what each of these mails says, in their order; Unreadable for one of which not even the head can be read.

    Safe to call from several threads (they take turns); twice gives the same. Takes at most WALL_S for each mail.
    """
    with lock:
        return [
            last_resort(raw, ours) if result is None else result
            for raw, result in zip(raws, ask(raws, ours, head_only=False), strict=True)
        ]


def last_resort(raw: Raw, ours: Ours) -> Result:
    """Read the head of a mail that cannot be read."""
    (result,) = ask([raw], ours, head_only=True)
    return Unreadable(limits.UNREADABLE) if result is None else result


class Died(Exception):
    """The child is gone, or takes too long."""


class Child:
    """The process, and the pipes to it. Not for several threads at once."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ascolto.channels.email.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # what is typed at the parent's terminal is not for it; it ends when its parent does
            env={"PYTHONPATH": str(Path(__file__).resolve().parents[3]), "PATH": os.defpath},
        )
        self.owner = os.getpid()
        self.mails = 0
        assert self.process.stdin
        assert self.process.stdout
        self.into, self.out = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self.into, False)
        os.set_blocking(self.out, False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.out, selectors.EVENT_READ)
        self.waiting: deque[memoryview] = deque()  # to be written
        self.came = bytearray()

    def say(self, pieces: list[bytes]) -> None:
        if not self.waiting:
            self.selector.register(self.into, selectors.EVENT_WRITE)
        self.waiting.extend(memoryview(piece) for piece in pieces if piece)

    def hear(self, deadline: float) -> tuple[bytes, bytes]:
        """Write what waits until the next frame is there. :raises Died:"""
        while True:
            if (frame := self.frame()) is not None:
                return frame
            ready = self.selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                raise Died("took too long")
            try:
                for key, _ in ready:
                    if key.fd == self.into:
                        self.write()
                    else:
                        self.read()
            except OSError as error:
                raise Died(str(error)) from error

    def frame(self) -> tuple[bytes, bytes] | None:
        head = wire.LENGTHS.size
        if len(self.came) < head:
            return None
        text, behind = wire.LENGTHS.unpack_from(self.came)
        if text > wire.MAX_JSON_BYTES or behind > limits.MEMORY_BYTES:
            raise Died("said something that is no answer")
        if len(self.came) < head + text + behind:
            return None
        found = bytes(self.came[head : head + text]), bytes(self.came[head + text : head + text + behind])
        del self.came[: head + text + behind]
        return found

    def write(self) -> None:
        # Several at once: most mails are small, and each call costs more than its bytes.
        sent = os.writev(self.into, [piece[:CHUNK_BYTES] for piece in list(self.waiting)[:64]])
        while sent:
            first = self.waiting.popleft()
            if sent < len(first):
                self.waiting.appendleft(first[sent:])
                return
            sent -= len(first)
            if not self.waiting:
                self.selector.unregister(self.into)

    def read(self) -> None:
        more = os.read(self.out, CHUNK_BYTES)
        if not more:
            raise Died(f"ended with {self.process.wait(timeout=limits.WALL_S)}")
        self.came += more

    def end(self) -> None:
        self.selector.close()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()


lock = threading.Lock()
the_child: Child | None = None


def living() -> Child:
    """The child of this process, started when first needed; a forked process gets its own."""
    global the_child
    if the_child and (the_child.owner != os.getpid() or the_child.mails >= MAILS_PER_CHILD):
        stop()
    if the_child is None:
        the_child = Child()
    return the_child


def stop() -> None:
    """End the child; the next mail starts another."""
    global the_child
    if the_child:
        the_child.end()
        the_child = None


atexit.register(stop)


def ask(raws: Sequence[Raw], ours: Ours, *, head_only: bool) -> list[list[Arrival] | None]:
    """What the child reads of each; None for those that it failed or died over."""
    results: list[list[Arrival] | None] = []
    while len(results) < len(raws):
        try:
            answer_some(raws, ours, results, head_only=head_only)
        except (Died, wire.Broken) as error:
            log.warning("the reader of mail %s over %d bytes", error or "broke", len(raws[len(results)].content))
            stop()
            results.append(None)
    return results


def answer_some(raws: Sequence[Raw], ours: Ours, results: list[list[Arrival] | None], *, head_only: bool) -> None:
    """Add answers to `results` until all are there. :raises Died, wire.Broken: at the mail after the last answer"""
    child = living()
    said = len(results)
    under_way = 0
    while len(results) < len(raws):
        while said < len(raws) and (not under_way or under_way + len(raws[said].content) < WINDOW_BYTES):
            child.say(wire.pack_task(shortened(raws[said], head_only), ours, head_only=head_only))
            under_way += len(raws[said].content)
            said += 1
        text, behind = child.hear(time.monotonic() + limits.WALL_S)
        under_way -= len(raws[len(results)].content)
        child.mails += 1
        said_of_it, blobs = wire.unpack(text, behind)
        results.append(wire.unpack_arrivals(said_of_it, blobs))
        if said_of_it.get("failed") == OUT_OF_MEMORY:
            stop()  # a fresh one for the others
            return


def shortened(raw: Raw, head_only: bool) -> Raw:
    """Without what nobody will read of it."""
    if not head_only and len(raw.content) <= limits.MAX_RAW_BYTES:
        return raw
    length = limits.MAX_HEADER_BLOCK_BYTES * 2 if head_only else limits.MAX_RAW_BYTES + 1
    return Raw(id=raw.id, content=raw.content[:length], received_at=raw.received_at, head=raw.head)


# What runs in the child


def main() -> None:
    into, out = sys.stdin.buffer, sys.stdout.buffer
    limit_memory()
    reserve = bytearray(KEPT_FREE_BYTES)
    while len(lengths := into.read(wire.LENGTHS.size)) == wire.LENGTHS.size:
        text, behind = wire.LENGTHS.unpack(lengths)
        said, blobs = wire.unpack(into.read(text), into.read(behind))
        limit_time()
        try:
            answer = wire.pack_arrivals(read(*wire.unpack_task(said, blobs)))
        except MemoryError:
            reserve.clear()
            answer = wire.pack({"failed": OUT_OF_MEMORY}, [])
        except Exception as error:  # whatever a mail does to us, the next one is read
            answer = wire.pack({"failed": type(error).__name__}, [])
        for piece in answer:
            out.write(piece)
        out.flush()
        said, blobs = {}, []


def read(raw: Raw, ours: Ours, head_only: bool) -> list[Arrival]:
    if len(raw.content) > limits.MAX_RAW_BYTES:
        return parse_head(raw, ours=ours, warning=limits.TOO_LARGE)
    if raw.head.get("too_large") and raw.head.get("door") == "pipe":  # nobody else has the rest (cli/mail.py)
        return parse_head(raw, ours=ours, warning=limits.NOT_KEPT)
    if raw.head.get("too_large") or raw.head.get("unfetched"):  # the door took the head alone (channels/poll_mailbox.py)
        return parse_head(raw, ours=ours, warning=limits.LEFT_THERE if raw.head.get("too_large") else limits.NOT_GIVEN)
    return parse_head(raw, ours=ours) if head_only else parse(raw, ours=ours)


def limit_memory() -> None:
    import resource  # not on Windows, where the wall clock alone guards

    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write but its answers


def limit_time() -> None:
    """Let the system end this process when the next mail takes more than CPU_S."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + limits.CPU_S + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
