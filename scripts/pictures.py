"""The pictures of the documentation: a demo desk in a folder of its own, served, and looked at with Chromium."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ascolto.demo.cast import PASSWORD

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
LIMIT_BYTES = 150_000
PATIENCE_S = 60
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
AGENTS = {"it": "marta@negozio.example", "en": "emma@negozio.example", "lead": "elena@negozio.example"}
# Whenever the pictures are taken, the desk is open in them.
ALWAYS_OPEN = """
import os, datetime, django
os.environ["DJANGO_SETTINGS_MODULE"] = "ascolto.project.settings"
django.setup()
from ascolto.workspace.configure import set_hours
set_hours([(day, datetime.time(0), datetime.time(23, 59)) for day in range(7)])
"""
STORY = {
    "it": (
        "Ho aggiornato il programma come diceva la mail e ora non si avvia. Ho una consegna alle 18.",
        "Buongiorno, ci sono. Le mando subito la versione di prima: si installa sopra, e quello che ha fatto resta.",
    ),
    "en": (
        "I updated the program as your mail said and now it will not start. I have a deadline at 6.",
        "Hello, I am here. I am sending you the version before: it installs over this one, and your work stays.",
    ),
}


class Desk:
    """A demo desk and a browser; one context for each who looks."""

    def __init__(self, folder: Path, url: str, browser: Browser) -> None:
        self.folder, self.url, self.browser = folder, url, browser
        self.agents: dict[str, Any] = {}

    def context(self, language: str, size: dict[str, int], scheme: str = "light", state: Any = None) -> BrowserContext:
        locale = {"it": "it-IT", "en": "en-GB"}[language]
        zone = "Europe/Rome"
        return self.browser.new_context(
            base_url=self.url, locale=locale, timezone_id=zone, viewport=size, color_scheme=scheme, storage_state=state,
            reduced_motion="reduce",
        )  # fmt: skip

    def agent(self, who: str, size: dict[str, int] = WIDE, scheme: str = "light") -> Page:
        """A page in which that colleague is signed in; signing in happens once."""
        language = "en" if who == "en" else "it"
        if who not in self.agents:
            page = self.context(language, WIDE).new_page()
            page.goto("/account/login/")
            page.locator("[name=login]").fill(AGENTS[who])
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("[name=password]").press("Enter")
            page.wait_for_url("**/inbox/**")
            self.agents[who] = page.context.storage_state()
            page.context.close()
        return self.context(language, size, scheme, self.agents[who]).new_page()


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="ascolto-pictures-") as folder,
        served(Path(folder)) as url,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--force-color-profile=srgb"])
        desk = Desk(Path(folder), url, browser)
        for draw in DRAWN:
            draw(desk)
        browser.close()


def console(desk: Desk) -> None:
    """List, thread and customer, wide, in both languages, light and dark."""
    for language in ("it", "en"):
        for scheme in ("light", "dark"):
            page = desk.agent(language, scheme=scheme)
            page.goto("/inbox/mine/")
            page.goto(fullest_thread(page))
            page.locator("live-desk[data-state=open]").wait_for(state="attached")
            keep(page, f"console-{language}-{scheme}-1280")
            page.context.close()


def phone(desk: Desk) -> None:
    """The same work on a phone: the list, then one thread."""
    page = desk.agent("it", PHONE)
    page.goto("/inbox/mine/")
    keep(page, "console-it-light-390-list")
    page.goto(fullest_thread(page))
    keep(page, "console-it-light-390")
    page.context.close()


def messenger(desk: Desk) -> None:
    """A visitor has written on a shop's page, and an agent has answered."""
    for language in ("it", "en"):
        for size in (WIDE, PHONE):
            said, answered = STORY[language]
            page = desk.context(language, size).new_page()
            page.goto(f"/messenger/negozio/demo/?lang={language}")
            page.locator("ascolto-messenger button").click()
            frame = page.frame_locator("iframe")
            frame.locator("[data-part=expectation]:not(:empty)").wait_for()
            if language == "it":
                keep(page, f"messenger-{language}-light-{size['width']}-welcome")
            frame.locator("#say").fill(said)
            frame.locator("#say").press("Enter")
            frame.locator(".message--customer:not(.message--waiting)").wait_for()
            reply_to_newest(desk, language, answered)
            frame.locator(".message--agent").wait_for()
            page.mouse.move(1, 1)
            keep(page, f"messenger-{language}-light-{size['width']}")
            page.context.close()


def letters(desk: Desk) -> None:
    """The contact form, the customer's own page from the link in the mail, and the two questions."""
    page = desk.context("it", PHONE).new_page()
    page.goto("/contact/modulo/")
    keep(page, "contact-it-390")
    for field, words in (("name", "Nina Colombo"), ("email", "nina@posta.example"), ("subject", "Fattura dell’ordine 2291")):
        page.locator(f"#{field}").fill(words)
    page.locator("#text").fill("Buongiorno, mi serve la fattura dell’ordine 2291 per la contabilità. Grazie.")
    page.locator(".contact .button--primary").click()
    page.get_by_role("status").wait_for()
    agent = reply_to_newest(desk, "it", "Eccola in allegato alla mail di oggi. Se manca un dato me lo scriva qui.")
    page.goto(link_in_mail(desk.folder / "mail", "nina@posta.example"))
    keep(page, "customer-page-it-390")
    agent.locator("[data-key-e] button").click()
    page.goto(page.url)
    for _ in range(PATIENCE_S):
        if page.locator(".banner--known a").count():
            break
        time.sleep(1)
        page.reload()
    page.locator(".banner--known a").click()
    page.locator("fieldset").nth(0).locator("input").nth(4).check()
    keep(page, "survey-it-390")
    page.context.close()


def insights(desk: Desk) -> None:
    """The numbers, with their intervals."""
    for who, language in (("lead", "it"), ("en", "en")):
        page = desk.agent(who)
        page.goto("/insights/")
        keep(page, f"insights-{language}-light-1280")
        page.context.close()


DRAWN: tuple[Callable[[Desk], None], ...] = (console, phone, insights, messenger, letters)


def fullest_thread(page: Page) -> str:
    """The address of the listed conversation in which most was said, so that the picture shows what a thread can hold."""
    addresses = page.eval_on_selector_all("#rows .row", "rows => rows.slice(0, 12).map(row => row.getAttribute('href'))")
    pages = {address: page.request.get(address).text() for address in addresses}
    return str(max(addresses, key=lambda address: (pages[address].count('class="note"'), pages[address].count("<article"))))


def reply_to_newest(desk: Desk, language: str, words: str) -> Page:
    """An agent opens the newest conversation of all that wait on us and answers it, as one would."""
    page = desk.agent(language)
    page.goto("/inbox/open/")
    numbers = page.eval_on_selector_all("#rows .row", "rows => rows.map(row => Number(row.dataset.number))")
    page.goto(f"/conversations/{max(numbers)}/")
    page.locator("#reply").fill(words)
    page.locator("#reply").press("Control+Enter")
    page.locator(".message--agent", has_text=words[:20]).wait_for()
    return page


def link_in_mail(folder: Path, address: str) -> str:
    """The private page's link in the newest mail to that address."""
    for _ in range(PATIENCE_S):
        for path in sorted(folder.glob("*.eml"), reverse=True):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = message.get_body(("plain",))
            found = re.search(r"/t/[\w-]+", body.get_content() if body else "")
            if found and address in str(message["To"]):
                return found.group(0)
        time.sleep(1)
    raise AssertionError(f"no mail with a link went to {address}")


def keep(page: Page, name: str) -> None:
    """Write what is seen as a small PNG: few colours are enough for a screen of flat ones."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(250)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    path = PICTURES / f"{name}.png"
    picture.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    assert size < LIMIT_BYTES, f"{path.name} has {size} bytes, more than {LIMIT_BYTES}"
    print(f"  {path.relative_to(ROOT)} ({size // 1000} kB)")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A demo desk, filled and listening on a free port of this machine; ended at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ASCOLTO_")}
    environment |= {"ASCOLTO_DATA": str(folder), "ASCOLTO_URL": url}
    command = [sys.executable, "-m", "ascolto.cli"]
    subprocess.run([*command, "demo", "--only-fill"], cwd=ROOT, env=environment, check=True)
    subprocess.run([sys.executable, "-c", ALWAYS_OPEN], cwd=ROOT, env=environment, check=True)
    server = subprocess.Popen([*command, "serve", "--port", str(port)], cwd=ROOT, env=environment, start_new_session=True)
    try:
        wait_until_ready(url, server)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(PATIENCE_S * 10):
        assert server.poll() is None, "the desk ended before it was ready"
        try:
            with urlopen(f"{url}/health/ready", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the desk did not become ready at {url}")


if __name__ == "__main__":
    main()
