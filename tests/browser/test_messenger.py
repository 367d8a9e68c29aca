"""The visitor's side in a real browser, on a running desk."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

PROBLEM = "Ho aggiornato il programma come diceva la mail e ora non si avvia."


def picture_bytes() -> bytes:
    """A small green PNG."""
    file = BytesIO()
    Image.new("RGB", (320, 200), (30, 120, 90)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def shop(served: Any, browser_page: Any) -> Any:
    """The example shop, with the messenger still closed."""
    browser_page.goto(f"{served.url}/messenger/{served.key}/demo/")
    browser_page.get_by_role("button", name="Scriva a Lumen").wait_for()
    return browser_page


@pytest.fixture
def frame(shop: Any) -> Any:
    """The messenger, opened on the shop's page."""
    shop.get_by_role("button", name="Scriva a Lumen").click()
    frame = shop.frame_locator("iframe")
    frame.get_by_role("heading", name="Buongiorno, la ascoltiamo.").wait_for()
    return frame


def write(frame: Any, words: str) -> None:
    frame.get_by_label("Scriva qui").fill(words)
    frame.get_by_role("button", name="Invia").last.click()


def sent(frame: Any, words: str) -> None:
    """Wait until the words stand in the conversation and the desk has them."""
    frame.locator(".message--customer:not(.message--waiting)", has_text=words).wait_for()


def bytes_came(picture: Any) -> None:
    """The picture's bytes came, too."""
    picture.evaluate("(img) => img.decode()")


def on_the_desk(served: Any, words: str) -> list[Any]:
    return [row for row in served.acts("conversations") if words in row["messages"]]


def test_before_the_first_intent_nothing_but_the_loader_is_asked_for(served: Any, browser_page: Any) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url.removeprefix(served.url).partition("?")[0]))

    browser_page.goto(f"{served.url}/messenger/{served.key}/demo/", wait_until="networkidle")

    assert [url for url in asked if url.startswith("/messenger")] == ["/messenger/sito/demo/", "/messenger/sito.js"]
    assert not any("js/messenger" in url for url in asked)
    assert browser_page.context.cookies() == []


def test_a_visitor_writes_with_a_picture_and_sees_the_reply_at_once(served: Any, frame: Any) -> None:
    assert frame.locator("[data-part=expectation]").inner_text() != ""
    frame.locator("input[type=file]").set_input_files(
        {"name": "schermata.png", "mimeType": "image/png", "buffer": picture_bytes()}
    )
    frame.get_by_text("schermata.png è aggiunto.").wait_for()
    write(frame, PROBLEM)
    sent(frame, PROBLEM)
    picture = frame.get_by_role("img", name="schermata.png")
    picture.wait_for()
    bytes_came(picture)

    served.acts("reply", "L’ho visto anch’io: https://lumen.example/guida. <b>Non</b> serve reinstallare.")

    reply = frame.locator(".message--agent")
    reply.get_by_text("<b>Non</b> serve reinstallare").wait_for()
    assert reply.locator(".message__author").inner_text().startswith("Elena")
    link = reply.get_by_role("link", name="https://lumen.example/guida")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert link.get_attribute("target") == "_blank"
    assert [(row["files"], row["messages"][0]) for row in on_the_desk(served, PROBLEM)] == [(1, PROBLEM)]


def test_after_a_reload_the_conversation_stands_where_it_was(served: Any, shop: Any, frame: Any) -> None:
    write(frame, "prima del ricarico")
    sent(frame, "prima del ricarico")
    shop.reload()
    served.acts("reply", "intanto le rispondo")

    frame.locator(".message--agent", has_text="intanto le rispondo").wait_for()
    assert frame.locator(".message").count() == 2
    assert shop.evaluate("document.activeElement === document.body")  # it came back by itself, and left the focus alone


def test_a_closed_messenger_stays_closed_after_a_reload(shop: Any, frame: Any) -> None:
    frame.get_by_role("button", name="Chiudi").click()
    shop.reload()

    shop.get_by_role("button", name="Scriva a Lumen").wait_for()
    assert shop.locator("iframe").count() == 0
    assert shop.evaluate("[sessionStorage.length, document.cookie]") == [0, ""]


def test_what_is_written_without_a_connection_goes_out_once_after_a_reload(served: Any, shop: Any, frame: Any) -> None:
    write(frame, "prima parola")
    sent(frame, "prima parola")
    shop.route("**/api/messages", lambda route: route.abort())  # the line is cut, the page is not told
    write(frame, "scritto senza linea")
    write(frame, "e ancora")
    frame.get_by_text("Resta qui, parte appena torna la connessione").first.wait_for()
    shop.unroute("**/api/messages")
    shop.reload()

    sent(frame, "e ancora")
    [row] = on_the_desk(served, "prima parola")
    assert row["messages"] == ["prima parola", "scritto senza linea", "e ancora"]
    assert frame.locator(".message--customer").count() == 3


def test_an_answer_lost_on_the_way_back_makes_no_second_message(served: Any, shop: Any, frame: Any) -> None:
    lost: list[int] = []

    def let_through_and_lose(route: Any) -> None:
        lost.append(route.fetch().status)  # the desk has it, the browser never hears
        route.abort()

    shop.route("**/api/messages", let_through_and_lose, times=1)
    write(frame, "una volta sola")

    sent(frame, "una volta sola")
    assert lost == [201]
    assert [row["messages"] for row in on_the_desk(served, "una volta sola")] == [["una volta sola"]]
    assert frame.locator(".message--customer").count() == 1


def test_a_restart_of_the_desk_loses_and_doubles_nothing(served: Any, shop: Any, frame: Any) -> None:
    write(frame, "prima del riavvio")
    sent(frame, "prima del riavvio")
    served.stop()
    write(frame, "durante il riavvio")
    frame.locator("[data-part=offline]").wait_for()
    served.start()

    frame.locator(".message--customer:not(.message--waiting)", has_text="durante il riavvio").wait_for(timeout=40_000)
    served.acts("reply", "siamo di nuovo qui")
    frame.locator(".message--agent", has_text="siamo di nuovo qui").wait_for(timeout=40_000)
    [row] = on_the_desk(served, "prima del riavvio")
    assert row["messages"] == ["prima del riavvio", "durante il riavvio", "siamo di nuovo qui"]
    assert frame.locator(".message").count() == 3
    frame.locator("[data-part=offline]").wait_for(state="hidden")


def test_a_second_tab_shows_the_same_words_once(served: Any, shop: Any, frame: Any) -> None:
    write(frame, "da due schede")
    sent(frame, "da due schede")
    second = shop.context.new_page()
    second.goto(f"{served.url}/messenger/{served.key}/")
    second.locator(".message--customer", has_text="da due schede").wait_for()
    second.get_by_label("Scriva qui").fill("dalla seconda")
    second.keyboard.press("Enter")

    sent(frame, "dalla seconda")
    served.acts("reply", "a tutte e due")
    for tab in (frame, second):
        tab.locator(".message--agent", has_text="a tutte e due").wait_for()
        assert tab.locator(".message").count() == 3


def test_two_questions_and_why_after_a_resolution(served: Any, frame: Any) -> None:
    write(frame, "mi aiuta")
    sent(frame, "mi aiuta")
    served.acts("reply", "fatto")
    frame.locator(".message--agent").wait_for()
    served.acts("resolve")
    frame.get_by_text("Se scrive qui, si riapre.").wait_for()
    frame.get_by_role("radio", name="4, parecchio").check(timeout=20_000)
    frame.get_by_role("radio", name="Meno di quanto pensavo", exact=True).check()
    frame.locator("#why").fill("Mi ha risposto chi sapeva.")
    frame.locator("short-survey").get_by_role("button", name="Invia").click()

    frame.get_by_text("Grazie. Può cambiare la risposta per 7 giorni.").wait_for()
    assert [4, 2, "Mi ha risposto chi sapeva."] in served.acts("answers")


def test_an_answer_may_be_changed_also_after_a_reload(served: Any, shop: Any, frame: Any) -> None:
    write(frame, "mi aiuti ancora")
    sent(frame, "mi aiuti ancora")
    served.acts("reply", "fatto, di nuovo")
    frame.get_by_text(re.compile("^Elena.* è qui$")).wait_for()
    served.acts("resolve")
    survey = frame.locator("short-survey")
    survey.get_by_role("radio", name="4, parecchio").wait_for(timeout=20_000)
    assert frame.locator(".button--primary:visible").count() == 1
    with shop.expect_response("**/api/feedback"):
        survey.get_by_role("radio", name="4, parecchio").check()
    shop.reload()
    assert survey.get_by_role("radio", name="4, parecchio").is_checked(timeout=20_000)
    survey.get_by_role("button", name="Invia").click()
    survey.get_by_role("button", name="Cambia").click()
    survey.get_by_role("radio", name="2, poco").check()
    survey.get_by_role("button", name="Invia").click()

    survey.get_by_text("Può cambiare la risposta per 7 giorni.").wait_for()
    assert [2, None, ""] in served.acts("answers")


def test_words_after_a_resolution_open_the_conversation_again(served: Any, frame: Any) -> None:
    write(frame, "si è chiusa presto")
    sent(frame, "si è chiusa presto")
    served.acts("resolve")
    frame.get_by_text("Se scrive qui, si riapre.").wait_for()
    write(frame, "non ancora")
    sent(frame, "non ancora")

    frame.get_by_text("Se scrive qui, si riapre.").wait_for(state="hidden")
    assert [row["status"] for row in on_the_desk(served, "si è chiusa presto")] == ["open"]


def test_who_has_to_go_leaves_an_address(served: Any, frame: Any) -> None:
    write(frame, "devo andare")
    sent(frame, "devo andare")
    address = frame.get_by_label("Se deve andare via, la risposta la raggiunge")
    address.fill("anna")
    address.press("Enter")
    frame.get_by_text("Non sembra un indirizzo").wait_for()
    address.fill("anna@example.org")
    address.press("Enter")

    frame.get_by_text("Se non è qui, la risposta arriva a anna@example.org.").wait_for()


def test_a_file_that_cannot_go_says_why_and_the_words_still_go(served: Any, frame: Any) -> None:
    frame.locator("input[type=file]").set_input_files({"name": "vuoto.txt", "mimeType": "text/plain", "buffer": b""})
    frame.locator(".upload", has_text="Non aggiunto: il file è vuoto.").wait_for()
    write(frame, "senza il file vuoto")

    sent(frame, "senza il file vuoto")
    assert [row["files"] for row in on_the_desk(served, "senza il file vuoto")] == [0]


def test_a_reply_while_it_is_closed_is_counted_on_the_button(served: Any, shop: Any, frame: Any) -> None:
    write(frame, "chiudo e aspetto")
    sent(frame, "chiudo e aspetto")
    frame.get_by_role("button", name="Chiudi").click()
    served.acts("reply", "eccomi")

    button = shop.get_by_role("button", name="Scriva a Lumen (1 nuova risposta)")
    button.wait_for()
    button.click()
    frame.locator(".message--agent", has_text="eccomi").wait_for()
    frame.get_by_role("button", name="Chiudi").click()
    shop.get_by_role("button", name="Scriva a Lumen", exact=True).wait_for()


def test_it_works_without_a_mouse_and_gives_the_focus_back(served: Any, shop: Any) -> None:
    shop.keyboard.press("Tab")
    shop.get_by_role("button", name="Scriva a Lumen").focus()
    shop.keyboard.press("Enter")
    frame = shop.frame_locator("iframe")
    frame.locator("textarea:focus").wait_for()
    shop.keyboard.type("solo con la tastiera")
    shop.keyboard.press("Enter")
    sent(frame, "solo con la tastiera")
    shop.keyboard.press("Escape")

    assert shop.evaluate("document.activeElement.shadowRoot.activeElement.ariaLabel") == "Scriva a Lumen"


def test_on_a_phone_it_fills_the_screen(shop: Any, frame: Any) -> None:
    shop.set_viewport_size({"width": 390, "height": 844})

    assert shop.locator("iframe").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}


def test_d1_only_a_proof_says_who_someone_is(served: Any, shop: Any) -> None:
    shop.evaluate("(token) => Ascolto('identify', {token})", served.acts("proof", "anna-7"))
    shop.evaluate("Ascolto('open')")
    frame = shop.frame_locator("iframe")
    write(frame, "con la prova")
    sent(frame, "con la prova")
    shop.evaluate("new Promise((done) => { Ascolto('on', 'shutdown', done); Ascolto('shutdown'); })")
    shop.evaluate("Ascolto('identify', {token: 'anna-7'})")
    shop.evaluate("Ascolto('open')")
    write(frame, "senza la prova")
    sent(frame, "senza la prova")

    assert served.acts("who_wrote", "con la prova") == ["anna-7", "Anna Bianchi"]
    assert served.acts("who_wrote", "senza la prova")[0] is None
    assert frame.locator(".message").count() == 1


def test_d9_after_shutdown_the_old_token_opens_nothing(served: Any, shop: Any, frame: Any) -> None:
    write(frame, "da un computer di tutti")
    sent(frame, "da un computer di tutti")
    inside = shop.frames[1]
    token = inside.evaluate("JSON.parse(localStorage['ascolto:sito']).token")
    shop.evaluate("new Promise((done) => { Ascolto('on', 'shutdown', done); Ascolto('shutdown'); })")

    assert shop.locator("iframe").count() == 0
    with_the_token = {"Authorization": f"Bearer {token}"}
    assert shop.request.get(f"{served.url}/messenger/sito/api/conversations", headers=with_the_token).status == 401
    shop.get_by_role("button", name="Scriva a Lumen").click()
    frame.get_by_role("heading", name="Buongiorno, la ascoltiamo.").wait_for()
    assert frame.locator(".message").count() == 0


def test_d9_shutdown_ends_the_session_of_an_earlier_page_too(served: Any, shop: Any, frame: Any) -> None:
    write(frame, "prima di cambiare pagina")
    sent(frame, "prima di cambiare pagina")
    token = shop.frames[1].evaluate("JSON.parse(localStorage['ascolto:sito']).token")
    shop.evaluate("Ascolto('close')")
    shop.reload()
    shop.get_by_role("button", name="Scriva a Lumen").wait_for()
    shop.evaluate("new Promise((done) => { Ascolto('on', 'shutdown', done); Ascolto('shutdown'); })")

    with_the_token = {"Authorization": f"Bearer {token}"}
    assert shop.request.get(f"{served.url}/messenger/sito/api/conversations", headers=with_the_token).status == 401


def test_d9_a_session_ended_without_a_connection_ends_with_the_next_one(served: Any, shop: Any, frame: Any) -> None:
    write(frame, "senza linea alla fine")
    sent(frame, "senza linea alla fine")
    token = shop.frames[1].evaluate("JSON.parse(localStorage['ascolto:sito']).token")
    shop.route("**/api/logout", lambda route: route.abort())
    shop.evaluate("new Promise((done) => { Ascolto('on', 'shutdown', done); Ascolto('shutdown'); })")
    shop.unroute("**/api/logout")
    with shop.expect_response("**/api/logout"):
        shop.get_by_role("button", name="Scriva a Lumen").click()

    with_the_token = {"Authorization": f"Bearer {token}"}
    assert shop.request.get(f"{served.url}/messenger/sito/api/conversations", headers=with_the_token).status == 401


def test_a_session_that_ran_out_begins_anew_and_keeps_the_words(served: Any, shop: Any, frame: Any) -> None:
    write(frame, "prima della scadenza")
    sent(frame, "prima della scadenza")
    token = shop.frames[1].evaluate("JSON.parse(localStorage['ascolto:sito']).token")
    shop.request.post(f"{served.url}/messenger/sito/api/logout", headers={"Authorization": f"Bearer {token}"})
    write(frame, "dopo la scadenza")

    served_words = frame.locator(".message--customer:not(.message--waiting)", has_text="dopo la scadenza")
    frame.get_by_role("heading", name="Buongiorno").or_(served_words).first.wait_for()
    shop.wait_for_timeout(1500)
    assert [row["messages"] for row in on_the_desk(served, "dopo la scadenza")] == [["dopo la scadenza"]]


def test_d10_the_page_is_told_without_its_query(served: Any, shop: Any) -> None:
    told: list[str] = []
    shop.on("request", lambda request: told.append(request.post_data or "") if request.url.endswith("/api/session") else None)
    shop.goto(f"{served.url}/messenger/{served.key}/demo/?reset=secret#token")
    with shop.expect_response("**/api/session"):
        shop.get_by_role("button", name="Scriva a Lumen").click()

    assert told
    assert "/demo/" in told[0]
    assert not re.search("secret|token#|#token", told[0])


@pytest.mark.parametrize("origin", ["null", "other"])
def test_d5_words_from_another_window_or_origin_are_not_heard(served: Any, browser_page: Any, origin: str) -> None:
    """A page of another origin may hold the full-page messenger in its hand (window.open), never talk it into anything."""
    browser_page.goto("about:blank" if origin == "null" else f"{served.url.replace('127.0.0.1', 'localhost')}/health/live")
    with browser_page.context.expect_page() as opened:
        browser_page.evaluate("(url) => { window.held = window.open(url) }", f"{served.url}/messenger/{served.key}/")
    messenger = opened.value
    messenger.wait_for_load_state()
    with messenger.expect_response("**/api/session"):
        messenger.reload()
    messenger.wait_for_timeout(300)
    before = messenger.evaluate("localStorage['ascolto:sito']")
    assert "token" in before

    browser_page.evaluate("window.held.postMessage({ascolto: 'sito', kind: 'shutdown'}, '*')")
    messenger.wait_for_timeout(300)

    assert messenger.evaluate("localStorage['ascolto:sito']") == before


def test_d5_the_loader_hears_its_own_frame_alone(shop: Any, frame: Any) -> None:
    shop.evaluate("window.postMessage({ascolto: 'sito', kind: 'gone'}, '*')")
    shop.frames[1].evaluate("window.parent.postMessage({ascolto: 'another', kind: 'gone'}, '*')")
    shop.wait_for_timeout(300)

    assert shop.locator("iframe").is_visible()


@pytest.fixture
def other_site(served: Any) -> Iterator[str]:
    """A site of its own origin, with a strict policy, that embeds the messenger named after the `?`."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            key = self.path.partition("?")[2]
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", f"default-src 'none'; script-src {served.url}; frame-src {served.url}")
            self.end_headers()
            self.wfile.write(
                f'<!doctype html><html lang="it"><script async src="{served.url}/messenger/{key}.js"></script>'.encode()
            )

        def log_message(self, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()


def test_an_allowed_site_has_the_messenger_under_its_own_strict_policy(served: Any, browser_page: Any, other_site: str) -> None:
    served.acts("make_messenger", "amici", other_site)
    browser_page.goto(f"{other_site}/?amici")
    browser_page.get_by_role("button", name="Scriva a Lumen").click()
    frame = browser_page.frame_locator("iframe")
    frame.get_by_role("heading", name="Buongiorno").wait_for()
    write(frame, "da un altro sito")

    sent(frame, "da un altro sito")
    frame.get_by_role("button", name="Chiudi").click()
    browser_page.get_by_role("button", name="Scriva a Lumen").wait_for()
    assert browser_page.context.cookies() == []


def test_d5_a_site_that_is_not_allowed_gets_an_empty_frame(served: Any, browser_page: Any, other_site: str) -> None:
    served.acts("make_messenger", "altri", f"{other_site}0")  # an origin that this one only begins like
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text))
    browser_page.goto(f"{other_site}/?altri")
    browser_page.get_by_role("button", name="Scriva a Lumen").click()
    browser_page.wait_for_timeout(1000)

    assert any("frame-ancestors" in words for words in said)
    assert browser_page.frame_locator("iframe").locator("visitor-messenger").count() == 0


def test_b2_words_of_others_stay_words(served: Any, shop: Any, frame: Any) -> None:
    fired: list[str] = []
    shop.on("dialog", lambda dialog: (fired.append(dialog.message), dialog.dismiss()))
    write(frame, "<img src=x onerror=alert(1)>")
    sent(frame, "<img src=x onerror=alert(1)>")
    served.acts(
        "reply",
        "<svg onload=alert(2)><a href='javascript:alert(3)'>x</a> javascript:alert(4) https://a.example/\"onclick=alert(5)",
    )

    reply = frame.locator(".message--agent .message__body")
    reply.wait_for()
    assert [link.get_attribute("href") for link in reply.get_by_role("link").all()] == ["https://a.example/"]
    assert frame.locator("message-thread svg, message-thread img").count() == 0
    assert fired == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(served: Any, chromium: Any, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = chromium.new_context(locale="it-IT", color_scheme=scheme, viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{served.url}/messenger/{served.key}/")
    page.get_by_role("heading", name="Buongiorno").wait_for()
    found = axe.run(page).response["violations"]
    write(page, "parole")
    sent(page, "parole")
    served.acts("reply", "risposta")
    page.locator(".message--agent").wait_for()
    served.acts("resolve")
    page.locator("short-survey .scale").wait_for(timeout=20_000)
    found += axe.run(page).response["violations"]
    page.get_by_role("button", name="Tutte le conversazioni").click()
    page.locator("[data-part=all] button").first.wait_for()
    found += axe.run(page).response["violations"]
    context.close()

    assert [
        (each["id"], [node["html"] for node in each["nodes"]]) for each in found if each["impact"] in ("serious", "critical")
    ] == []
