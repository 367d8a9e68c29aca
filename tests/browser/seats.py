"""Browsers of colleagues and visitors at one running desk, and what may not happen in any of them."""

from typing import Any

from tests.running import RunningDesk

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
QUIET_SCHEMES = ("blob:", "data:", "about:")


class Seats:
    """One browser context for each who sits down. `troubles`: script errors, dialogs, foreign requests, breaches of the CSP."""

    signed_in: dict[tuple[str, str], Any] = {}  # signing in once per desk and person is enough for all tests

    def __init__(self, chromium: Any, desk: RunningDesk) -> None:
        self.chromium, self.desk = chromium, desk
        self.troubles: list[str] = []
        self.contexts: list[Any] = []

    def take(self, *, language: str = "it", viewport: dict[str, int] = WIDE, **rest: Any) -> Any:
        """A page in a fresh browser context."""
        context = self.chromium.new_context(
            base_url=self.desk.url, locale={"it": "it-IT", "en": "en-GB"}[language], viewport=viewport, **rest
        )
        context.set_default_timeout(30_000)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        context.on("request", lambda request: self.asked(request.url))
        context.on("console", lambda message: self.said(message.text))
        self.contexts.append(context)
        return context.new_page()

    def colleague(self, name: str, address: str = "/inbox/unassigned/", **rest: Any) -> Any:
        """A page of that colleague's own, signed in by the form."""
        who = (self.desk.url, name)
        if who not in self.signed_in:
            page = self.take()
            page.goto("/account/login/")
            page.locator("[name=login]").fill(self.desk.facts["people"][name])
            page.locator("[name=password]").fill(self.desk.facts["password"])
            page.locator("[name=password]").press("Enter")
            page.wait_for_url("**/inbox/**")
            self.signed_in[who] = page.context.storage_state()
            page.context.close()
            self.contexts.remove(page.context)
        page = self.take(storage_state=self.signed_in[who], **rest)
        page.goto(address)
        return page

    def visitor(self, **rest: Any) -> tuple[Any, Any]:
        """The shop's page with the messenger open, and the messenger's frame."""
        page = self.take(**rest)
        page.goto(f"/messenger/{self.desk.facts['messenger']}/demo/")
        return page, opened(page)

    def asked(self, url: str) -> None:
        if not url.startswith((self.desk.url, *QUIET_SCHEMES)):
            self.troubles.append(f"foreign request: {url}")

    def said(self, words: str) -> None:
        if "Content Security Policy" in words or "Content-Security-Policy" in words:
            self.troubles.append(words)

    def leave(self) -> None:
        for context in self.contexts:
            context.close()


def opened(shop: Any) -> Any:
    """Open the messenger on the shop's page; gives its frame once it greets."""
    shop.locator("ascolto-messenger button").click()
    return standing_open(shop)


def standing_open(shop: Any) -> Any:
    """The messenger as it stands after a reload: open again, as it was left."""
    frame = shop.frame_locator("iframe")
    frame.locator("visitor-messenger[data-state=ready] #say").wait_for()
    return frame


def say(frame: Any, words: str) -> None:
    """The visitor writes, and waits until the desk has it."""
    frame.locator("#say").fill(words)
    frame.locator("#say").press("Enter")
    frame.locator(".message--customer:not(.message--waiting)", has_text=words[:60]).last.wait_for()


def connected(page: Any) -> Any:
    """Wait until the console hears what happens."""
    page.locator("live-desk[data-state=open]").wait_for(state="attached")
    return page
