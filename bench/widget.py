"""What the messenger weighs: before a visitor shows any intent, and opened, with the number of requests."""

import gzip
import shutil
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench import desk
from bench.figure import Figure, at_most

GOAL_BEFORE_KB, GOAL_OPEN_KB = 6, 40
KB = 1000  # as browsers and budgets count
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Load:
    """What a browser fetched."""

    requests: list[str] = field(default_factory=list)
    gzip_bytes: int = 0
    wire_bytes: int = 0  # bodies as they came; those that the desk sends plain are larger than their gzip

    def take(self, path: str, body: bytes, wire_bytes: int) -> None:
        self.requests.append(path)
        self.gzip_bytes += len(gzip.compress(body, 9, mtime=0))
        self.wire_bytes += wire_bytes


def run(*, is_quick: bool) -> list[Figure]:
    """Open the demo page in Chromium, wait, press the button, wait. :raises RuntimeError: there is no Chromium"""
    with desk.new_desk() as there:
        there.serve("--no-worker")
        before, opened = visit(there.port)
    first = f"{', '.join(before.requests)}; {before.wire_bytes:,} bytes of bodies over the line"
    then = f"{', '.join(opened.requests)}; {opened.wire_bytes:,} bytes of bodies over the line, shared CSS included"
    return [
        at_most("before intent, gzip", before.gzip_bytes / KB, GOAL_BEFORE_KB, unit="kB", digits=2, reference=first),
        Figure(name="requests before intent", value=len(before.requests)),
        at_most(
            "opened, everything included, gzip", (before.gzip_bytes + opened.gzip_bytes) / KB, GOAL_OPEN_KB, unit="kB", digits=1
        ),
        Figure(name="requests to open", value=len(opened.requests), reference=then),
    ]


def visit(port: int) -> tuple[Load, Load]:
    """What the messenger fetched before the button was pressed, and after; the host page's own files are not counted."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise RuntimeError("this needs Chromium: apt install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(locale="it-IT")
        seen: list[Any] = []
        page.on("request", lambda request: seen.append(request))
        page.goto(f"http://127.0.0.1:{port}/messenger/{desk.KEY}/demo/", wait_until="networkidle")
        page.wait_for_timeout(1000)
        before = weigh([each for each in seen if not is_of_the_host(each)])
        asked = len(seen)
        page.get_by_role("button").first.click()
        page.frame_locator("iframe").locator("textarea:visible").first.wait_for()
        page.wait_for_timeout(1500)
        opened = weigh(seen[asked:])
        browser.close()
    return before, opened


def is_of_the_host(request: Any) -> bool:
    """Whether the demo page asked for it as any site asks for its own styles and pictures."""
    path = urlsplit(request.url).path
    return path.endswith("/demo/") or path.startswith(("/static/css/", "/static/img/"))


def weigh(requests: list[Any]) -> Load:
    load = Load()
    for request in requests:
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https"):
            continue
        response = None if parts.path.endswith("/stream") else request.response()  # a stream has no end
        body = response.body() if response is not None and response.status == 200 else b""
        load.take(parts.path, body, request.sizes()["responseBodySize"] if response is not None else 0)
    return load
