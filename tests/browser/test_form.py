"""The contact form in another site's page, and the customer's own page while it stands open."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.browser.letters import api_of, begin, link_in_mail
from tests.browser.seats import Seats
from tests.running import RunningDesk

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(desk: RunningDesk) -> Iterator[str]:
    """A site of another origin that has the snippet in its page."""
    page = (
        '<!doctype html><html lang="en"><head><title>Shop</title></head><body><h1>Shop</h1>'
        f'<div data-ascolto-form="modulo"><a href="{desk.url}/contact/modulo/">Write to us</a></div>'
        f'<script async src="{desk.url}/contact/modulo.js"></script><p id="after">After</p></body></html>'
    )

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", f"default-src 'none'; script-src {desk.url}; frame-src {desk.url}")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def allow(seats: Seats, origin: str) -> None:
    ada = seats.colleague("ada", "/settings/inboxes/modulo/")
    ada.locator("[name=origins]").fill(origin)
    ada.locator("form.settings__fields button[type=submit]").click()
    ada.wait_for_load_state()


def ask(seats: Seats, words: str) -> None:
    ada = seats.colleague("ada", "/settings/inboxes/modulo/form/")
    ada.locator("[name=label_it]").fill(words)
    ada.locator(".settings__form button[type=submit]").click()
    ada.locator(".questions").get_by_text(words).first.wait_for()


def test_the_form_stands_in_a_sites_page_as_tall_as_it_is(seats: Seats, desk: RunningDesk, shop: str, chromium: Any) -> None:
    allow(seats, shop)
    ask(seats, "Codice del cliente")
    page = chromium.new_context(locale="it-IT", color_scheme="dark").new_page()
    page.goto(shop)
    form = page.frame_locator("iframe")
    form.locator("#email").fill("lena@posta.example")
    form.locator("#text").fill("La lampada trema")
    form.locator("[name^=own_]").first.fill("C-1")
    tall = page.locator("iframe").bounding_box()
    inside = form.locator("form-frame").evaluate("(each) => each.getBoundingClientRect().height")

    assert tall
    assert abs(tall["height"] - inside) < 2
    assert form.locator("html").get_attribute("data-theme") == "light"
    form.get_by_role("button", name="Send").click()
    form.get_by_text("It has arrived").wait_for()
    page.wait_for_function("document.querySelector('iframe').getBoundingClientRect().height < 500")
    rows = api_of(desk).get("/conversations").json()
    assert "C-1" in str(rows)
    page.context.close()


def test_d5_a_site_that_is_not_allowed_gets_no_form(seats: Seats, shop: str, chromium: Any) -> None:
    allow(seats, "https://elsewhere.example")
    page = chromium.new_context().new_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    page.goto(shop)
    page.wait_for_timeout(800)

    assert any("frame-ancestors" in each for each in blocked)
    assert page.locator("iframe").bounding_box()["height"] == 800  # nothing told it another height
    page.context.close()


def test_without_script_the_link_in_the_sites_page_leads_to_the_form(shop: str, chromium: Any) -> None:
    page = chromium.new_context(java_script_enabled=False, locale="en-GB").new_page()
    page.goto(shop)
    page.get_by_text("Write to us").click()
    page.locator("#email").fill("nora@posta.example")
    page.locator("#text").fill("Senza script")
    page.get_by_role("button", name="Send").click()

    page.get_by_text("It has arrived").wait_for()
    page.context.close()


def test_a_reply_comes_to_the_page_that_stands_open_and_keeps_what_is_being_written(seats: Seats, desk: RunningDesk) -> None:
    api, address = api_of(desk), "ida@posta.example"
    began = begin(api, "La lampada", name="Ida", address=address, inbox=desk.facts["form"])
    page = seats.take()
    page.goto(link_in_mail(desk.data / "mail", address))
    page.locator("#text").fill("Mezza frase")
    api.post(f"/conversations/{began['id']}/messages", json={"body": "Ancora una cosa.", "author": "agent"})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when one comes back to it

    page.locator("customer-thread").get_by_text("Ancora una cosa.").wait_for()
    assert page.locator("#text").input_value() == "Mezza frase"
    shown = page.locator("customer-thread").get_attribute("data-after")
    assert page.locator("[name=up_to]").input_value() == shown == page.locator("read-mark").get_attribute("data-up-to")


def test_questions_are_put_in_order_with_the_keyboard_alone(seats: Seats) -> None:
    ask(seats, "Prima")
    ask(seats, "Seconda")
    ada = seats.colleague("ada", "/settings/inboxes/modulo/form/")
    up = ada.get_by_role("button", name="Chiedi «Seconda» prima")
    up.focus()
    ada.keyboard.press("Enter")
    ada.wait_for_url("**moved=seconda**")

    names = ada.locator(".questions code").all_inner_texts()
    assert names.index("seconda") < names.index("prima")
    assert ada.evaluate("document.activeElement.getAttribute('aria-label')") == "Chiedi «Seconda» prima"
