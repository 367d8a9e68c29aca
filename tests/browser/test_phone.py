"""The same work on a phone, 390 pixels wide."""

from typing import Any

import pytest

from tests.browser.letters import api_of, begin
from tests.browser.seats import PHONE, Seats, connected
from tests.running import RunningDesk

pytestmark = pytest.mark.browser


def fits(page: Any) -> None:
    """Nothing sticks out to the side."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def test_list_thread_reply_customer_and_back(seats: Seats, desk: RunningDesk) -> None:
    words = "Scrivo dal treno, il pacco è aperto"
    begin(api_of(desk), words, name="Piera", address="piera@posta.example", inbox=desk.facts["messenger"])
    bruno = connected(seats.colleague("bruno", "/inbox/waiting/", viewport=PHONE, has_touch=True, is_mobile=True))
    fits(bruno)

    bruno.locator(".row", has_text=words).tap()
    bruno.locator(".message--customer", has_text=words).wait_for()
    assert not bruno.locator("#list").is_visible()
    fits(bruno)
    bruno.locator("#reply").fill("Le mandiamo un’altra scatola oggi.")
    bruno.get_by_role("button", name="Invia").tap()
    bruno.locator(".message--agent", has_text="Le mandiamo un’altra scatola oggi.").wait_for()

    bruno.locator("#thread-head > a[href='#customer']").tap()
    bruno.get_by_role("heading", name="Piera").wait_for()
    fits(bruno)
    bruno.get_by_role("link", name="Alla conversazione", exact=True).tap()
    bruno.locator("#reply").wait_for()
    bruno.get_by_role("link", name="Torna all’elenco").tap()
    bruno.locator("#list .row").first.wait_for()
    fits(bruno)


@pytest.mark.parametrize(
    "address",
    ["/search/?q=pacco", "/insights/", "/insights/answers/", "/settings/", "/settings/inboxes/", "/settings/mail/",
     "/settings/people/", "/settings/tokens/", "/account/", "/account/2fa/"],
)  # fmt: skip
def test_every_other_screen_fits_too(seats: Seats, address: str) -> None:
    ada = seats.colleague("ada", address, viewport=PHONE)

    fits(ada)
