"""A real desk in processes of its own: `ascolto serve` on a free port of this machine, with its worker."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import psycopg

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class RunningDesk:
    """Where it is, who works there, and its processes in hand."""

    data: Path
    port: int
    facts: dict[str, Any]
    environment: dict[str, str]
    server: subprocess.Popen[bytes] | None = None
    log: Path = field(default_factory=Path)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "ascolto.cli.__main__", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(300):
            if self.server.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass_time()
                continue
            pass_time()
        raise AssertionError("the desk did not become ready:\n" + self.log.read_text()[-3000:])

    def stop(self) -> int:
        """SIGTERM, and its exit code."""
        assert self.server is not None
        self.server.send_signal(signal.SIGTERM)
        return self.server.wait(timeout=20)

    def kill(self) -> None:
        """kill -9, worker and all."""
        assert self.server is not None
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(timeout=10)


def pass_time() -> None:
    time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_desk(folder: Path, *, language: str = "it", **settings: str) -> Iterator[RunningDesk]:
    """Make a small desk (tests/make_desk.py) in `folder`, serve it, and end it at the end."""
    with database_of_its_own() as address:
        yield from served(folder, language, {"ASCOLTO_DATABASE_URL": address, **settings})


@contextmanager
def database_of_its_own() -> Iterator[str]:
    """The address of a fresh database where the run is for PostgreSQL; nothing for SQLite, whose file is in the folder."""
    server = os.environ.get("ASCOLTO_TEST_DATABASE_URL", "")
    if not server:
        yield ""
        return
    name = f"desk_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def served(folder: Path, language: str, settings: dict[str, str]) -> Iterator[RunningDesk]:
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ASCOLTO_")}
    environment |= {
        "ASCOLTO_DATA": str(folder),
        "ASCOLTO_URL": f"http://127.0.0.1:{port}",
        "ASCOLTO_LIMITS_FACTOR": "50",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "ascolto.project.settings",  # not the one of the tests, which this process inherits
        **settings,
    }
    command = [sys.executable, "-m", "tests.make_desk", language]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr[-3000:]
    desk = RunningDesk(folder, port, json.loads(made.stdout), environment, log=folder / "serve.log")
    desk.start()
    try:
        yield desk
    finally:
        if desk.server is not None and desk.server.poll() is None:
            desk.kill()
