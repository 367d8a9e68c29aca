"""From the command to a desk that answers, empty and with a million messages; and what it holds in memory when idle."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import desk, fill
from bench.figure import Figure, at_most, median

CONVERSATIONS = 670_000  # with one message or two each: a million messages
QUICK_CONVERSATIONS = 20_000
REPEATS, QUICK_REPEATS = 5, 2
IDLE_S, QUICK_IDLE_S = 20.0, 6.0
GOAL_MB = 150


def run(*, is_quick: bool) -> list[Figure]:
    """Start again and again on what is set up; once on a folder that has nothing at all."""
    repeats = QUICK_REPEATS if is_quick else REPEATS
    with tempfile.TemporaryDirectory(prefix="ascolto-bench-") as name:
        first_s = first_start(Path(name))
    with desk.new_desk() as empty:
        empty_s = starts(empty, repeats)
        memory = idle_memory(empty, QUICK_IDLE_S if is_quick else IDLE_S)
    count = QUICK_CONVERSATIONS if is_quick else CONVERSATIONS
    with full_desk(count) as full:
        full_s = starts(full, repeats)
        messages = messages_in(full)
        full_memory = idle_memory(full, QUICK_IDLE_S if is_quick else IDLE_S)
    of = f"median of {repeats}, `ascolto serve` to 200 from /health/ready"
    return [
        Figure(name="first start, all tables made", value=first_s, unit="s", digits=1, reference="a folder with nothing in it"),
        Figure(name="start, empty", value=median(empty_s), unit="s", digits=1, reference=of),
        Figure(name=f"start, {messages:,} messages stored", value=median(full_s), unit="s", digits=1, reference=of),
        at_most("idle memory, serve and worker (PSS)", memory.pss_mb, GOAL_MB, unit="MB", reference=memory.words),
        Figure(
            name=f"idle memory with {messages:,} messages (PSS)", value=full_memory.pss_mb, unit="MB", reference=full_memory.words
        ),
    ]


class Memory:
    """What the server and its worker hold, in MB: PSS counts shared pages once, RSS once for each process."""

    def __init__(self, processes: dict[str, dict[str, int]]) -> None:
        self.pss_mb = sum(each["Pss"] for each in processes.values()) / 1024
        rss_mb = sum(each["Rss"] for each in processes.values()) / 1024
        parts = "; ".join(
            f"{name} {each['Pss'] / 1024:.0f} PSS, {each['Rss'] / 1024:.0f} RSS" for name, each in processes.items()
        )
        self.words = f"{parts}; RSS added up {rss_mb:.0f} MB"


def first_start(folder: Path) -> float:
    there = desk.Desk(folder, desk.free_port(), inbox=None)
    try:
        return there.serve()
    finally:
        there.stop()


def starts(there: desk.Desk, repeats: int) -> list[float]:
    """Seconds of each start; the last server is left running."""
    took = []
    for _ in range(repeats):
        there.stop()
        took.append(there.serve())
    return took


def idle_memory(there: desk.Desk, idle_s: float) -> Memory:
    """After a while in which nobody asks for anything."""
    time.sleep(idle_s)
    workers = desk.children_of(there.server.pid)
    found = {"serve": desk.memory_kb(there.server.pid)}
    found |= {f"worker {n}": desk.memory_kb(pid) for n, pid in enumerate(workers, 1)}
    return Memory(found)


@contextmanager
def full_desk(count: int) -> Iterator[desk.Desk]:
    """A desk with years of service, in a copy of its own."""
    source = fill.filled(count)
    with tempfile.TemporaryDirectory(prefix="ascolto-bench-", ignore_cleanup_errors=True) as name:
        shutil.copytree(source, name, dirs_exist_ok=True)
        there = desk.Desk(Path(name), desk.free_port(), inbox=None)
        try:
            yield there
        finally:
            there.stop()


def messages_in(there: desk.Desk) -> int:
    connection = sqlite3.connect(f"file:{there.database}?mode=ro", uri=True)
    count: int = connection.execute("SELECT count(*) FROM conversations_message").fetchone()[0]
    connection.close()
    return count
