"""What the frame may do, who may have it around, and in which language it speaks."""

import re
from typing import Any

import pytest


def policy_of(answer: Any) -> dict[str, list[str]]:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def test_d5_only_the_inboxs_own_sites_may_have_the_frame_around(client: Any, world: Any) -> None:
    type(world.inbox).objects.filter(key="sito").update(allowed_origins=["https://shop.example", "http://localhost:3000"])

    answer = client.get("/messenger/sito/?embedded=1")

    assert policy_of(answer)["frame-ancestors"] == ["'self'", "https://shop.example", "http://localhost:3000"]
    assert "X-Frame-Options" not in answer


def test_d5_without_a_configured_site_only_our_own_pages_may(client: Any, world: Any) -> None:
    assert policy_of(client.get("/messenger/sito/"))["frame-ancestors"] == ["'self'"]


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "*",
        "https://*.example",
        "https://a.example; script-src *",
        "https://a.example https://b.example",
        "data:",
        "//a.example",
        "https://a.example/path",
        "javascript:alert(1)",
    ],
)
def test_d5_what_is_not_plainly_an_origin_never_reaches_the_header(client: Any, world: Any, origin: str) -> None:
    type(world.inbox).objects.filter(key="sito").update(allowed_origins=[origin])

    answer = client.get("/messenger/sito/")

    assert policy_of(answer)["frame-ancestors"] == ["'self'"]
    assert 'data-origins="[]"' in answer.content.decode()


def test_b11_scripts_come_from_us_alone_and_no_text_becomes_markup(client: Any, world: Any) -> None:
    rules = policy_of(client.get("/messenger/sito/"))

    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == ["'self'"]
    assert rules["require-trusted-types-for"] == ["'script'"]
    assert rules["trusted-types"] == ["'none'"]


def test_b11_a_desk_named_with_markup_stays_a_name(client: Any, world: Any) -> None:
    type(world.desk).objects.update(name="<img src=x onerror=alert(1)>")

    page = client.get("/messenger/sito/").content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_no_page_of_the_messenger_has_script_or_style_of_its_own(client: Any, world: Any) -> None:
    for address in ("/messenger/sito/", "/messenger/sito/demo/"):
        page = client.get(address).content.decode()

        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)


def test_nobody_is_given_a_cookie(client: Any, world: Any) -> None:
    for address in ("/messenger/sito/", "/messenger/sito/?embedded=1", "/messenger/sito/demo/"):
        assert not client.get(address).cookies


@pytest.mark.parametrize(
    ("address", "header", "language"),
    [
        ("/messenger/sito/", "", "it"),
        ("/messenger/sito/", "en-GB,en;q=0.9", "en"),
        ("/messenger/sito/", "de,en;q=0.5", "en"),
        ("/messenger/sito/?lang=it", "en", "it"),
        ("/messenger/sito/?lang=%3Cb%3E", "fr", "it"),
    ],
)
def test_it_speaks_the_visitors_language(client: Any, world: Any, address: str, header: str, language: str) -> None:
    answer = client.get(address, headers={"accept-language": header})

    assert answer["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.content.decode()


def test_an_inbox_speaks_its_own_language_to_those_who_have_neither(client: Any, world: Any) -> None:
    type(world.inbox).objects.filter(key="sito").update(language="en")

    assert client.get("/messenger/sito/", headers={"accept-language": "fr"})["Content-Language"] == "en"


def test_the_effort_question_has_its_five_statements_word_for_word(client: Any, world: Any) -> None:
    page = client.get("/messenger/sito/").content.decode()

    assert "Quanto le è costato risolvere il problema nel servizio clienti?" in page
    assert re.findall(r'name="effort" value="(\d)">([^<]+)<', page) == [
        ("1", "Molto meno di quanto pensavo"),
        ("2", "Meno di quanto pensavo"),
        ("3", "Quanto pensavo"),
        ("4", "Più di quanto pensavo"),
        ("5", "Molto più di quanto pensavo"),
    ]


def test_only_a_frame_can_be_closed(client: Any, world: Any) -> None:
    assert 'data-do="close"' in client.get("/messenger/sito/?embedded=1").content.decode()
    assert 'data-do="close"' not in client.get("/messenger/sito/").content.decode()


def test_b12_odd_parameters_change_nothing(client: Any, world: Any) -> None:
    plain = client.get("/messenger/sito/").content

    assert client.get("/messenger/sito/?__proto__[x]=1&constructor=2&embedded[]=1").content == plain


def test_the_page_to_try_it_has_one_script_of_ours(client: Any, world: Any) -> None:
    answer = client.get("/messenger/sito/demo/")

    assert re.findall(r"<script[^>]*>", answer.content.decode()) == ['<script async src="/messenger/sito.js">']
    assert answer["Content-Security-Policy"] == "default-src 'self'"


def test_the_welcome_and_what_to_expect_stand_there_before_any_script_runs(client: Any, world: Any) -> None:
    type(world.inbox).objects.filter(key="sito").update(welcome="Buongiorno da Lumen.")

    italian, english = (client.get(f"/messenger/sito/?lang={code}").content.decode() for code in ("it", "en"))

    assert "Buongiorno da Lumen." in italian
    assert "Buongiorno" not in english
    assert "Hello, we are listening." in english
    for page in (italian, english):
        assert re.search(r'<b data-part="expectation">[^<]+</b>', page)
