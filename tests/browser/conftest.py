"""A running desk of its own, and a browser to look at it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.browser.seats import Seats
from tests.running import RunningDesk, free_port, running_desk

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_S = 40


@dataclass
class Served:
    """`ascolto serve` in a data folder of its own; `acts(verb, …)` is what a colleague does meanwhile (acting.py)."""

    folder: Path
    port: int
    key: str = "sito"
    server: Any = None
    colleague: Any = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def acts(self, verb: str, *rest: str) -> Any:
        self.colleague.stdin.write(json.dumps([verb, *rest]) + "\n")
        self.colleague.stdin.flush()
        answer = self.colleague.stdout.readline()
        assert answer, f"{verb} did not work: see the output of acting.py"
        return json.loads(answer)

    def start(self) -> None:
        """Serve, and wait until it is ready."""
        with open(self.folder / "serve.log", "ab") as log:
            command = [sys.executable, "-m", "ascolto.cli", "serve", "--port", str(self.port)]
            self.server = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.server.poll() is None:
            with suppress(URLError, OSError), urlopen(f"{self.url}/health/live", timeout=1):
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / "serve.log").read_text()[-2000:])

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(20)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running desk with one messenger, for all browser tests of a run."""
    chromium_or_skip()
    folder = tmp_path_factory.mktemp("served")
    desk = Served(folder=folder, port=free_port())
    desk.environment = {
        **os.environ,
        "ASCOLTO_DATA": str(folder),
        "ASCOLTO_URL": desk.url,
        "ASCOLTO_DATABASE_URL": "",
        "ASCOLTO_LIMITS_FACTOR": "50",
        "DJANGO_SETTINGS_MODULE": "ascolto.project.settings",
    }
    desk.start()
    try:
        script = str(Path(__file__).with_name("acting.py"))
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        desk.colleague = subprocess.Popen([sys.executable, script], env=desk.environment, **pipes)
        desk.key = desk.acts("make_world")
        yield desk
    finally:
        if desk.colleague:
            desk.colleague.stdin.close()
            desk.colleague.wait(10)
        desk.stop()


def chromium_or_skip() -> None:
    """Without Chromium these tests say so; where a browser is required (ASCOLTO_TEST_REQUIRE) that is a failure."""
    if CHROMIUM is None and "browser" in os.environ.get("ASCOLTO_TEST_REQUIRE", "").split(","):
        pytest.fail("ASCOLTO_TEST_REQUIRE asks for a browser – install Chromium")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One Chromium for the tests of a file (Playwright runs a loop in this thread; it ends before others begin)."""
    chromium_or_skip()
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A small running desk with Bruno, Carla, Ada and Dario, for all browser tests of a run that need colleagues."""
    chromium_or_skip()
    with running_desk(tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture
def seats(chromium: Any, desk: RunningDesk) -> Iterator[Seats]:
    """Browsers of colleagues and visitors; what goes wrong in any of them (seats.py) fails the test."""
    taken = Seats(chromium, desk)
    yield taken
    taken.leave()
    assert taken.troubles == []


@pytest.fixture
def browser_page(chromium: Any) -> Iterator[Any]:
    """A fresh Italian visitor's page, 1280 by 800; whatever goes wrong in a script fails the test."""
    context = chromium.new_context(locale="it-IT", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    context.close()
    assert broken == []
