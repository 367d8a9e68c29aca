"""Who gets in, from where, and what strangers learn."""

import re

import pytest
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from ascolto.accounts import jobs
from ascolto.accounts.events import NOBODY, SignedIn, SignInRefused
from ascolto.accounts.models import User
from ascolto.eventlog import read
from ascolto.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters(settings):
    """Run the letters that wait and give what was mailed."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    def sent():
        kinds = {"accounts.new_password": jobs.new_password_later, "accounts.letter": jobs.letter_later}
        for job in Job.objects.filter(kind__in=kinds):
            kinds[job.kind].function(**job.arguments)
        return mail.outbox

    return sent


def test_a_colleague_signs_in_and_it_is_recorded(bruno, sign_in, client):
    answer = sign_in(bruno)

    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200
    assert [type(event.event) for event in read.events_of(bruno.pk)][-1] is SignedIn


def test_the_address_is_the_same_in_capitals(bruno, sign_in):
    assert sign_in("  BRUNO@bottega.example ").status_code == 302


def test_nobody_signs_up(client):
    assert client.get("/account/signup/").status_code == 404
    assert client.post("/account/signup/", {"email": "a@b.example", "password1": "x" * 12}).status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize("page", ["/account/email/", "/account/confirm-email/", "/account/confirm-email/x/"])
def test_pages_that_are_not_for_this_desk_are_not_there(client, page):
    assert client.get(page).status_code == 404


FOREIGN = [
    "evil.example",
    "evil.example:80",
    "127.0.0.1.evil.example",
    "evil.example#testserver",
    "testserver@evil.example",
    "",
    "*",
    ".",
    "testserver.evil.example",
    "testserver:evil.example",
    "testserver, evil.example",
    "evil.example, testserver",
    "[::1]:evil.example",
    "evil.example/testserver",
    "evil.example?testserver",
    "testserver\tevil.example",
    "testserver%00.evil.example",
    "évil.example",
    "xn--vil-9la.example",
    "EVIL.EXAMPLE",
    "evil.example.",
    "testserver:80@evil.example",
    "http://evil.example",
]


@pytest.mark.parametrize("host", FOREIGN)
def test_f4_a_foreign_host_never_stands_in_a_letter(bruno, client, letters, settings, host):
    for headers in (
        {"HTTP_HOST": host},
        {"HTTP_X_FORWARDED_HOST": host},
        {"HTTP_X_FORWARDED_SERVER": host},
        {"HTTP_FORWARDED": f"host={host}"},
    ):
        client.post("/account/password/reset/", {"email": bruno.email}, **headers)

    for letter in letters():
        assert "vil." not in (letter.body + letter.subject + str(letter.extra_headers)).lower()
        assert f"{settings.SITE_URL}/account/password/reset/key/" in letter.body
    assert mail.outbox


def test_the_link_of_the_letter_sets_a_new_password(bruno, client, letters, settings, sign_in):
    client.post("/account/password/reset/", {"email": bruno.email})
    link = next(word for word in letters()[0].body.split() if word.startswith(settings.SITE_URL)).removeprefix(settings.SITE_URL)
    form = client.get(link, follow=True)

    client.post(form.redirect_chain[-1][0], {"password1": "ponte sul fiume quai", "password2": "ponte sul fiume quai"})

    bruno.refresh_from_db()
    assert bruno.check_password("ponte sul fiume quai")
    assert "_auth_user_id" not in client.session


class CountingHasher(hashers.MD5PasswordHasher):
    algorithm = "md5"
    work = 0

    def encode(self, password, salt):
        type(self).work += 1
        return super().encode(password, salt)


def test_f5_known_and_unknown_addresses_cost_the_same_work_and_read_the_same(bruno, sign_in, client, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    hashers.get_hashers.cache_clear()
    hashers.get_hashers_by_algorithm.cache_clear()
    answers = {}
    for email in (bruno.email, "nobody@bottega.example"):
        CountingHasher.work = 0
        answers[email] = (sign_in(email, "wrong password"), CountingHasher.work)
    hashers.get_hashers.cache_clear()
    hashers.get_hashers_by_algorithm.cache_clear()

    (known, known_work), (unknown, unknown_work) = answers.values()
    assert known_work == unknown_work == 1
    assert known.status_code == unknown.status_code
    assert words(known, bruno.email) == words(unknown, "nobody@bottega.example")


def words(answer, email):
    return re.sub(r'value="[^"]*"', "", answer.content.decode().replace(email, ""))


def test_f5_asking_for_a_new_password_is_the_same_for_anyone(bruno, client, letters, django_assert_num_queries):
    answers = []
    for email in (bruno.email, "nobody@bottega.example"):
        answers.append(client.post("/account/password/reset/", {"email": email}))

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/account/password/reset/done/")}
    assert Job.objects.filter(kind="accounts.new_password").count() == 2
    assert [letter.to for letter in letters()] == [[bruno.email]]


def test_f5_a_refused_sign_in_is_recorded_for_known_and_unknown_alike(bruno, sign_in):
    sign_in(bruno, "wrong password")
    sign_in("nobody@bottega.example", "wrong password")

    assert [event.event.subject for event in read.events_after(0, kinds=[SignInRefused.kind])] == [bruno.pk, NOBODY]


def test_f6_a_password_of_megabytes_is_refused_before_any_hashing(bruno, sign_in, monkeypatch):
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda *a, **k: pytest.fail("was hashed"))

    for size in (1025, 500_000):
        assert sign_in(bruno, "x" * size).status_code == 200
    assert sign_in(bruno, "x" * 10_000_000).status_code == 400
    assert not bruno.check_password("è" * 600)


def test_f7_the_session_before_signing_in_is_not_the_one_after(bruno, sign_in, client):
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key

    sign_in(bruno)

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize(
    "header", ["HTTP_X_FORWARDED_FOR", "HTTP_CF_CONNECTING_IP", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP", "HTTP_TRUE_CLIENT_IP"]
)
def test_f9_a_new_address_in_a_header_does_not_lift_the_limit(desk, sign_in, header):
    answers = [sign_in(f"a{number}@b.example", "wrong", **{header: f"10.1.2.{number}"}) for number in range(12)]

    assert "Too many" in answers[-1].content.decode() or "Troppi" in answers[-1].content.decode()


def test_f9_attempts_against_one_account_end_from_wherever_they_come(bruno, sign_in, settings, password):
    settings.PROXIES = 1
    for number in range(6):
        sign_in(bruno, "wrong", HTTP_X_FORWARDED_FOR=f"10.1.2.{number}")

    assert sign_in(bruno, password, HTTP_X_FORWARDED_FOR="10.1.2.99").status_code != 302


ELSEWHERE = [
    "https://evil.example/",
    "http://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "https://evil.example#testserver",
    "https://evil.example?testserver",
    "https://evil.example\\@testserver",
    "https://evil.example\\.testserver",
    "//testserver@evil.example",
    "//evil.example:80/",
    "//[::1]/",
    "//127.1/",
    "//0x7f000001/",
    "//evil%E3%80%82example",
    "//evil。example",
    "http://evil.example:80",
    "ftp://testserver/",
    "ws://testserver/",
    "file:///etc/passwd",
    "blob:https://testserver/x",
    "about:blank",
    "mailto:a@evil.example",
    "tel:1",
    "\t//evil.example",
    "\n//evil.example",
    "\r//evil.example",
    "\x00//evil.example",
    "\x01https://evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "http:///evil.example",
    "http:////evil.example",
    "http:evil.example",
    "https;//evil.example@x:y",
    "//evil.example/%2f..",
    "//evil.example/..;/",
    "http://a:b@evil.example",
    "http://evil.example/testserver",
    "http://testserver:evil@evil.example",
    "HTTP://EVIL.EXAMPLE",
    "//EVIL.example",
    "https://xn--evl-fma.example",
    "https://evil.example/account/",
    "http://localhost.evil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_f14_after_signing_in_nobody_lands_elsewhere(bruno, client, password, target):
    answer = client.post("/account/login/", {"login": bruno.email, "password": password, "next": target})

    assert answer.status_code in (302, 400)
    location = answer.get("Location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\", "/\t", "/\n"))


def test_f14_a_path_of_ours_is_where_they_wanted_to_go(bruno, client, password):
    answer = client.post("/account/login/", {"login": bruno.email, "password": password, "next": "/conversations/1001/?a=b"})

    assert answer["Location"] == "/conversations/1001/?a=b"


@pytest.mark.parametrize(
    "page",
    [
        "/account/",
        "/account/2fa/",
        "/account/2fa/webauthn/",
        "/account/sessions/",
        "/account/password/change/",
        "/account/logout/",
    ],
)
def test_the_pages_of_an_account_stand_in_our_frame(bruno, as_user, page):
    html = as_user(bruno).get(page).content.decode()

    assert '<main class="sheet" id="main">' in html
    assert "style=" not in html
    assert "onclick" not in html


def test_another_session_can_be_ended_from_the_list(bruno, as_user, sign_in, client):
    elsewhere = Client()
    sign_in(bruno, browser=elsewhere)
    as_user(bruno).post("/account/sessions/")

    assert elsewhere.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200
