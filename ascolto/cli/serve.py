"""`ascolto serve`: migrate, check, run the web server and (by default) the worker."""

import argparse
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

import uvicorn
from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from ascolto.cli.refusal import Refusal
from ascolto.edge.protocol import BoundedProtocol

if TYPE_CHECKING:  # models are loaded when the command runs, not for its --help
    from ascolto.edge.server import Server

STOP_S = 5  # for requests in hand; with the writer's and the worker's own time below the promised 10
WORKER_STOP_S = 6.0
BACK_OFF_S = (1.0, 2.0, 5.0, 15.0, 30.0)  # before a worker that ended is started again
STEADY_S = 60.0  # a worker that ran so long begins with the shortest wait again

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and whether to have a worker."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1; 0.0.0.0 for all)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    parser.add_argument("--no-worker", action="store_true", help="no worker of its own: another machine runs `ascolto worker`")
    parser.add_argument("--access-log", action="store_true", help="a line for every request")


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT, then finish what is in hand and give 0. :raises Refusal: when it cannot begin"""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    listening = listen(options.host, options.port)
    prepare()
    worker = WatchedWorker()
    door = Watched("mail", "serve")
    # uvicorn raises the signal again when it has stopped; by then there is nothing left to interrupt.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, already_stopping)
    if not options.no_worker:
        worker.start()
    if settings.MAIL_DOOR:
        door.start()
    try:
        serve(listening, access_log=options.access_log, children=(door, worker))
    finally:
        door.ask_to_stop()
        worker.stop()
        door.stop()
    return 0


def already_stopping(number: int, frame: FrameType | None) -> None:
    log.info("stopping")


def listen(host: str, port: int) -> socket.socket:
    """Take the port before any work is done, so that a second server is refused at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        raise Refusal(f"cannot listen on {host}:{port} ({error.strerror}) – choose another --port") from error
    taken.set_inheritable(False)
    return taken


def prepare() -> None:
    """Bring the database up to date and run Django's own checks. :raises Refusal:"""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            log.info("bringing the database up to date")
            call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise Refusal(
            f"the database cannot be used ({str(error).strip()}) – see ASCOLTO_DATABASE_URL and ASCOLTO_DATA"
        ) from error
    finally:
        connection.close()
    if problems := [each for each in run_checks() if each.level >= ERROR]:
        raise Refusal("; ".join(f"{each.msg} {each.hint or ''}".strip() for each in problems))


def serve(listening: socket.socket, *, access_log: bool, children: "Sequence[Watched]") -> None:
    from ascolto.project import asgi

    application, server = asgi.build()
    config = uvicorn.Config(
        application,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=access_log,
        proxy_headers=False,  # whom to believe is decided in edge/guard.py
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=STOP_S,
        backlog=2048,
    )
    host, port = listening.getsockname()[:2]
    print(f"Ascolto listens on http://{host}:{port} and is reached at {settings.SITE_URL}", flush=True)
    if is_first_start():
        print(f"First start: open {settings.SITE_URL}/setup/ to set up the desk", flush=True)
    asgi.settle_memory()
    Uvicorn(config, server, children).run(sockets=[listening])


def is_first_start() -> bool:
    """Whether nobody has an account yet."""
    from ascolto.accounts import begin

    try:
        return not begin.has_begun()
    finally:
        connection.close()


class Uvicorn(uvicorn.Server):
    """Ends streams first: uvicorn waits for open answers, and a stream is one that would never end."""

    def __init__(self, config: uvicorn.Config, server: "Server", children: "Sequence[Watched]") -> None:
        super().__init__(config)
        self.server = server
        self.children = children

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for child in self.children:
            child.ask_to_stop()
        self.server.close_streams()
        await super().shutdown(sockets)


class Watched:
    """A command of ours as a child process: started, started again when it ends, stopped with us."""

    def __init__(self, *command: str) -> None:
        self.command = command
        self.name = " ".join(command)
        self.child: subprocess.Popen[Any] | None = None
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.watch, name=f"{self.name}-watch", daemon=True)

    def arguments(self) -> list[str]:
        return [*self.command, "--watched"]

    def start(self) -> None:
        self.thread.start()

    def watch(self) -> None:
        times = 0
        while True:
            with self.lock:
                if self.stopping.is_set():
                    return
                # It holds the other end of its standard input: when we are gone, even by kill -9, it stops by itself.
                command = [sys.executable, "-m", "ascolto.cli", *self.arguments()]
                self.child = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603  our own program
            started = time.monotonic()
            code = self.child.wait()
            if self.stopping.is_set():
                return
            times = 0 if time.monotonic() - started > STEADY_S else times
            wait_s = BACK_OFF_S[min(times, len(BACK_OFF_S) - 1)]
            times += 1
            log.error("`ascolto %s` ended with %s; again in %s s", self.name, code, wait_s)
            self.stopping.wait(wait_s)

    def ask_to_stop(self) -> None:
        """Begin to stop; does not wait. Twice is once."""
        with self.lock:
            self.stopping.set()
            if self.child is not None and self.child.poll() is None:
                self.child.terminate()

    def stop(self) -> None:
        """Stop it and wait; what will not end is ended."""
        self.ask_to_stop()
        if self.child is None:
            return
        try:
            self.child.wait(WORKER_STOP_S)
        except subprocess.TimeoutExpired:
            log.warning("`ascolto %s` did not stop in time; what it had in hand goes on at the next start", self.name)
            self.child.kill()
            self.child.wait()


class WatchedWorker(Watched):
    """The worker, which is told whose work it goes on with."""

    def __init__(self) -> None:
        super().__init__("worker")

    def arguments(self) -> list[str]:
        # The last one has ended, however that was: what it had in hand need not wait until its leases run out.
        instead = ["--instead-of", str(self.child.pid)] if self.child is not None else []
        return [*super().arguments(), *instead]
