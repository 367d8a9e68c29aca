"""From a visitor's first word to a measured answer, through HTTP against a running desk."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.journeys.conftest import Colleague, Ear, Visitor
from tests.running import RunningDesk

WORDS = "Ho aggiornato il programma come diceva la mail e ora non si avvia. Ho una consegna alle 18."
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c636400000000050001a5f645400000000049454e44ae426082"
)


def eventually(what: Callable[[], Any], timeout_s: float = 15) -> Any:
    """The first true value of `what`; reactions run in another process."""
    until = time.monotonic() + timeout_s
    while not (value := what()):
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.2)
    return value


def test_from_the_first_word_to_a_measured_answer(
    desk: RunningDesk, visitor: Visitor, bruno: Colleague, carla: Colleague
) -> None:
    assert visitor.session["expectation"]["text"]
    lead, agent = Ear(carla.http, "/live/stream"), Ear(bruno.http, "/live/stream")

    # 1: the visitor writes and attaches a screenshot
    uploaded = visitor.http.post("/files", files={"file": ("errore.png", PICTURE, "image/png")})
    assert uploaded.status_code == 201, uploaded.text
    said = visitor.says("a1", WORDS, files=[uploaded.json()["id"]])
    assert visitor.says("a1", WORDS, files=[uploaded.json()["id"]]) == said
    number, id = said["number"], said["conversation"]
    visitor_ear = Ear(visitor.http, "/stream")

    # 2: it stands in the agent's inbox without a reload, and in the lead's
    assert agent.hears("conversation.message_received")["number"] == number
    assert lead.hears("conversation.message_received")["number"] == number
    assert "non si avvia" in bruno.page("/inbox/unassigned/")

    # 3: the thread; the agent replies, the visitor hears and reads it
    thread = bruno.page(f"/conversations/{number}/")
    assert "Ho una consegna alle 18." in thread
    assert "errore.png" in thread
    assert bruno.does(number, "replies", text="Le mando subito la versione di prima.", client_id="r1").status_code == 200
    heard = visitor_ear.hears("conversation.reply_written")
    assert heard["conversation"] == id
    shown = visitor.reads(id)
    assert [each["body"] for each in shown["items"]] == [WORDS, "Le mando subito la versione di prima."]
    assert shown["items"][1]["name"].startswith("Bruno")

    # 4: a note, to the lead and back, resolved
    bruno.does(number, "notes", text="Colpa della mail di martedì", client_id="n1")
    assert carla.http.get("/inbox/mine/").text.count(f"/conversations/{number}/") == 0
    lead_id = eventually(
        lambda: re.search(r'<option value="([0-9a-f-]{36})"[^>]*>\s*Carla', bruno.page(f"/conversations/{number}/"))
    )
    bruno.does(number, "assignee", assignee=lead_id.group(1))
    assert f"/conversations/{number}/" in carla.page("/inbox/mine/")
    bruno.does(number, "assignee", assignee="me")
    bruno.does(number, "status", status="resolved")
    assert "Colpa della mail" not in visitor.http.get("/messages", params={"conversation": id}).text

    # 5: two questions and why
    token = eventually(lambda: visitor.reads(id)["conversation"]["survey"])["token"]
    assert visitor.http.post("/feedback", json={"token": token, "csat": 5}).status_code < 300
    assert visitor.http.post("/feedback", json={"token": token, "effort": 2, "why": "Pensato alla scadenza"}).status_code < 300
    assert "Pensato alla scadenza" in bruno.page(f"/conversations/{number}/")
    numbers = carla.page("/insights/")
    assert "CSAT" in numbers
    assert "100" not in re.sub(r"<[^>]+>", " ", numbers.split("CSAT")[1])[:200], "below five answers no value is shown"

    # 8: found again by a word in it
    assert eventually(lambda: f"/conversations/{number}/" in bruno.page("/search/?q=aggiornare"))


def test_nothing_is_lost_over_a_broken_line_and_a_restart(desk: RunningDesk, bruno: Colleague) -> None:
    visitor = Visitor(desk)
    said = visitor.says("b1", "Prima della caduta")
    ear = Ear(visitor.http, "/stream")
    number = said["number"]
    bruno.does(number, "replies", text="Uno", client_id="c1")
    ear.hears("conversation.reply_written")

    assert desk.stop() == 0
    desk.start()
    colleague = Colleague(desk, "bruno")
    colleague.does(number, "replies", text="Due", client_id="c2")
    again = Ear(visitor.http, "/stream", after=ear.position)

    assert again.hears("conversation.reply_written")["conversation"] == said["conversation"]
    assert [each["body"] for each in visitor.reads(said["conversation"])["items"]] == ["Prima della caduta", "Uno", "Due"]
    assert visitor.says("b1", "Prima della caduta") == said


def test_the_one_who_left_goes_on_by_mail(desk: RunningDesk) -> None:
    """6: the web form's sender gets the reply by mail, goes on from the private page, and answers the survey by link."""
    bruno = Colleague(desk, "bruno")
    sender = httpx.Client(base_url=desk.url, follow_redirects=True)
    page = sender.get("/contact/modulo/").text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    form = dict(hidden)
    form |= {
        "name": "Nina",
        "email": "nina@posta.example",
        "subject": "Fattura",
        "text": "Mi serve la fattura",
        "body": "Mi serve la fattura",
    }
    sent = sender.post("/contact/modulo/", data=form, headers={"Referer": desk.url})
    assert sent.status_code in (200, 201), sent.text
    assert "/t/" not in sent.text
    number = int(re.search(r"#(\d{4,})", sent.text).group(1))  # type: ignore[union-attr]

    bruno.does(number, "replies", text="Eccola in allegato domani.", client_id="f1")
    link = eventually(lambda: link_in_mail(desk.data / "mail", "/t/"))
    own = sender.get(link)
    assert "Eccola in allegato domani." in own.text
    assert own.headers["cache-control"].startswith("no-store")

    # goes on from the private page
    nonce = re.search(r'name="nonce" value="([^"]+)"', own.text)
    assert nonce
    words = {"nonce": nonce.group(1), "text": "Grazie, la aspetto."}
    assert "Grazie, la aspetto." in sender.post(link, data=words, headers={"Referer": desk.url}).text
    sender.post(link, data=words, headers={"Referer": desk.url})
    api = httpx.Client(base_url=f"{desk.url}/api/v1", headers={"Authorization": f"Bearer {desk.facts['token']}"})
    bodies = [each["body"] for each in api.get(f"/conversations/{number}/messages").json()["items"]]
    assert bodies.count("Grazie, la aspetto.") == 1

    # says how it went by the link, and only by pressing the button
    bruno.does(number, "replies", text="Gliela ho mandata.", client_id="f2")
    bruno.does(number, "status", status="resolved")
    survey = eventually(lambda: re.search(r'href="(/r/[\w-]+)', sender.get(link).text)).group(1)
    for _ in range(2):
        asked = sender.get(f"{survey}?csat=1")
        assert asked.status_code == 200
        assert "Mi serve la fattura" not in asked.text
    assert "Fattura puntuale" not in bruno.page(f"/conversations/{number}/")
    said = {"csat": "4", "effort": "2", "why": "Fattura puntuale"}
    assert sender.post(survey, data=said, headers={"Referer": desk.url}).status_code == 200
    assert "Fattura puntuale" in bruno.page(f"/conversations/{number}/")


def test_the_same_by_the_api(desk: RunningDesk) -> None:
    """7: conversations, messages, customers, events with a token."""
    api = httpx.Client(base_url=f"{desk.url}/api/v1", headers={"Authorization": f"Bearer {desk.facts['token']}"}, timeout=40)
    ear = Ear(api, f"{desk.url}/api/v1/stream")
    began = api.post(
        "/conversations",
        json={"customer": {"email": "Ivo@posta.example", "name": "Ivo"}, "body": "Dall’API", "subject": "Prova"},
        headers={"Idempotency-Key": "k1"},
    )
    assert began.status_code == 201, began.text
    again = api.post(
        "/conversations",
        json={"customer": {"email": "Ivo@posta.example", "name": "Ivo"}, "body": "Dall’API", "subject": "Prova"},
        headers={"Idempotency-Key": "k1"},
    )
    assert again.json() == began.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    id = began.json()["id"]

    ear.hears("conversation.message_received")
    reply = api.post(f"/conversations/{id}/messages", json={"body": "Risposta", "author": "agent"})
    assert reply.status_code == 201, reply.text
    patched = api.patch(f"/conversations/{began.json()['number']}", json={"status": "resolved"})
    assert patched.json()["status"] == "resolved"

    events = api.get("/events", params={"after": 0, "limit": 100}).json()
    kinds = [each["kind"] for each in events["items"]]
    assert {"conversation.started", "conversation.message_received", "conversation.reply_written"} <= set(kinds)
    last = api.get("/events", params={"after": 10**9, "wait": 1})
    assert last.status_code == 200
    assert api.get("/customers", params={"limit": 1}).json()["next"]
    assert api.get("/openapi.json").json()["openapi"].startswith("3.1")
    assert httpx.get(f"{desk.url}/api/v1/conversations").status_code == 401


def link_in_mail(folder: Path, beginning: str) -> str | None:
    """The first link with that path in the mails that would have gone out."""
    import email
    import email.policy

    for path in sorted(folder.glob("*.eml")) if folder.exists() else []:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        found = re.search(rf"https?://[^\s]+?({beginning}[\w-]+)", body.get_content() if body else "")
        if found:
            return found.group(1)
    return None
