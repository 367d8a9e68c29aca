"""The story from a visitor's first word to a measured answer, lived through in Chromium by three people at once."""

import time

import pytest

from tests.browser.letters import link_in_mail, survey_on
from tests.browser.seats import Seats, connected, say, standing_open
from tests.running import RunningDesk

pytestmark = pytest.mark.browser

WORDS = "Ho aggiornato il programma come diceva la mail e ora non si avvia. Ho una consegna alle 18."
REPLY = "Le mando subito la versione di prima."
PICTURE = {
    "name": "schermata.png",
    "mimeType": "image/png",
    "buffer": bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
        "0000000049454e44ae426082"
    ),
}


def test_from_the_first_word_to_a_measured_answer(seats: Seats) -> None:
    lead = connected(seats.colleague("carla"))
    bruno = connected(seats.colleague("bruno"))
    shop, frame = seats.visitor()

    # 1: an honest expectation, the words, a screenshot
    assert frame.locator("[data-part=expectation]").inner_text().strip()
    frame.locator("input[type=file]").set_input_files(PICTURE)
    frame.get_by_text("schermata.png è aggiunto.").wait_for()
    say(frame, WORDS)

    # 2: it stands in both lists without a reload, and in the title
    for page in (bruno, lead):
        page.locator(".row", has_text="ora non si avvia").wait_for(timeout=20_000)
        page.wait_for_function("document.title.startsWith('(1) ')")
    number = bruno.locator(".row", has_text="ora non si avvia").get_attribute("data-number")

    # 3: the thread; both see the other type; the reply arrives at once, stays after a reload and in a second tab
    bruno.locator(".row", has_text="ora non si avvia").click()
    bruno.locator(".message--customer", has_text="Ho una consegna alle 18.").wait_for()
    assert not bruno.title().startswith("(")
    bruno.locator(".message--customer .picture img, .message--customer img").first.wait_for()
    frame.locator("#say").press_sequentially("ci siete")
    bruno.locator("[data-typing]").wait_for()
    bruno.locator("#reply").press_sequentially(REPLY)
    frame.get_by_text("Bruno Neri sta scrivendo").wait_for()
    bruno.get_by_role("button", name="Invia").click()
    frame.locator(".message--agent", has_text=REPLY).wait_for(timeout=20_000)
    shop.reload()
    frame = standing_open(shop)
    frame.locator(".message--agent", has_text=REPLY).wait_for()
    second = shop.context.new_page()
    second.goto("/messenger/sito/")
    second.locator(".message--agent", has_text=REPLY).wait_for()
    second.close()

    # 4: a note, to the lead and back, resolved
    bruno.get_by_role("link", name="Nota").click()
    bruno.locator("#reply").fill("Colpa della mail di martedì")
    bruno.get_by_role("button", name="Lascia la nota").click()
    bruno.locator(".note", has_text="Colpa della mail di martedì").wait_for()
    bruno.get_by_label("Assegnata a").select_option(label="Carla Verdi")
    bruno.locator(".event", has_text="Carla Verdi").wait_for()
    lead.goto("/inbox/mine/")
    lead.locator(f"#row-{number}").wait_for()
    connected(lead)
    bruno.get_by_label("Assegnata a").select_option(value=bruno.locator("#assignee option").nth(1).get_attribute("value"))
    lead.locator(f"#row-{number}").wait_for(state="detached", timeout=20_000)
    bruno.get_by_role("button", name="Risolvi").click()
    frame.get_by_text("Se scrive qui, si riapre.").wait_for()
    assert frame.get_by_text("Colpa della mail").count() == 0

    # 5: two questions, then why; the answer stands beside the conversation; too few answers show no value
    frame.get_by_role("radio", name="5, ").check(timeout=20_000)
    frame.locator("[name=effort]").nth(1).check()
    frame.locator("#why").fill("Ha pensato alla mia scadenza.")
    frame.locator("short-survey").get_by_role("button", name="Invia").click()
    frame.get_by_text("Grazie. Può cambiare la risposta per 7 giorni.").wait_for()
    bruno.locator("#customer .said", has_text="5 su 5").wait_for()
    bruno.locator("#customer .verbatim", has_text="Ha pensato alla mia scadenza.").wait_for()
    lead.goto("/insights/")
    assert "100" not in lead.locator(".review__why").first.locator(".figure-now").all_inner_texts()
    assert "Il valore si mostra da 5 in su" in lead.locator("#review").inner_text()


def test_after_a_restart_of_the_desk_everything_goes_on_by_itself(seats: Seats, desk: RunningDesk) -> None:
    bruno = connected(seats.colleague("bruno"))
    _, frame = seats.visitor()
    say(frame, "prima del riavvio della scrivania")
    row = bruno.locator(".row", has_text="prima del riavvio della scrivania")
    row.click()
    bruno.locator("#reply").fill("una risposta che non va persa")

    assert desk.stop() == 0
    desk.start()
    connected(bruno)
    frame.locator("[data-part=offline]").wait_for(state="hidden")
    bruno.locator("#reply").press("Control+Enter")

    frame.locator(".message--agent", has_text="una risposta che non va persa").wait_for(timeout=40_000)
    say(frame, "arrivata, anche dopo")
    bruno.locator(".message--customer", has_text="arrivata, anche dopo").wait_for(timeout=40_000)


def test_two_colleagues_in_one_conversation_know_of_each_other(seats: Seats) -> None:
    _, frame = seats.visitor()
    say(frame, "chi mi risponde per primo")
    bruno, carla = (connected(seats.colleague(name)) for name in ("bruno", "carla"))
    for page in (bruno, carla):
        page.locator(".row", has_text="chi mi risponde per primo").click()
        page.locator("#reply").wait_for()

    bruno.locator("also-here", has_text="Carla Verdi guarda questa conversazione").wait_for()
    carla.locator("#reply").press_sequentially("rispondo io")
    bruno.locator("also-here", has_text="Carla Verdi sta scrivendo qui").wait_for()
    bruno.locator("#reply").fill("sono stato più svelto")
    bruno.locator("#reply").press("Control+Enter")
    bruno.locator(".message--agent", has_text="sono stato più svelto").wait_for()
    carla.locator("#reply").press("Control+Enter")
    carla.locator(".clash", has_text="sono stato più svelto").wait_for()

    assert carla.locator("#reply").input_value() == "rispondo io"


def test_the_one_who_left_goes_on_from_the_mail_without_javascript(seats: Seats, desk: RunningDesk) -> None:
    customer = seats.take(java_script_enabled=False)
    customer.goto("/contact/modulo/")
    for field, words in (
        ("name", "Nina"),
        ("email", "nina@posta.example"),
        ("subject", "Fattura"),
        ("text", "Mi serve la fattura"),
    ):
        customer.locator(f"#{field}").fill(words)
    customer.get_by_role("button", name="Invia").click()
    customer.get_by_role("status").wait_for()
    bruno = connected(seats.colleague("bruno"))
    bruno.locator(".row", has_text="Fattura").click()
    bruno.locator("#reply").fill("Eccola domani in allegato.")
    bruno.locator("#reply").press("Control+Enter")
    bruno.locator(".message--agent").wait_for()

    customer.goto(link_in_mail(desk.data / "mail", "nina@posta.example"))
    assert "Eccola domani in allegato." in customer.locator("main").inner_text()
    customer.locator("#text").fill("Grazie, e il bollo")
    customer.get_by_role("button", name="Invia").click()
    bruno.locator(".message--customer", has_text="Grazie, e il bollo").wait_for()
    bruno.get_by_role("button", name="Risolvi").click()
    bruno.get_by_role("button", name="Riapri").wait_for()

    customer.goto(survey_on(customer))
    customer.locator("[name=csat]").nth(3).check()
    customer.locator("[name=effort]").nth(0).check()
    customer.locator("#why").fill("Tutto chiaro")
    assert bruno.request.get(bruno.url).text().count("Tutto chiaro") == 0, "opening the page is no answer"
    customer.get_by_role("button", name="Invia").click()
    customer.get_by_role("heading", name="Grazie").wait_for()
    bruno.reload()
    bruno.locator("#customer .verbatim", has_text="Tutto chiaro").wait_for()


def test_an_earlier_conversation_is_found_by_a_word_in_it(seats: Seats) -> None:
    _, frame = seats.visitor()
    say(frame, "Le candele profumate si sono spezzate nel trasporto")
    bruno = connected(seats.colleague("bruno"))

    for _ in range(20):
        bruno.goto("/search/?q=candela+spezzata")
        if bruno.locator(".row", has_text="candele profumate").count():
            break
        time.sleep(0.5)
    bruno.locator(".row", has_text="candele profumate").click()
    bruno.locator(".message--customer", has_text="candele profumate").wait_for()
