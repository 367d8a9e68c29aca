"""Another site, a proxy that lies, a host that is not ours: nothing is done in a colleague's name, nothing is kept in between."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from ascolto.accounts.address import client_address
from ascolto.conversations.models import Conversation, Message, PrivateLink
from ascolto.edge.guard import forwarded_by
from ascolto.web.client import limiter
from tests.threats.conftest import Everyone
from tests.threats.test_matrix import OF_PAGES, SAID, Line

# What nobody's cookie opens: the address itself is the right, so there is nothing to forge.
WITHOUT_COOKIES = ("/contact/", "/r/", "/t/", "/u/", "/api/", "/setup/")  # /u/: one click of a mail program, RFC 8058


def written_by_colleagues() -> list[Line]:
    return [line for line in OF_PAGES if line.method == "POST" and not line.path.startswith(WITHOUT_COOKIES)]


def test_g6_no_form_of_another_site_does_anything_in_a_colleagues_name(everyone: Everyone) -> None:
    """Ada's browser, signed in, posts every form of the desk without its token: 403 each time, and nothing has changed."""
    before = state()
    ada = everyone.actors["ada"].client(enforce_csrf_checks=True)

    for line in written_by_colleagues():
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"HX-Request": "true"}):
            answer = ada.post(everyone.filled(line.path), SAID, headers=headers)
            assert answer.status_code == 403, line.path

    assert len(written_by_colleagues()) > 15
    assert state() == before


def test_g6_no_page_of_an_account_is_changed_from_another_site(everyone: Everyone) -> None:
    ada = everyone.actors["ada"].client(enforce_csrf_checks=True)

    for path in ("", "logout/", "password/change/", "2fa/totp/deactivate/", "sessions/", "login/", "password/reset/"):
        assert ada.post(f"/account/{path}", SAID).status_code == 403, path
    assert Session.objects.filter(session_key=everyone.actors["ada"].cookie).exists()


def state() -> list[Any]:
    return [
        list(Conversation.objects.order_by("id").values()),
        Message.objects.count(),
        PrivateLink.objects.filter(revoked_at=None).count(),
    ]


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Forwarded-Server", "Forwarded", "X-Host", "X-Original-URL", "X-Rewrite-URL"]
)
def test_f4_no_header_changes_whose_links_these_are(everyone: Everyone, header: str) -> None:
    visitor, ada = Client(), everyone.actors["ada"].client()

    for browser, path in (
        (visitor, "/messenger/sito/"),
        (visitor, "/contact/modulo/"),
        (ada, "/settings/inboxes/"),
        (ada, "/settings/people/"),
    ):
        answer = browser.get(path, headers={header: "evil.example"})
        assert answer.status_code == 200
        assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "host",
    ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "a b", "testserver,evil.example", "[::1", ""],
)
def test_f4_a_host_that_is_not_ours_is_refused(everyone: Everyone, host: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]

    for path in ("/account/login/", "/contact/modulo/", "/inbox/open/", "/api/v1/inboxes"):
        answer = Client(raise_request_exception=False).get(path, headers={"Host": host})
        assert answer.status_code in (302, 400, 401) if path == "/inbox/open/" or "api" in path else answer.status_code == 400
        assert "evil.example" not in answer.get("Location", "")


@pytest.mark.parametrize("hops", [0, 1])
def test_f9_a_new_address_in_a_header_lifts_no_limit_of_a_form(everyone: Everyone, settings: Any, hops: int) -> None:
    settings.PROXIES = hops
    told = [form_from(f"{number}.1.1.1, 203.0.113.9") for number in range(12)]

    assert told.count(303) == 5
    assert told.count(429) == 7


def test_f9_one_subscribers_many_addresses_are_one(everyone: Everyone) -> None:
    """A line of IPv6 has 2⁶⁴ addresses, and is one sender."""
    told = [form_from("", peer=f"2001:db8:1:2::{number:x}") for number in range(12)]

    assert told.count(303) == 5
    assert form_from("", peer="2001:db8:1:3::1") == 303


def test_f9_a_proxy_that_adds_a_line_of_its_own_is_believed_and_the_senders_line_is_not() -> None:
    said = [(b"x-forwarded-for", b"198.51.100.1"), (b"host", b"testserver"), (b"x-forwarded-for", b"203.0.113.9")]

    assert forwarded_by({"headers": said}) == "198.51.100.1,203.0.113.9"
    assert client_address(peer="127.0.0.1", forwarded=forwarded_by({"headers": said}), hops=1) == "203.0.113.9"


def form_from(forwarded: str, *, peer: str = "203.0.113.9") -> int:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    said = {"email": "gina@example.org", "text": "parole"}
    return Client(REMOTE_ADDR=peer).post("/contact/modulo/", said, headers=headers).status_code


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "http:evil.example",
        "https:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/%09/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "https://testserver@evil.example",
        "https://testserver.evil.example",
        "//testserver:80@evil.example",
        "///evil.example",
        "////evil.example",
        "/\u2044/evil.example",
        "\u3002evil.example",
        ".evil.example",
        "@evil.example",
        "%2f%2fevil.example",
        "http://[::1]@evil.example",
        "ht\ntp://evil.example",
        "\x00//evil.example",
        "x" * 3000,
    ],
)
def test_f14_signing_in_and_out_leads_nowhere_else(everyone: Everyone, target: str) -> None:
    browser = Client(raise_request_exception=False)
    answers = [
        browser.post("/account/login/", {"login": "bruno@lumen.example", "password": "una parola lunga", "next": target}),
        browser.get("/account/login/", {"next": target}),
        browser.post("/account/logout/", {"next": target}),
        browser.get("/inbox/open/", {"next": target}),
    ]

    for answer in answers:
        assert answer.status_code < 500
        place = answer.get("Location", "/")
        assert place.startswith("/")
        assert not place.startswith(("//", "/\\", "/\t", "/\n"))


def test_d3_what_is_one_persons_own_is_kept_by_nobody_in_between(everyone: Everyone) -> None:
    """With the things that are there, where the crawl of all addresses meets only what is missing."""
    limiter().storage.reset()
    for line in OF_PAGES:
        if line.method != "GET" or line.path.startswith(("/messenger/sito.js", "/contact/modulo.js")):
            continue
        for name in ("nobody", "bruno", "ada", "write"):
            answer = everyone.actors[name].client().get(everyone.filled(line.path))
            kept = answer["Cache-Control"]
            assert "private" in kept, line.path
            assert "public" not in kept
            assert "no-store" in kept or "/files/" in line.path, line.path
            assert answer["X-Content-Type-Options"] == "nosniff", line.path


def test_c2_a_token_of_one_purpose_opens_nothing_else(everyone: Everyone) -> None:
    tokens = [everyone.things[name] for name in ("A_link", "A_survey", "visitor_file", "read_file")]
    tokens += [everyone.actors[name].bearer for name in ("visitor", "read")]
    doors = {"/t/{}": "A_link", "/t/{}/read": "A_link", "/r/{}": "A_survey", "/account/invitation/{}/": None, "/files/{}": None}

    for door, own in doors.items():
        for token in tokens:
            if own and token == everyone.things[own]:
                continue
            assert Client().get(door.format(token)).status_code in (404, 405), door
            assert Client().post(door.format(token), {"text": "x", "csat": "4"}).status_code in (404, 405), door


def test_f7_a_session_id_that_someone_else_chose_is_not_taken(everyone: Everyone) -> None:
    browser = Client()
    browser.cookies["sessionid"] = "chosen-by-the-attacker-0123456789"
    browser.post("/account/login/", {"login": "bruno@lumen.example", "password": "una parola lunga"})

    assert browser.cookies["sessionid"].value != "chosen-by-the-attacker-0123456789"
    assert browser.get("/inbox/open/").status_code == 200
    assert not Session.objects.filter(session_key="chosen-by-the-attacker-0123456789").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "..%2fsecret",
        "%2e%2e/secret",
        "....//secret",
        "/etc/passwd",
        "x.eml/../../secret",
        ".hidden",
        "%00.eml",
        "CON",
    ],
)
def test_c4_no_name_of_a_mail_leads_out_of_its_folder(everyone: Everyone, name: str, settings: Any, tmp_path: Any) -> None:
    (tmp_path / "secret").write_text("canarino")
    (tmp_path / "secret.eml").write_text("canarino")

    answer = everyone.actors["ada"].client().get(f"/settings/mail/{name}/", follow=True)

    assert answer.status_code in (400, 404)
    assert "canarino" not in answer.text


def test_f8_whoever_left_is_refused_with_the_session_that_is_still_there(everyone: Everyone) -> None:
    left = everyone.actors["left"].client()

    assert Session.objects.filter(session_key=everyone.actors["left"].cookie, expire_date__gt=timezone.now()).exists()
    for line in OF_PAGES:
        if line.wanted["nobody"] in ("in", "403"):
            answer = left.generic(line.method, everyone.filled(line.path))
            assert answer.status_code in (302, 403), line.path
