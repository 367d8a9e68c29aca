"""An agent's whole work without the mouse."""

from typing import Any

import pytest

from tests.browser.letters import api_of, begin
from tests.browser.seats import Seats, connected
from tests.running import RunningDesk

pytestmark = pytest.mark.browser

# What the focused element draws around itself that it does not draw without focus.
SEES_FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1.5;
}"""


# A composer and a chosen file's label show the focus of what stands in them.
IS_SEEN_SOMEHOW = """() => {
  const at = document.activeElement;
  const marks = (each) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1.5) || (each.matches('.composer') && boxShadow !== 'none');
  };
  return at === document.body || [at, at.closest('label'), at.closest('.composer')].some((each) => each && marks(each));
}"""


def focused(page: Any, selector: str) -> None:
    """The focus is there, and it can be seen."""
    page.wait_for_function("(selector) => document.activeElement?.matches(selector)", arg=selector)
    if not page.evaluate("document.activeElement.matches('textarea, [tabindex=\"-1\"]')"):
        assert page.evaluate(SEES_FOCUS), f"the focus on {selector} cannot be seen"


@pytest.fixture
def bruno(seats: Seats, desk: RunningDesk) -> Any:
    api = api_of(desk)
    for words in ("La prima lampada", "La seconda lampada"):
        begin(api, words, name="Tina Tasti", address="tina@posta.example", inbox=desk.facts["messenger"])
    return connected(seats.colleague("bruno", "/inbox/waiting/"))


def test_the_agent_does_all_of_it_without_the_mouse(bruno: Any) -> None:
    keys = bruno.keyboard

    # ? shows the keys, Escape closes them
    keys.press("?")
    bruno.locator("#keys[open]").wait_for()
    keys.press("Escape")
    bruno.locator("#keys[open]").wait_for(state="detached")

    # j and k move, Enter opens
    keys.press("j")
    focused(bruno, "#rows li:nth-child(1) .row")
    keys.press("j")
    focused(bruno, "#rows li:nth-child(2) .row")
    keys.press("k")
    focused(bruno, "#rows li:nth-child(1) .row")
    keys.press("Enter")
    focused(bruno, "#thread-title")

    # r writes, Escape leaves the field and keeps the words, Ctrl+Enter sends
    keys.press("r")
    focused(bruno, "#reply")
    keys.type("senza toccare il mouse")
    keys.press("Escape")
    keys.press("j")
    focused(bruno, ".row")
    keys.press("r")
    focused(bruno, "#reply")
    keys.press("Control+Enter")
    bruno.locator(".message--agent", has_text="senza toccare il mouse").wait_for()

    # n notes, a chooses who holds it
    keys.press("Escape")
    keys.press("n")
    focused(bruno, "#reply")
    keys.type("una nota dalla tastiera")
    keys.press("Control+Enter")
    bruno.locator(".note", has_text="una nota dalla tastiera").wait_for()
    keys.press("Escape")
    keys.press("a")
    focused(bruno, "#assignee")
    keys.type("Carla")
    keys.press("Enter")
    focused(bruno, "#thread-title")
    bruno.locator(".event", has_text="Carla Verdi").wait_for()

    # e resolves, / searches
    keys.press("e")
    bruno.get_by_role("button", name="Riapri").wait_for()
    keys.press("/")
    focused(bruno, "input[type=search]")
    keys.type("lampada")
    keys.press("Enter")
    bruno.wait_for_url("**/search/?q=lampada")


def test_a_choice_by_keys_is_made_once_and_gives_the_keys_back(bruno: Any) -> None:
    keys = bruno.keyboard
    given = bruno.locator(".event", has_text="conversazione a")
    sent: list[str] = []
    bruno.on("request", lambda request: sent.append(request.url) if request.url.endswith("/assignee/") else None)
    keys.press("j")
    keys.press("Enter")
    focused(bruno, "#thread-title")
    before = bruno.locator("#assignee").input_value()

    # Escape takes the steps back
    keys.press("a")
    focused(bruno, "#assignee")
    keys.press("ArrowDown")
    bruno.locator("[data-not-set]").wait_for()
    keys.press("Escape")
    focused(bruno, "#thread-title")
    assert bruno.locator("#assignee").input_value() == before

    # two steps and Enter are one choice
    keys.press("a")
    focused(bruno, "#assignee")
    keys.press("Home")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    assert sent == []
    keys.press("Enter")
    focused(bruno, "#thread-title")
    keys.press("e")
    bruno.get_by_role("button", name="Riapri").wait_for()
    bruno.locator(".event", has_text="ha risolto").wait_for()
    assert len(sent) == 1
    assert given.count() == 1

    # leaving the field sets it as well
    bruno.locator("#priority").focus()
    keys.press("ArrowDown")
    keys.press("Tab")
    bruno.locator(".event", has_text="priorità").wait_for()


def test_the_way_by_tab_is_seen_everywhere(bruno: Any) -> None:
    unseen = []
    bruno.keyboard.press("j")
    bruno.keyboard.press("Enter")
    focused(bruno, "#thread-title")
    bruno.evaluate("document.activeElement.blur()")
    for _ in range(40):
        bruno.keyboard.press("Tab")
        name = bruno.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        is_seen = bruno.evaluate(IS_SEEN_SOMEHOW)
        if not is_seen:
            unseen.append(name)

    assert unseen == []
