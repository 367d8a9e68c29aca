"""Words, names, subjects and files of attackers, opened where people open them: nothing runs, nothing is asked of other hosts."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.letters import api_of, link_in_mail
from tests.browser.seats import Seats, say
from tests.running import RunningDesk

pytestmark = pytest.mark.browser

LISTED = (Path(__file__).parents[1] / "data" / "markup.txt").read_text(encoding="utf-8").splitlines()
HANDMADE = [
    "<script>alert(1)</script>",
    '"><script src=https://evil.example/x.js></script>',
    "<img src=https://evil.example/pixel.gif onerror=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css'; body { background: url(https://evil.example/b) }</style>",
    "<div style='background:url(https://evil.example/c)'>x</div>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example/><button autofocus onfocus=alert(1)>x</button></form>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{ 7|add:7 }}{% debug %}${alert(1)}",
    "javascript:alert(1) https://a.example/\"onmouseover=alert(1) https://a.example/'><script>alert(1)</script>",
    "<a href='javascript:alert(1)'>x</a><a href='data:text/html,<script>alert(1)</script>'>y</a>",
    "<visitor-messenger data-api=https://evil.example/></visitor-messenger><live-desk data-stream=https://evil.example/></live-desk>",
    "<p hx-get=https://evil.example/ hx-trigger=load hx-on:load=alert(1)>x</p>",
    "\u202egnp.exe \u2066<b>x",
]
PAYLOADS = HANDMADE + LISTED[:: max(1, len(LISTED) // 40)]
NAMES = HANDMADE[:4] + HANDMADE[12:15]
POWERS = "script, iframe, object, embed, form, style, link, [style], [onload], [onerror], [onfocus], [onclick], [autofocus]"
OPEN_ALL = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"


@pytest.fixture(scope="module")
def hostile(desk: RunningDesk) -> dict[str, Any]:
    """One customer named by a payload who sent every payload as HTML, with a file named by another."""
    api = api_of(desk)
    subject = "</title><script>alert(1)</script><svg onload=alert(1)>"
    uploaded = api.post("/files", files={"file": ('"><img src=x onerror=alert(1)>.txt', b"words", "text/plain")}).json()
    name = "<img src=x onerror=alert(1)>"
    began = api.post(
        "/conversations",
        json={
            "customer": {"name": name, "email": "mallory@posta.example", "external_id": "<script>alert(1)</script>"},
            "subject": subject, "body": f"<p>parole</p> {PAYLOADS[0]}", "body_format": "html",
            "attachments": [uploaded["id"]], "tags": ["<b onclick=alert(1)>"], "inbox": desk.facts["form"],
        },
    ).json()  # fmt: skip
    for payload in PAYLOADS[1:]:
        message = {"author": "customer", "body": f"<p>parole</p> {payload}", "body_format": "html"}
        api.post(f"/conversations/{began['id']}/messages", json=message)
    for payload in PAYLOADS[:10]:
        api.post(f"/conversations/{began['id']}/messages", json={"author": "agent", "body": payload})
    return dict(began)


def test_b2_html_of_others_runs_nothing_in_the_console(seats: Seats, hostile: dict[str, Any]) -> None:
    bruno = seats.colleague("bruno", f"/conversations/{hostile['number']}/")
    bruno.locator(".message--customer").first.wait_for()
    bruno.evaluate(OPEN_ALL)
    bruno.wait_for_timeout(1500)

    assert bruno.locator("#lines script, #lines svg[onload], #lines [onerror], #lines [onclick], #lines [style]").count() == 0
    assert bruno.locator("#lines img:not([src^='/conversations/'])").count() == 0
    assert bruno.locator("#thread-title *").count() == 0
    assert all(frame.get_attribute("sandbox") is not None for frame in bruno.locator("iframe").all())


def test_b2_each_message_as_it_came_can_do_nothing_even_alone(seats: Seats, desk: RunningDesk, hostile: dict[str, Any]) -> None:
    bruno = seats.colleague("bruno")
    written = api_of(desk).get(f"/conversations/{hostile['id']}/messages", params={"limit": 100}).json()["items"]
    of_this = f"/conversations/{hostile['number']}/messages"
    frames = [f"{of_this}/{each['id']}/formatted/" for each in written if each["body_html"]]
    found = bruno.evaluate(
        """async ([addresses, powers]) => (await Promise.all(addresses.map(async (address) => {
          const text = (await (await fetch(address)).text()).replace(/<style>[^<]*<.style>/, ""); // ours, of the frame
          const page = new DOMParser().parseFromString(text, "text/html");
          const links = [...page.links].filter((each) => !["http:", "https:", "mailto:", "tel:"].includes(each.protocol));
          return [...page.querySelectorAll(powers), ...links].map((each) => `${address}: ${each.outerHTML}`);
        }))).flat()""",
        [frames, POWERS],
    )

    assert len(frames) >= 50
    assert found == []
    for address in frames[:10]:
        bruno.goto(address)
        assert bruno.locator("body").locator(POWERS).count() == 0


def test_b2_the_customer_s_own_page_shows_words_only(seats: Seats, desk: RunningDesk, hostile: dict[str, Any]) -> None:
    customer = seats.take()
    customer.goto(link_in_mail(desk.data / "mail", "mallory@posta.example"))
    customer.locator(".message--customer").first.wait_for()

    assert customer.locator(".correspondence script, .correspondence img, .correspondence [onclick], h1 *:not(span)").count() == 0
    assert all(
        href.startswith(("http://", "https://"))
        for href in customer.eval_on_selector_all(".message__body a", "all => all.map((each) => each.href)")
    )


def test_b3_what_a_visitor_writes_stays_words_on_both_sides(seats: Seats) -> None:
    _, frame = seats.visitor()
    say(frame, "attacco dal sito\n" + "\n".join(PAYLOADS))
    bruno = seats.colleague("bruno")
    bruno.locator(".row", has_text="attacco dal sito").click()
    bruno.locator(".message--customer", has_text="attacco dal sito").wait_for()
    bruno.locator("#reply").fill("\n".join(PAYLOADS))
    bruno.locator("#reply").press("Control+Enter")
    frame.locator(".message--agent").wait_for()

    for place in (frame.locator("message-thread"), bruno.locator("#lines .message__body")):
        assert place.locator("script, img, iframe, style, form, [onload], [onerror], [style]").count() == 0
    assert "<script>alert(1)</script>" in frame.locator(".message--agent .message__body").inner_text()


def test_b11_names_made_of_markup_are_words_on_every_page(seats: Seats, desk: RunningDesk, hostile: dict[str, Any]) -> None:
    api = api_of(desk)
    for number, name in enumerate(NAMES):
        body = {
            "customer": {"name": name, "email": f"m{number}@posta.example"},
            "subject": name,
            "body": name,
            "tags": [name[:40]],
        }
        api.post("/conversations", json={**body, "inbox": desk.facts["messenger"]})
    ada = seats.colleague("ada", "/inbox/open/")
    waiting, seen = ["/inbox/open/", "/insights/", "/settings/", "/search/?q=alert"], set()
    while waiting and len(seen) < 30:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        ada.goto(address)
        assert ada.locator("body script").count() == 0, address
        links = ada.eval_on_selector_all("a[href^='/']", "all => all.map((each) => each.getAttribute('href').split('#')[0])")
        waiting += [
            link for link in links if not link.startswith(("/account/logout", "/messenger", "/contact")) and "/files/" not in link
        ]

    assert len(seen) >= 15
