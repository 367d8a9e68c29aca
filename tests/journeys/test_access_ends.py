"""Access that is taken away ends open streams of a running desk (threats F8, K6, D9), whoever takes it and wherever."""

import subprocess
import sys
import threading
import time

import httpx

from tests.journeys.conftest import Colleague, Visitor
from tests.running import ROOT, RunningDesk

WITHIN_S = 5.0


class Stream(threading.Thread):
    """Listens until the other side ends it; `ended_at` says when."""

    def __init__(self, http: httpx.Client, address: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(daemon=True)
        self.http, self.address, self.headers = http, address, headers
        self.heard = ""
        self.ended_at = 0.0
        self.is_open = threading.Event()
        self.start()
        assert self.is_open.wait(10)

    def run(self) -> None:
        with self.http.stream("GET", self.address, headers=self.headers, timeout=30) as answer:
            assert answer.status_code == 200
            for part in answer.iter_text():
                self.heard += part
                self.is_open.set()
        self.ended_at = time.monotonic()

    def ended_within(self, since: float) -> bool:
        self.join(WITHIN_S + 3)
        return not self.is_alive() and self.ended_at - since <= WITHIN_S and "event: bye" in self.heard


def command(desk: RunningDesk, *words: str) -> None:
    """What an operator types, in a process of its own."""
    typed = [sys.executable, "-m", "ascolto.cli", *words]
    done = subprocess.run(typed, cwd=ROOT, env=desk.environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


def test_f8_the_stream_of_a_locked_colleague_ends_within_five_seconds(desk: RunningDesk) -> None:
    bruno = Colleague(desk, "bruno")
    stream = Stream(bruno.http, "/live/stream")

    command(desk, "user", "lock", desk.facts["people"]["bruno"])

    assert stream.ended_within(time.monotonic())
    assert bruno.http.get("/live/stream").status_code == 401


def test_f8_a_colleague_who_signs_out_hears_no_more(desk: RunningDesk) -> None:
    carla = Colleague(desk, "carla")
    stream = Stream(carla.http, "/live/stream")
    again = httpx.Client(base_url=desk.url, cookies=carla.http.cookies, follow_redirects=True, timeout=10)
    carla.http = again

    carla.submit("/account/logout/", form_at="/account/logout/")

    assert stream.ended_within(time.monotonic())


def test_f8_the_stream_of_a_revoked_token_ends_within_five_seconds(desk: RunningDesk) -> None:
    http = httpx.Client(base_url=desk.url, timeout=10, headers={"Authorization": f"Bearer {desk.facts['token']}"})
    stream = Stream(http, "/api/v1/stream")
    waiting = time.monotonic()
    prefixes = [line for line in tokens_of(desk) if line.endswith("prova")]

    command(desk, "token", "revoke", prefixes[0].partition("\t")[0])

    assert stream.ended_within(time.monotonic())
    assert http.get("/api/v1/events?wait=20").status_code == 401
    assert time.monotonic() - waiting < 20


def tokens_of(desk: RunningDesk) -> list[str]:
    typed = [sys.executable, "-m", "ascolto.cli", "token", "list"]
    done = subprocess.run(typed, cwd=ROOT, env=desk.environment, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.splitlines()


def test_d9_a_visitors_logout_ends_the_stream_at_once(desk: RunningDesk) -> None:
    anna = Visitor(desk)
    anna.says("1", "Buongiorno")
    stream = Stream(httpx.Client(base_url=anna.http.base_url, headers=anna.http.headers), "/stream")

    assert anna.http.post("/logout").status_code == 200

    since = time.monotonic()
    assert stream.ended_within(since)
    assert stream.ended_at - since < 1
    assert anna.http.get("/stream").status_code == 401
