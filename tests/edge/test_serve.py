"""`ascolto serve` as a process of its own: ready, a word from end to end, a restart that loses nothing, a clean stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SET_UP = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import HASH_SESSION_KEY, BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from ascolto.accounts.models import User
from ascolto.channels.configure import make_inbox
from ascolto.workspace.configure import set_up
set_up(name="Lumen", language="it", time_zone="Europe/Rome", at=timezone.now())
make_inbox(name="Sito", kind="messenger", language="it", at=timezone.now(), key="sito")
ada = User.objects.create_user("ada@lumen.example", name="Ada Rossi", role="admin")
session = SessionStore()
session[SESSION_KEY] = str(ada.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = ada.get_session_auth_hash()
session.save()
print(session.session_key)
"""


class Desk:
    """A data folder and the server that may run on it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = int(taken.getsockname()[1])
        self.log = folder / "serve.log"
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "ascolto.project.settings",
            "ASCOLTO_DATA": str(folder),
            "ASCOLTO_URL": self.url,
            "ASCOLTO_DATABASE_URL": "",
        }
        done = subprocess.run([sys.executable, "-c", SET_UP], env=self.environment, capture_output=True, text=True, check=True)
        self.session = done.stdout.strip().splitlines()[-1]
        self.server: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> None:
        command = [sys.executable, "-m", "ascolto.cli", "serve", "--port", str(self.port), *more]
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/health/ready", timeout=2) as answer:
                    assert answer.status == 200
                    return
            except OSError:
                assert self.server.poll() is None, self.log.read_text()
                time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def stop(self) -> tuple[int, float]:
        """SIGTERM; the exit code and how long it took."""
        assert self.server is not None
        started = time.monotonic()
        self.server.send_signal(signal.SIGTERM)
        code = self.server.wait(15)
        return code, time.monotonic() - started

    def post(self, name: str, said: Any, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = json.dumps(said).encode()
        request = urllib.request.Request(f"{self.url}/messenger/sito/api/{name}", data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def listen(self, last_id: str = "") -> "Ear":
        headers = {"Cookie": f"sessionid={self.session}", **({"Last-Event-ID": last_id} if last_id else {})}
        request = urllib.request.Request(f"{self.url}/live/stream", headers=headers)
        return Ear(urllib.request.urlopen(request, timeout=20))


class Ear(threading.Thread):
    """Reads a stream to its end."""

    def __init__(self, answer: Any) -> None:
        super().__init__(daemon=True)
        self.answer = answer
        self.lines: list[str] = []
        self.start()

    def run(self) -> None:
        for line in self.answer:
            self.lines.append(line.decode().rstrip("\n"))

    def until(self, words: str) -> str:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if any(words in line for line in self.lines):
                return "\n".join(self.lines)
            time.sleep(0.02)
        raise TimeoutError(f"{words} was not heard: {self.lines}")

    @property
    def last_id(self) -> str:
        return [line[4:] for line in self.lines if line.startswith("id: ")][-1]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    if made.server is not None and made.server.poll() is None:
        made.server.kill()
        made.server.wait()


def test_a_word_goes_from_end_to_end_and_a_restart_loses_nothing(served: Desk) -> None:
    served.start()
    ear = served.listen()
    token = served.post("session", {"language": "it"})["token"]
    first = served.post("messages", {"client_id": "1", "body": "Non si avvia"}, token)

    heard = ear.until("conversation.message_received")
    assert f"id: {first['position']}" in heard

    code, took_s = served.stop()
    ear.join(5)
    assert (code, took_s < 10) == (0, True), served.log.read_text()
    assert [line for line in ear.lines if line][-1].startswith("retry: ")

    served.start("--no-worker")
    missed = served.post("messages", {"client_id": "2", "body": "Ancora no", "conversation": first["conversation"]}, token)
    again = served.post("messages", {"client_id": "1", "body": "Non si avvia"}, token)
    back = served.listen(ear.last_id)

    assert f"id: {missed['position']}" in back.until("conversation.message_received")
    assert again["id"] == first["id"]
    assert served.stop()[0] == 0


def test_a_taken_port_is_refused_with_a_reason(served: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", served.port))
        taken.listen()
        command = [sys.executable, "-m", "ascolto.cli", "serve", "--port", str(served.port)]
        done = subprocess.run(command, env=served.environment, capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 1
    assert "choose another --port" in done.stderr


def test_an_endless_head_is_cut_off(served: Desk) -> None:
    served.start("--no-worker")
    with socket.create_connection(("127.0.0.1", served.port)) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with pytest.raises(OSError, match=r"reset|pipe|abort"):
            send_slowly(line)
    with urllib.request.urlopen(f"{served.url}/health/live", timeout=2) as answer:
        assert answer.status == 200


def send_slowly(line: socket.socket) -> None:
    for _ in range(200):
        line.sendall(b"X-Long: " + b"x" * 4000 + b"\r\n")
        time.sleep(0.005)
