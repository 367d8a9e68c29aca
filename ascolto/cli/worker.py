"""`ascolto worker`: only reactions, jobs and timetable, for a second machine."""

import argparse
import logging
import os
import socket
import sys
import threading


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Two, for `serve`, which watches its own worker."""
    parser.add_argument("--watched", action="store_true", help="stop when standard input ends, as when `serve` is gone")
    parser.add_argument("--instead-of", type=int, metavar="PID", help="of a worker on this machine that has died")


def run(options: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT; finish what is in hand. Gives 0."""
    from ascolto.project import timetable, watches, wiring
    from ascolto.project.worker import Worker, stop_on_signals

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    timetable.connect()
    stop = threading.Event()
    stop_on_signals(stop)
    if options.watched:
        threading.Thread(target=stop_with_parent, args=(stop,), name="watched", daemon=True).start()
    Worker(
        wiring.REACTIONS,
        timetable.ENTRIES,
        name_of(os.getpid()),
        watches=watches.WATCHES,
        instead_of=name_of(options.instead_of) if options.instead_of else "",
    ).run(stop)
    return 0


def stop_with_parent(stop: threading.Event) -> None:
    """Standard input is a pipe that our parent holds: it ends when the parent does, even by kill -9."""
    while os.read(sys.stdin.fileno(), 1024):
        continue
    stop.set()


def name_of(pid: int) -> str:
    return f"{socket.gethostname()[:40]}:{pid}"
