"""The customer beside the thread, as the agent comes to know them."""

from typing import Any

import pytest

from tests.browser.seats import Seats, connected, say

pytestmark = pytest.mark.browser


def test_an_address_that_the_visitor_leaves_is_there_at_once(seats: Seats) -> None:
    bruno: Any = connected(seats.colleague("bruno"))
    _, frame = seats.visitor()
    say(frame, "le lascio il mio indirizzo")
    bruno.locator(".row", has_text="le lascio il mio indirizzo").click()
    bruno.locator("#customer-addresses").wait_for()
    assert bruno.locator("#customer .addresses").count() == 0

    frame.locator("#leave-email").fill("fausta@posta.example")
    frame.locator("#leave-email").press("Enter")

    bruno.locator("#customer .addresses", has_text="fausta@posta.example").wait_for()


def test_what_is_resolved_stays_in_its_list_until_another_is_opened(seats: Seats) -> None:
    bruno: Any = connected(seats.colleague("bruno"))
    for words in ("la prima di due", "la seconda di due"):
        say(seats.visitor()[1], words)
    first, second = (bruno.locator(".row", has_text=words) for words in ("la prima di due", "la seconda di due"))
    first.click()
    bruno.locator("#thread-title", has_text="la prima di due").wait_for()
    bruno.locator("[data-key-e] button").click()

    first.filter(has_text="Risolta").wait_for()
    assert first.get_attribute("aria-current") == "true"

    second.click()
    first.wait_for(state="detached")
