"""A desk of its own for one benchmark: a temporary folder, its database, and the real server as a child process."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID

KEY = "bench"  # of the messenger's inbox
READY_WITHIN_S = 120.0
WITHOUT_LIMITS = "100000"  # rates are let through so many times; a benchmark is one address with everybody behind it


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A browser that has opened the messenger: its session token."""

    token: str


@dataclass
class Desk:
    """Where it lives and how it is reached."""

    folder: Path
    port: int
    inbox: UUID | None
    servers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.folder / "ascolto.sqlite3"

    @property
    def server(self) -> "subprocess.Popen[bytes]":
        return self.servers[-1]

    def serve(self, *arguments: str) -> float:
        """Start `ascolto serve` and wait until it is ready; returns the seconds from command to ready."""
        started = time.monotonic()
        command = [sys.executable, "-m", "ascolto.cli", "serve", "--port", str(self.port), *arguments]
        with (self.folder / "server.log").open("ab") as log:
            self.servers.append(subprocess.Popen(command, env=environment(self.folder, self.port), stdout=log, stderr=log))
        while not is_ready(self.port):
            if self.server.poll() is not None or time.monotonic() - started > READY_WITHIN_S:
                raise RuntimeError(f"the server did not start:\n{(self.folder / 'server.log').read_text()[-3000:]}")
            time.sleep(0.01)
        return time.monotonic() - started

    def stop(self) -> None:
        """Stop the server as an operator would."""
        if self.servers and self.server.poll() is None:
            self.server.terminate()
            try:
                self.server.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """Pull the plug: kill -9."""
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGKILL)
        self.server.wait()


def environment(folder: Path, port: int) -> dict[str, str]:
    """What the server and this process read: SQLite in that folder, no Redis, no mail server, no limits to a flood."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASCOLTO_")}
    return {
        **kept,
        "ASCOLTO_DATA": str(folder),
        "ASCOLTO_URL": f"http://127.0.0.1:{port}",
        "ASCOLTO_LIMITS_FACTOR": WITHOUT_LIMITS,
        "DJANGO_SETTINGS_MODULE": "ascolto.project.settings",
    }


@contextmanager
def new_desk(port: int | None = None) -> Iterator[Desk]:
    """A desk in a temporary folder, set up and empty; its server is stopped and its folder removed at the end."""
    with tempfile.TemporaryDirectory(prefix="ascolto-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        desk = Desk(folder, port or free_port(), prepare(folder, port or 8000))
        try:
            yield desk
        finally:
            desk.stop()


def prepare(folder: Path, port: int) -> UUID:
    """Migrate and set up in `folder`, and make this process's Django look there. Returns the messenger's inbox."""
    os.environ.update(environment(folder, port))
    import django

    django.setup()
    from django.core.management import call_command

    look_into(folder)
    call_command("migrate", verbosity=0)
    from ascolto.channels.configure import make_inbox
    from ascolto.workspace.configure import set_up

    now = datetime.now(UTC)
    set_up(name="Bench", language="it", time_zone="Europe/Rome", at=now)
    return make_inbox(name="Sito", kind="messenger", language="it", at=now, key=KEY).id


def prepare_to_read(folder: Path) -> None:
    """Make this process's Django look into a folder that was filled before."""
    os.environ.update(environment(folder, 8000))
    import django

    django.setup()
    look_into(folder)


def look_into(folder: Path) -> None:
    """Let this process's Django use the database in `folder` from now on."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(folder / "ascolto.sqlite3")


def visitors(desk: Desk, count: int) -> list[Visitor]:
    """So many browsers that have opened the messenger, known customers already, put straight into the tables."""
    from django.db import transaction

    from ascolto.channels.models import Visit
    from ascolto.database.ids import new_id
    from ascolto.people.models import Customer
    from ascolto.vault.secrets import digest, new_token

    now = datetime.now(UTC)
    made = [Visitor(token=new_token()) for _ in range(count)]
    customers = [Customer(id=new_id(), language="it", created_at=now, updated_at=now) for _ in made]
    visits = [
        Visit(
            inbox_id=desk.inbox, digest=digest(each.token), customer=customer, created_at=now, expires_at=now + timedelta(days=1)
        )
        for each, customer in zip(made, customers, strict=True)
    ]
    with transaction.atomic():
        Customer.objects.bulk_create(customers)
        Visit.objects.bulk_create(visits)
    return made


def api_token() -> str:
    """A token that may read everything."""
    from ascolto.accounts import tokens

    return tokens.create(name="bench", scopes=["admin"], at=datetime.now(UTC))[1]


def signed_in(role: str = "admin") -> tuple[Any, str]:
    """A colleague and the session cookie of their browser."""
    from django.test import Client

    from ascolto.accounts.models import User

    user = User.objects.create_user(email=f"{role}@bench.example", name="Ada Rossi", role=role)
    client = Client()
    client.force_login(user)
    return user, client.cookies["sessionid"].value


def free_port() -> int:
    """A port of this machine that nobody listens on; ASCOLTO_BENCH_PORTS=9260-9299 narrows the choice."""
    if wanted := os.environ.get("ASCOLTO_BENCH_PORTS"):
        first, last = wanted.split("-")
        return next(port for port in range(int(first), int(last) + 1) if not answers(port))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_ready(port: int) -> bool:
    """Whether the server says that it can be used."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def memory_kb(pid: int) -> dict[str, int]:
    """Resident memory of a process: `Rss`, and `Pss`, where what is shared with others counts as a part. Linux only."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:] if line.endswith("kB")}
    return {"Rss": found["Rss"], "Pss": found["Pss"]}


def children_of(pid: int) -> list[int]:
    """The processes that this one has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in tasks for child in path.read_text().split()]
