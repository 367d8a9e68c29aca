"""The form in a frame on other sites, and the script that brings it there."""

import json
import re
from typing import Any

import pytest

from ascolto.conversations.models import Conversation

FORM = {"name": "Teresa", "email": "teresa@example.org", "subject": "", "text": "Trema", "nonce": "n1"}
ADDRESS = "/contact/modulo/embed/"


def policy_of(answer: Any) -> dict[str, list[str]]:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def test_d5_only_the_inboxs_own_sites_may_have_the_form_around(client: Any, world: Any) -> None:
    type(world.form).objects.filter(key="modulo").update(allowed_origins=["https://shop.example"])

    for answer in (client.get(ADDRESS), client.post(ADDRESS, {}), client.get(f"{ADDRESS}?sent=x")):
        assert policy_of(answer)["frame-ancestors"] == ["'self'", "https://shop.example"]
        assert policy_of(answer)["default-src"] == ["'none'"]
        assert "X-Frame-Options" not in answer
    assert policy_of(client.get("/contact/modulo/"))["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize(
    "origin", ["null", "*", "https://*.example", "https://a.example; script-src *", "data:", "//a.example", "https://a.example/p"]
)
def test_d5_what_is_not_plainly_an_origin_reaches_neither_header_nor_page(client: Any, world: Any, origin: str) -> None:
    type(world.form).objects.filter(key="modulo").update(allowed_origins=[origin])

    answer = client.get(ADDRESS)

    assert policy_of(answer)["frame-ancestors"] == ["'self'"]
    assert 'data-origins="[]"' in answer.content.decode()


def test_a_form_sent_from_a_frame_stays_in_the_frame_in_its_language_and_colours(client: Any, world: Any) -> None:
    response = client.post(f"{ADDRESS}?lang=en&scheme=dark", FORM)
    page = client.get(response["Location"])

    assert response["Location"].startswith(f"{ADDRESS}?sent=")
    assert 'data-theme="dark"' in page.content.decode()
    assert "It has arrived" in page.content.decode()
    assert f"#{Conversation.objects.get().number}" in page.content.decode()
    assert f'href="{ADDRESS}?lang=en&amp;scheme=dark"' in page.content.decode()


def test_nobody_is_given_a_cookie_and_no_script_stands_in_the_page(client: Any, world: Any) -> None:
    for answer in (client.get(ADDRESS), client.get("/contact/modulo.js"), client.post(ADDRESS, FORM)):
        assert not answer.cookies
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", answer.content.decode().partition("(() =>")[0])


def test_a_closed_form_says_so_in_its_frame_and_its_script_is_gone(client: Any, world: Any) -> None:
    type(world.form).objects.filter(key="modulo").update(is_active=False, allowed_origins=["https://shop.example"])

    closed = client.get(ADDRESS)

    assert closed.status_code == 410
    assert policy_of(closed)["frame-ancestors"] == ["'self'", "https://shop.example"]
    assert client.get("/contact/modulo.js").status_code == 404


def test_another_kind_of_inbox_has_neither(client: Any, world: Any) -> None:
    assert [client.get(f"/contact/{key}{rest}").status_code for key in ("sito", "x") for rest in (".js", "/embed/")] == [404] * 4


def test_the_script_is_the_same_for_everybody_and_names_things_in_both_languages(client: Any, world: Any) -> None:
    answer = client.get("/contact/modulo.js", headers={"accept-language": "en"})
    facts = json.loads(re.search(r"const settings = (\{.*\});", answer.content.decode()).group(1))  # type: ignore[union-attr]

    assert facts == {"key": "modulo", "language": "it", "titles": {"it": "Modulo di contatto", "en": "Contact form"}}
    assert answer["Cache-Control"] == "public, max-age=300"
    assert client.get("/contact/modulo.js", headers={"if-none-match": answer["ETag"]}).status_code == 304


def test_d10_the_script_tells_nothing_of_the_page_around(client: Any, world: Any) -> None:
    script = client.get("/contact/modulo.js").content.decode()

    assert not re.search(r"location\.(search|hash|pathname)|document\.(title|cookie|referrer)|innerHTML", script)
    assert 'postMessage({ ascolto: settings.key, kind: "hello" }, desk)' in script
