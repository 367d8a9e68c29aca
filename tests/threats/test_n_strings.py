"""Strings that broke others, through every field where one can write: no error, read back as they were, never markup."""

import json
import os
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ascolto.conversations.models import Conversation, Draft, Message, Tag
from ascolto.people.models import Customer
from ascolto.surveys.models import Answer
from ascolto.text.normalise import is_blank, normalise, normalise_line
from ascolto.web.client import limiter
from tests.conftest import World
from tests.edge.desk import desk, run
from tests.threats.conftest import Everyone, as_json

STRINGS = (Path(__file__).parent.parent / "data" / "odd-strings.txt").read_text(encoding="utf-8").split("\n")[:-1]
ODD = ["a\u202eb", "a\u2066b\u200bc\ufeff", "a\tb", "riga\n\n\nriga", "\u0085a\u2028b", "a" * 3000]
ALL = [*STRINGS, *ODD]
MARKUP = [text for text in STRINGS if set(text) & set("<>") or "{" in text]
HARMFUL = ("javascript:", "data:", "vbscript:")


class Sights(HTMLParser):
    """What of a page could act: scripts and frames that are not ours, handlers, styles, links that run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        address = (given.get("href") or given.get("src") or given.get("action") or "").strip().lower()
        if tag == "script" and not given.get("src", "").startswith("/static/") and given.get("type") != "application/json":
            self.wrong.append(f"script {given}")
        if tag in ("iframe", "object", "embed", "base", "math", "style") and not given.get("src", "").startswith(
            "/conversations/"
        ):
            self.wrong.append(f"{tag} {given}")
        if address.startswith(HARMFUL) or any(name.startswith("on") or name in ("style", "srcdoc") for name in given):
            self.wrong.append(f"{tag} {given}")
        if tag in ("img", "script", "link", "iframe", "form", "video", "source") and "//" in address:
            self.wrong.append(f"{tag} loads {address}")

    def handle_data(self, data: str) -> None:
        self.words += data


def harmless(html: str) -> None:
    assert Sights(html).wrong == []


def on_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def bruno(everyone: Everyone) -> Any:
    return everyone.actors["bruno"].client()


def test_n2_b1_replies_and_notes_come_back_as_they_were_written(everyone: Everyone, bruno: Any) -> None:
    thread = everyone.filled("/conversations/{A_number}/")
    for number, text in enumerate(ALL):
        for where in ("replies", "notes"):
            answer = bruno.post(
                f"{thread}{where}/", {"text": text, "client_id": f"{where}{number}"}, headers={"HX-Request": "true"}
            )
            assert answer.status_code == 201, text
            assert Message.objects.get(pk=answer["X-Message"]).text == normalise(text.replace("\n", "\r\n"))
    page = bruno.get(thread).text
    harmless(page)
    assert on_one_line(normalise(STRINGS[-1])) in on_one_line(Sights(page).words)


def test_n2_drafts_tags_and_searches_take_anything(everyone: Everyone, bruno: Any) -> None:
    thread = everyone.filled("/conversations/{A_number}/")
    for text in ALL:
        assert bruno.post(f"{thread}draft/", {"text": text}).status_code == 200
        assert Draft.objects.get().text == normalise(text.replace("\n", "\r\n"))
        answer = bruno.post(f"{thread}tags/", {"tags": text})
        assert answer.status_code == (422 if len(text) > 200 or len(normalise_line(text).lower()) > 50 else 302), text
        if answer.status_code == 302 and normalise_line(text):
            assert list(Tag.objects.filter(conversations=everyone.things["A_id"]).values_list("name", flat=True)) == [
                normalise_line(text).lower()
            ]
            harmless(bruno.get(thread).text)
        found = bruno.get("/search/", {"q": text})
        assert found.status_code in (200, 302)
        if found.status_code == 200:
            harmless(found.text)


def test_n2_b8_forms_of_customers_take_anything(everyone: Everyone, bruno: Any) -> None:
    visitor = everyone.actors["nobody"].client()
    for text in ALL:
        limiter().storage.reset()
        said = {"name": text[:100], "subject": text[:100], "email": "gina@example.org", "text": f"{text}."}
        answer = visitor.post("/contact/modulo/", said)
        assert answer.status_code == 303, text
        assert visitor.get(answer["Location"]).status_code == 200
        conversation = Conversation.objects.order_by("-number")[0]
        assert Message.objects.get(conversation=conversation).text == normalise(f"{text}.".replace("\n", "\r\n"))
        assert conversation.customer.name == normalise_line(text[:100].replace("\n", "\r\n").strip())
        page = everyone.filled("/t/{A_link}")
        assert visitor.post(page, {"text": text, "nonce": "1"}).status_code == 303
        survey = everyone.filled("/r/{A_survey}")
        assert visitor.post(survey, {"csat": "4", "why": text}).status_code == 200
        assert Answer.objects.get().why == normalise(text.replace("\n", "\r\n")).strip()
    for path in (
        "/inbox/open/",
        f"/conversations/{conversation.number}/",
        f"/customers/{conversation.customer_id}/",
        "/insights/answers/?words=1",
    ):
        harmless(everyone.actors["ada"].client().get(path).text)
    harmless(visitor.get(page).text)
    harmless(visitor.get(survey).text)


def test_n2_b11_names_of_everything_stay_names(world: World, everyone: Everyone) -> None:
    """Colleagues, teams, inboxes and tokens named with markup: on every page where their names stand."""
    ada = everyone.actors["ada"].client()
    for text in MARKUP:
        name = normalise_line(text)[:90]
        type(world.bruno).objects.filter(pk=world.bruno.pk).update(name=name)
        type(world.team).objects.filter(pk=world.team.pk).update(name=name)
        type(world.inbox).objects.filter(pk=world.inbox.pk).update(name=name, welcome=name)
        Customer.objects.filter(pk=everyone.things["A_customer"]).update(name=name)
        for path in ("/conversations/{A_number}/", "/inbox/resolved/", "/settings/people/", "/settings/inboxes/", "/t/{A_link}"):
            answer = ada.get(everyone.filled(path))
            assert answer.status_code == 200
            harmless(answer.text)


def test_n2_the_api_takes_anything_and_gives_it_back(everyone: Everyone) -> None:
    writer = everyone.actors["write"].client()
    for number, text in enumerate(each[:1000] for each in ALL):
        said = {
            "customer": {"external_id": f"x{number}", "name": text, "attributes": {"nota": text}},
            "subject": text,
            "body": text,
        }
        answer = writer.post("/api/v1/conversations", **as_json(said))
        assert answer.status_code == 201, text
        assert answer.json()["subject"] == (normalise_line(text) or answer.json()["subject"])
        written = writer.get(f"/api/v1/conversations/{answer.json()['id']}/messages").json()["items"][0]
        assert written["body"] == normalise(text)
        customer = writer.get(f"/api/v1/customers/{answer.json()['customer']['id']}").json()
        assert (customer["name"], customer["attributes"]["nota"]) == (normalise_line(text), normalise(text))
        assert writer.get("/api/v1/search", {"q": text[:200]}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_n2_the_messenger_takes_anything_and_gives_it_back(everyone: Everyone) -> None:
    async def story() -> None:
        async with desk(limits_factor=1000) as here:
            for start in range(0, len(ALL), 40):
                token = await here.visitor()
                first = (await here.write(token, "prima", client_id="0")).json["conversation"]
                part = ALL[start : start + 40]
                for number, text in enumerate(part, start=1):
                    reply = await here.write(token, text, client_id=str(number), conversation=first, name=text)
                    assert reply.status == 201, text
                page = (await here.call("GET", f"/messenger/sito/api/messages?conversation={first}", token=token)).json
                assert [item["body"] for item in page["items"]] == ["prima", *(normalise(text).strip() for text in part)]

    run(story())


def corpora() -> list[str]:
    """Attacks and naughty strings that others have collected; empty where ASCOLTO_CORPORA is not set."""
    place = os.environ.get("ASCOLTO_CORPORA", "")
    if not place:
        return []
    found: list[str] = json.loads((Path(place) / "blns" / "blns.json").read_text(encoding="utf-8"))
    for path in sorted((Path(place) / "xss").rglob("*")):
        if path.is_file() and path.suffix in (".txt", ".md", ".list", ".test", "") and path.name != "SOURCE.txt":
            found += path.read_text(encoding="utf-8", errors="replace").split("\n")
    return sorted({each for each in found if each.strip() and len(each) < 5000})


@pytest.mark.skipif(not os.environ.get("ASCOLTO_CORPORA"), reason="ASCOLTO_CORPORA names no folder of collected attacks")
def test_b1_n2_collected_attacks_stay_words_on_every_page(everyone: Everyone, world: World) -> None:
    """Each as a customer's words and as HTML, in threads of a hundred; the pages are parsed and the frames' HTML, too."""
    from ascolto.channels.inbound import InboundMessage, accept_many
    from ascolto.text.sanitize import sanitize

    found = corpora()
    assert len(found) > 5000
    bruno = everyone.actors["bruno"].client()
    for start in range(0, len(found), 100):
        part = [each for each in found[start : start + 100] if not is_blank(normalise(each))]
        [first] = accept_many([message(InboundMessage, world, part[0], sanitize, everyone, None)])
        given = accept_many([message(InboundMessage, world, each, sanitize, everyone, first.conversation) for each in part[1:]])
        number = first.number
        page = bruno.get(f"/conversations/{number}/")
        assert page.status_code == 200
        harmless(page.text)
        kept = list(Message.objects.filter(conversation=first.conversation).order_by("at", "id").values_list("text", flat=True))
        assert kept == [normalise(each) for each in part]
        for received in (first, *given)[::10]:
            html = bruno.get(f"/conversations/{number}/messages/{received.message}/formatted/")
            if html.status_code == 200:
                body = html.text.partition("<body>")[2].rpartition("</body>")[0]
                assert Sights(body).wrong == [], body


def message(kind: Any, world: World, text: str, sanitize: Any, everyone: Everyone, conversation: Any) -> Any:
    return kind(
        inbox=world.inbox.id,
        text=normalise(text),
        html=sanitize(text).html,
        at=everyone.now,
        source=None,
        customer=world.anna.id,
        conversation=conversation,
    )
