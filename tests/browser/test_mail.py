"""Mails of attackers, opened as a colleague opens them: nothing runs, nothing is asked elsewhere, nothing of ours is covered."""

from typing import Any

import pytest

from tests.browser.mail_in import let_in
from tests.browser.seats import Seats
from tests.browser.test_hostile import OPEN_ALL, PAYLOADS, POWERS
from tests.running import RunningDesk

pytestmark = pytest.mark.browser

COVERS = [
    '<div style="position:fixed;inset:0;z-index:9999;background:red">tutto</div>',
    '<div style="position:absolute;top:-500px;left:-500px;width:9999px;height:9999px;background:#f00">tutto</div>',
    '<div style="margin:-900px 0 0 -900px;width:4000px;height:4000px;background-color:#f00">tutto</div>',
    "<style>body{background:url(https://evil.example/s)}@import 'https://evil.example/i'</style>",
    '<label for="reply">clicca</label><a href="https://evil.example" target="_top">via</a><a name="reply" id="reply">x</a>',
    '<p style="background:url(https://evil.example/c);list-style:url(//evil.example/l)">x</p>',
    '<table background="https://evil.example/t"><tr><td background="//evil.example/d">x</td></tr></table>',
    '<img src="https://evil.example/1.gif"><img srcset="https://evil.example/2.gif 2x"><source srcset=//evil.example/3>',
    '<img src="cid:non-c-e" onerror="alert(1)"><img data-src="https://evil.example/4.gif" src="x:">',
    "<video src=https://evil.example/v autoplay></video><object data=https://evil.example/o></object>",
    '<svg><image href="https://evil.example/i" /><use href="https://evil.example/u#x" /></svg>',
    '<a href="https://evil.example" ping="https://evil.example/p" onmouseover="alert(1)">x</a>',
]
FRAME = ".original__frame"


@pytest.fixture(scope="module")
def mails(desk: RunningDesk) -> dict[str, Any]:
    return let_in(
        desk, [{"text": f"parole {nth}", "html": f"<p>parole</p>{each}"} for nth, each in enumerate(COVERS + PAYLOADS[:30])]
    )


def test_b2_b4_mails_run_nothing_and_ask_nothing_of_elsewhere(seats: Seats, mails: dict[str, Any]) -> None:
    bruno = seats.colleague("bruno", f"/conversations/{mails['number']}/")
    bruno.locator(".message--customer").first.wait_for()

    bruno.evaluate(OPEN_ALL)
    for frame in bruno.locator(FRAME).all()[-12:]:
        frame.scroll_into_view_if_needed()
    bruno.wait_for_timeout(1000)

    assert bruno.locator(FRAME).count() >= 40
    assert bruno.locator("#lines script, #lines [style], #lines [onerror], #lines img").count() == 0
    of_this = f"/conversations/{mails['number']}/messages"
    for message in mails["messages"][: len(COVERS)]:
        bruno.goto(f"{of_this}/{message}/formatted/")
        assert bruno.locator(POWERS.replace("style, ", "").replace("[style], ", "")).count() == 0
        assert bruno.locator("[style*=url], [style*=position], [id], [name]:not(meta)").count() == 0


def test_b3_no_mail_covers_what_is_ours(seats: Seats, mails: dict[str, Any]) -> None:
    bruno = seats.colleague("bruno", f"/conversations/{mails['number']}/", reduced_motion="reduce")
    ours = bruno.locator(".composer")
    ours.wait_for()
    bruno.locator("live-desk[data-state=open]").wait_for(state="attached")
    before = ours.screenshot()

    bruno.evaluate(OPEN_ALL)
    bruno.wait_for_timeout(800)

    assert ours.screenshot() == before
    for message in mails["messages"][:3]:
        bruno.goto(f"/conversations/{mails['number']}/messages/{message}/formatted/")
        assert bruno.locator("body > :last-child").evaluate("each => getComputedStyle(each).position") == "static"


def test_b4_pictures_are_asked_for_only_when_somebody_says_so(seats: Seats, desk: RunningDesk) -> None:
    mail = let_in(
        desk, [{"text": "Saldi", "html": '<h1>Saldi</h1><img src="http://tracker.example/p.gif" alt="un punto" width=40>'}]
    )
    bruno = seats.colleague("bruno", f"/conversations/{mail['number']}/")
    asked: list[str] = []
    bruno.context.route("https://tracker.example/**", lambda route: (asked.append(str(route.request.headers)), route.abort()))

    bruno.get_by_text("Mostra con l’impaginazione").click()
    bruno.frame_locator(FRAME).locator("h1").wait_for()
    assert asked == []
    assert seats.troubles == []

    bruno.get_by_role("link", name="Mostra l’immagine").click()
    bruno.frame_locator(FRAME).locator("img[src]").wait_for(state="attached")
    bruno.wait_for_timeout(300)

    assert len(asked) == 1
    assert "referer" not in asked[0]
    assert "cookie" not in asked[0]
    assert {each for each in seats.troubles if "tracker.example" not in each} == set()
    seats.troubles.clear()
