"""Every screen under axe: in both languages, light and dark, wide and on a phone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.letters import api_of, begin, link_in_mail, survey_on
from tests.browser.mail_in import let_in
from tests.browser.seats import PHONE, WIDE, Seats, say
from tests.running import RunningDesk

pytestmark = pytest.mark.browser

# Each language meets both schemes and both widths; the other two pairs are the other language's.
SEEN = {"it": (("light", WIDE), ("dark", PHONE)), "en": (("dark", WIDE), ("light", PHONE))}
OF_THE_DESK = (
    "/inbox/waiting/", "/inbox/resolved/", "/search/?q=lampada", "/search/?q=nessuno", "/insights/", "/insights/answers/",
    "/settings/", "/settings/inboxes/", "/settings/mail/", "/settings/people/", "/settings/tokens/", "/account/",
    "/settings/inboxes/modulo/", "/settings/inboxes/modulo/form/",
    "/account/2fa/", "/conversations/999999/",
)  # fmt: skip


@pytest.fixture
def look(desk: RunningDesk) -> Callable[[Any, str], list[str]]:
    """`look(page, language)`: what axe finds on the page as it stands, in that language's two ways of seeing it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def find(page: Any, language: str) -> list[str]:
        found = []
        for scheme, size in SEEN[language]:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            assert page.locator("html").get_attribute("lang") == language
            violations = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
            place = f"{page.url.removeprefix(desk.url)[:40]} {language} {scheme} {size['width']}"
            found += [f"{place}: {each['id']} {[node['html'][:160] for node in each['nodes']][:3]}" for each in violations]
            if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                found.append(f"{place}: sticks out to the side")
        return found

    return find


@pytest.fixture
def ada(seats: Seats, language: str) -> Iterator[Any]:
    """Ada's browser in that language; afterwards she speaks Italian again, as other tests expect."""
    page = seats.colleague("ada", "/account/", bypass_csp=True, reduced_motion="reduce")
    speak(page, language)
    yield page
    page.goto("/account/")
    speak(page, "it")


def speak(page: Any, language: str) -> None:
    page.locator("[name=language]").select_option(language)
    page.locator("main form:has([name=language]) button").first.click()
    page.wait_for_load_state()


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_desk(ada: Any, desk: RunningDesk, look: Any, language: str) -> None:
    began = begin(
        api_of(desk), "<p>La <b>lampada</b> è rotta</p>", name="Assia", address="assia@posta.example", body_format="html",
        inbox=desk.facts["messenger"], tags=["guasto"],
    )  # fmt: skip
    ada.goto(f"/conversations/{began['number']}/")
    found = look(ada, language)
    customer = api_of(desk).get(f"/conversations/{began['id']}").json()["customer"]["id"]
    for address in (*OF_THE_DESK, f"/customers/{customer}/"):
        ada.goto(address)
        found += look(ada, language)

    assert "\n".join(found) == ""


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_channels(ada: Any, desk: RunningDesk, look: Any, language: str) -> None:
    mail = {
        "text": "La lampada sfarfalla.\n\n> le vostre parole\n",
        "html": "<p>La lampada <b>sfarfalla</b></p>",
        "head": {"from": "Rosa Blu <rosa@posta.example>", "to": ["aiuto@shop.example"], "warnings": ["This part was cut."]},
    }
    number = let_in(desk, [mail, mail])["number"]
    found = []
    for address in (
        *(f"/settings/channels/new/{kind}/" for kind in ("sms", "phone", "whatsapp", "telegram", "custom")),
        "/settings/health/",
        f"/conversations/{number}/",
    ):
        ada.goto(address)
        found += look_with_all_open(ada, look, language)
    ada.goto("/settings/channels/new/email/")
    for said in ("nobody", f"aiuto-{language}@shop.example"):
        ada.locator("[name=address]").fill(said)
        ada.locator("main form .button--primary").click()
        ada.wait_for_load_state()
        found += look_with_all_open(ada, look, language)
    channel = ada.url
    ada.locator("form[action$='/trial/'] button").click()
    ada.locator("#found").wait_for()
    found += look(ada, language)
    ada.goto(channel.replace("/channel/", "/arrived/"))
    found += look(ada, language)

    assert "\n".join(found) == ""


def look_with_all_open(page: Any, look: Callable[[Any, str], list[str]], language: str) -> list[str]:
    """What axe finds when everything that can be unfolded is."""
    for summary in page.locator("main details:not([open]) > summary").all():
        if summary.is_visible():
            summary.click()
    return look(page, language)


@pytest.mark.parametrize("language", ["it", "en"])
def test_what_customers_see(seats: Seats, desk: RunningDesk, look: Any, language: str) -> None:
    api, address = api_of(desk), f"sara-{language}@posta.example"
    began = begin(api, "La lampada", name="Sara", address=address, inbox=desk.facts["form"], language=language)
    page = seats.take(language=language, bypass_csp=True, reduced_motion="reduce")
    found = []
    for place in (
        "/account/login/",
        "/account/password/reset/",
        "/contact/modulo/",
        "/contact/modulo/embed/",
        "/messenger/sito/demo/",
        "/t/forged",
        "/r/forged",
    ):
        page.goto(place)
        found += look(page, language)
    page.goto("/contact/modulo/")
    page.locator("#email").fill("nobody@posta.example")
    page.locator("#text").fill("   ")
    page.locator(".sheet__form .button--primary").click()
    page.wait_for_load_state()
    found += look(page, language)

    page.goto(link_in_mail(desk.data / "mail", address))
    for more in page.locator("details > summary").all():
        more.click()
    found += look(page, language)
    api.patch(f"/conversations/{began['number']}", json={"status": "resolved"})
    page.goto(survey_on(page))
    found += look(page, language)
    page.locator("[name=csat]").first.check()
    page.locator(".sheet__form .button--primary").click()
    page.locator("main[id=main] [role=status]").wait_for()
    found += look(page, language)

    assert "\n".join(found) == ""


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_messenger(seats: Seats, look: Any, language: str) -> None:
    page = seats.take(language=language, bypass_csp=True, reduced_motion="reduce")
    page.goto(f"/messenger/{seats.desk.facts['messenger']}/")
    page.locator("[data-part=expectation]:not(:empty)").wait_for()
    found = look(page, language)
    say(page, "La lampada si spegne")
    found += look(page, language)
    page.locator("[data-do=list]").click()
    page.locator("[data-part=all] button").first.wait_for()
    found += look(page, language)

    assert "\n".join(found) == ""
