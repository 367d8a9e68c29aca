"""What nobody means: endless numbers, NUL, half letters, half bytes, in every field. Never a 500, nothing half stored."""

from uuid import uuid4

import pytest
from django.test import Client

from ascolto.conversations.models import Conversation
from tests.edge.desk import desk, run
from tests.threats.conftest import Everyone, as_json, message_count

ENDLESS = "9" * 5000
NUMBERS = ["0", "99999999999999999999", "9223372036854775808", "9223372036854775807", ENDLESS, "%D9%A1", "-1", "1e9", "1%00"]


@pytest.mark.parametrize("number", NUMBERS)
def test_g4_a_number_that_no_row_has_is_not_found(everyone: Everyone, number: str) -> None:
    ada, writer = everyone.actors["ada"].client(), everyone.actors["write"].client()

    assert ada.get(f"/conversations/{number}/").status_code in (400, 404)
    assert ada.post(f"/conversations/{number}/replies/", {"text": "x"}).status_code in (400, 404)
    assert writer.get(f"/api/v1/conversations/{number}").status_code in (400, 404)


ODD_QUERIES = [
    "/inbox/open/rows/?current={}",
    "/inbox/open/?cursor={}",
    "/inbox/counts/?list={}",
    "/search/?q={}",
    "/search/?q=parolaqui&cursor={}",
    "/conversations/{{A_number}}/?before={}&list={}",
    "/conversations/{{A_number}}/timeline/?after={}",
    "/conversations/{{A_number}}/timeline/?before={}",
    "/t/{{A_link}}?before={}&sent={}",
    "/r/{{A_survey}}?csat={}&effort={}",
    "/contact/modulo/?sent={}&subject={}",
    "/messenger/sito/?embedded={}&lang={}",
    "/files/{{visitor_file}}?for={}",
    "/insights/?days={}&inbox={}",
    "/insights/answers/?before={}&csat={}",
    "/settings/?lang={}",
    "/account/login/?next={}",
    "/api/v1/files/{{A_stored}}/content?by={}&signature={}",
]
ODD_VALUES = [
    "",
    "9" * 4400,
    "%D9%A1%D9%A2",
    "%C2%B2",
    "-1",
    "nan",
    "NaN~1",
    "inf~9999999999999999999999",
    "0001-01-01T00:00:00%2B23:59",
    "9999-12-31T23:59:59-23:59",
    "%FF%FE",
    "%ED%A0%80",
    "%00",
    "%0d%0aSet-Cookie:a=b",
    "'\"%3E%3Cscript%3E",
    "..%2F..%2Fetc%2Fpasswd",
    "%E2%80%AE",
    "a&" * 300,
    "{{7*7}}%25s%25n{0}",
    "AAAA",
    "=" * 50,
    str(uuid4()),
]


@pytest.mark.parametrize("address", ODD_QUERIES)
def test_g4_a13_an_odd_query_is_an_answer_never_an_error(everyone: Everyone, address: str) -> None:
    ada = everyone.actors["ada"].client(raise_request_exception=False)

    for value in ODD_VALUES:
        path = everyone.filled(
            address.replace("{{", "\x01").replace("}}", "\x02").replace("{}", "\x00").replace("\x01", "{").replace("\x02", "}")
        )
        answer = ada.get(path.replace("\x00", value))
        assert answer.status_code < 500, value[:60]
        assert "\r" not in str(answer.headers)
        assert "a=b" not in str(answer.cookies)


@pytest.mark.parametrize(
    "cookie",
    ['"\\000\\000\\000\\000\\000\\000\\000\\000\\000"', "é" * 40, "x" * 5000, '"\\377\\377\\377\\377\\377\\377\\377\\377"'],
)
def test_a13_a_cookie_that_is_none_signs_nobody_in(everyone: Everyone, cookie: str) -> None:
    for path in ("/", "/inbox/open/", "/messenger/sito/", everyone.filled("/t/{A_link}")):
        answer = Client(raise_request_exception=False).get(path, headers={"Cookie": f"sessionid={cookie}; csrftoken={cookie}"})
        assert answer.status_code in (200, 302), path


ODD_FIELDS: dict[str, list[str]] = {
    "/conversations/{A_number}/replies/": ["text", "client_id", "last_seen", "files"],
    "/conversations/{A_number}/notes/": ["text", "client_id", "files"],
    "/conversations/{A_number}/draft/": ["text", "is_note"],
    "/conversations/{A_number}/tags/": ["tags", "new", "without"],
    "/conversations/{A_number}/assignee/": ["assignee"],
    "/conversations/{A_number}/team/": ["team"],
    "/conversations/{A_number}/status/": ["status"],
    "/conversations/{A_number}/priority/": ["priority"],
    "/t/{A_link}": ["text", "nonce"],
    "/r/{A_survey}": ["csat", "effort", "why", "website"],
    "/contact/modulo/": ["name", "email", "subject", "text", "nonce", "website"],
    "/settings/inboxes/": ["name", "kind", "language", "welcome", "origins"],
    "/settings/people/": ["email", "name", "role"],
    "/settings/people/{bruno}/role/": ["role"],
    "/settings/tokens/": ["name", "scopes", "days"],
    "/account/": ["name", "language"],
    "/account/login/": ["login", "password", "next"],
    "/account/password/reset/": ["email"],
}
WORDS = {
    "text": "parole",
    "email": "gina@example.org",
    "name": "Gina",
    "kind": "api",
    "language": "it",
    "csat": "4",
    "role": "agent",
    "scopes": "read",
    "days": "30",
    "login": "x@example.org",
    "password": "una parola",
}
ODD_WORDS = [
    b"\x00",
    b"a\x00b",
    b"\xff\xfe\x80",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae\xe2\x81\xa6",
    b" \t\n\xe2\x80\x8b",
    b"a\r\nBcc: x@example.org",
    b"0001-01-01T00:00:00+23:59",
    b"9999-12-31T23:59:59-23:59",
    b"9" * 5000,
    b"x" * 900_000,
    "٣".encode(),
    b"{{7*7}}{% csrf_token %}%(name)s%s",
    b"a@" + b"b." * 4000 + b"c",
]


@pytest.mark.parametrize("address", ODD_FIELDS)
def test_a13_odd_bytes_in_any_field_are_an_answer_never_an_error(everyone: Everyone, address: str) -> None:
    from urllib.parse import quote_from_bytes

    from ascolto.web.client import limiter

    ada = everyone.actors["ada"].client(raise_request_exception=False)
    path = everyone.filled(address)
    for field in ODD_FIELDS[address]:
        for word in ODD_WORDS:
            limiter().storage.reset()
            given = {name: WORDS[name].encode() for name in ODD_FIELDS[address] if name in WORDS} | {field: word}
            body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in given.items())
            raw = b"&".join(name.encode() + b"=" + value.replace(b"&", b"").replace(b"+", b" ") for name, value in given.items())
            for content in (body, raw) if field in ("text", "name") else (body,):
                if len(content) < 1_000_000:
                    answer = ada.generic("POST", path, content, content_type="application/x-www-form-urlencoded")
                    assert answer.status_code < 500, f"{field}: {word[:40]!r}"
    assert "\x00" not in "".join(Conversation.objects.values_list("preview", flat=True))


def test_a13_a_broken_form_is_refused_and_stores_nothing(everyone: Everyone) -> None:
    ada, before = everyone.actors["ada"].client(raise_request_exception=False), message_count()
    bodies = [
        (b'--xx\r\nContent-Disposition: form-data; name="text"\r\n\r\nx', "multipart/form-data; boundary=xx"),
        (b"--xx", "multipart/form-data"),
        (b"--xx", "multipart/form-data; boundary=" + "x" * 300),
        (b"\xff" * 100, "multipart/form-data; boundary=\xff"),
        (b"&".join(b"a=1" for _ in range(500)), "application/x-www-form-urlencoded"),
        (b"text=x", "application/x-www-form-urlencoded; charset=idna"),
        (b"text=x", "application/x-www-form-urlencoded; charset=utf-16"),
        (b'{"text": "x"}', "application/json"),
        (b"text=x", ""),
    ]
    for path in ("/conversations/{A_number}/replies/", "/t/{A_link}", "/contact/modulo/"):
        for body, kind in bodies:
            answer = ada.generic("POST", everyone.filled(path), body, content_type=kind)
            assert answer.status_code < 500, f"{path} {kind[:50]}"

    assert message_count() <= before + 2  # a broken end of a form may have been a whole field


def test_g7_a_file_id_that_is_none_is_told_beside_the_words(everyone: Everyone) -> None:
    """Without scripts, too: the page comes again with what was written."""
    bruno = everyone.actors["bruno"].client(raise_request_exception=False)

    answer = bruno.post(everyone.filled("/conversations/{A_number}/replies/"), {"text": "le mie parole", "files": ["nope"]})

    assert answer.status_code == 422
    assert "le mie parole" in answer.text


ODD_JSON = [
    {"client_id": "1", "body": "\ud800"},
    {"client_id": "1\n", "body": "x"},
    {"client_id": "1", "body": "x", "email": "\ud800@example.org"},
    {"client_id": "1", "body": "x", "email": "a\x00@example.org"},
    {"client_id": "1", "body": "x", "name": "\ud800\x00" * 90},
    {"client_id": "1", "body": "x", "conversation": "\ud800"},
    {"client_id": "1", "body": "x", "files": ["\ud800"]},
    {"client_id": "1", "body": "x", "files": {"a": 1}},
    {"token": "\ud800", "csat": 4},
    {"token": "\x00", "csat": 4},
    {"token": "è", "csat": 10**30, "why": "\ud800"},
    {"email": "\ud800"},
    {"email": "\x00@\x00"},
    {"identity": "\ud800.\ud800.\ud800"},
    {"identity": "a.b.c"},
    {"language": "\ud800\x00"},
    {"page": {"url": "http://\ud800/\x00", "title": "\ud800\x00"}},
    {"page": {"url": "http://[", "title": 7}},
    {"page": ["x"]},
    {"conversation": 10**30},
    {"conversation": 2**63},
    {"conversation": True},
    {"conversation": "\x00"},
]
RAW_JSON = [
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"{" + b'"a":1,' * 10_000 + b'"a":1}',
    b"9" * 10_000,
    b'{"client_id": "1", "body": ' + b"9" * 10_000 + b"}",
    b"NaN",
    b'{"client_id": "1", "body": "\xff"}',
    b'{"client_id": "1", "body": "x"',
    '{"client_id": "1"}'.encode("utf-16"),
]
DOORS = ["session", "messages", "read", "typing", "leave", "feedback", "logout"]


@pytest.mark.django_db(transaction=True)
def test_a13_g7_odd_json_at_the_edge_is_a_short_refusal(everyone: Everyone) -> None:
    token = everyone.actors["visitor"].bearer
    cookie = {"cookie": f"sessionid={everyone.actors['bruno'].cookie}"}
    broken = []

    async def story() -> None:
        async with desk(limits_factor=1000) as here:
            for name in DOORS:
                for said in ODD_JSON:
                    try:
                        reply = await here.call(
                            "POST", f"/messenger/sito/api/{name}", said, token="" if name == "logout" else token
                        )
                        assert reply.status < 500
                        assert len(reply.body) < 2000
                    except Exception as error:
                        broken.append(f"{name} {said!r}: {error!r}"[:300])
                for body in RAW_JSON:
                    try:
                        reply = await here.call(
                            "POST", f"/messenger/sito/api/{name}", body=body, token="" if name == "logout" else token
                        )
                        assert reply.status < 500
                    except Exception as error:
                        broken.append(f"{name} {body[:40]!r}: {error!r}"[:300])
            for said in ODD_JSON:
                try:
                    reply = await here.call("POST", "/live/presence", said, headers=cookie)
                    assert reply.status in (404, 422)
                except Exception as error:
                    broken.append(f"presence {said!r}: {error!r}"[:300])
            for odd in ("\x00", "é", "x" * 5000, "asc_\x00", '"'):
                try:
                    for path in ("/live/stream", "/metrics", "/api/v1/stream", "/messenger/sito/api/conversations"):
                        reply = await here.call("GET", path, token=odd, headers={"cookie": f'sessionid="{odd}\\000aaaaaaaaa"'})
                        assert reply.status == 401
                except Exception as error:
                    broken.append(f"{path} {odd!r}: {error!r}"[:300])

    run(story())
    assert not broken, "\n".join(broken)


def test_g7_odd_json_at_the_api_is_a_problem_document(everyone: Everyone) -> None:
    writer = everyone.actors["write"].client(raise_request_exception=False)
    paths = ["/api/v1/conversations", everyone.filled("/api/v1/conversations/{A_id}/messages"), "/api/v1/customers"]

    for path in paths:
        for said in [
            *ODD_JSON,
            {"customer": {"email": "a\x00@b.it"}, "body": "x"},
            {"customer": {"external_id": "\ud800"}, "body": "x"},
        ]:
            answer = writer.post(path, **as_json(said))
            assert 400 <= answer.status_code < 500
            assert answer["Content-Type"] == "application/problem+json"
        for body in RAW_JSON:
            assert 400 <= writer.generic("POST", path, body, content_type="application/json").status_code < 500
