"""Who knocks too often, too hard or with a false key, at a running desk: right status, short answer, nothing half stored."""

import asyncio
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import RunningDesk, running_desk

MB = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
CARRIERS = {
    "foto.png": b"<html><script>alert(1)</script></html>",
    "foto.jpg": PNG + b"<script>alert(1)</script>",
    "foto.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    "nota.txt": b"<!doctype html><script>alert(1)</script>",
    "pagina.html": b"<script>alert(1)</script>",
    "pagina.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    "a.gif": b"GIF89a/*<svg/onload=alert(1)>*/=alert(1)//;",
    "a.pdf": b"%PDF-1.4\n<script>alert(1)</script>",
    "a.js": b"alert(1)",
    "a.swf": b"FWS\x09alert",
    "a.xml": b'<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    "a.mht": b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>",
    ".htaccess": b"AddType application/x-httpd-php .jpg",
    "a.png.html": PNG,
    "a\u202egnp.html": b"<script>alert(1)</script>",
    "utf16.txt": "<script>alert(1)</script>".encode("utf-16"),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    # SQLite in both runs: these tests look into the file to see that nothing was stored half.
    with running_desk(tmp_path_factory.mktemp("knocked"), ASCOLTO_LIMITS_FACTOR="1", ASCOLTO_DATABASE_URL="") as desk:
        yield desk


class Visitor:
    """A browser of the messenger."""

    def __init__(self, desk: RunningDesk) -> None:
        self.http = httpx.Client(base_url=f"{desk.url}/messenger/sito/api", timeout=20)
        answer = self.http.post("/session", json={})
        assert answer.status_code == 200, answer.text
        self.http.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def gives(self, name: str, content: bytes, type_name: str = "image/png") -> httpx.Response:
        return self.http.post("/files", files={"file": (name, content, type_name)})


@pytest.fixture(scope="module")
def visitor(served: RunningDesk) -> Visitor:
    return Visitor(served)


def stored(desk: RunningDesk) -> Counter[str]:
    """How many rows there are of what a visitor can make."""
    names = ("conversations_message", "conversations_conversation", "people_customer", "files_storedfile", "channels_visit")
    with closing(sqlite3.connect(f"file:{desk.data}/ascolto.sqlite3?mode=ro", uri=True)) as database:
        return Counter({name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names})


def left_over(desk: RunningDesk) -> list[Path]:
    return [path for path in (desk.data / "files" / "incoming").glob("*") if path.is_file()]


def says(answer: httpx.Response, status: int, code: str = "") -> None:
    assert answer.status_code == status, answer.text[:300]
    assert len(answer.content) < 1000
    assert "Traceback" not in answer.text
    if code:
        assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"client_id": "a", "body": " \n\t\u00a0\u200b\u2800 "}, 422),
        ({"client_id": "a", "body": ""}, 422),
        ({"client_id": "a", "body": "x" * (MB - 100)}, 413),
        ({"client_id": "a", "body": "x" * (2 * MB)}, 413),
        ({"client_id": "a", "body": "e\u0301" * 200_000}, 413),
        ({"client_id": "a", "body": "\u202e" * 20_001}, 413),
        ({"client_id": "a", "body": "x", "conversation": "019a0000-0000-7000-8000-000000000000"}, 404),
        ({"client_id": "a\n", "body": "x"}, 422),
    ],
)
def test_a13_n3_what_is_no_message_is_refused_quickly_and_stores_nothing(
    served: RunningDesk, visitor: Visitor, said: Any, status: int
) -> None:
    before, began = stored(served), time.monotonic()

    says(visitor.http.post("/messages", json=said), status)

    assert time.monotonic() - began < 5
    assert stored(served) == before


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\xfa", b'{"client_id": "a", "body": "\xed\xa0\x80"}', b'{"client_id":"a","body":"\xc3', b"\x00"]
)
def test_a13_broken_utf8_in_a_body_is_refused(served: RunningDesk, visitor: Visitor, body: bytes) -> None:
    before = stored(served)

    says(visitor.http.post("/messages", content=body), 400, "not_json")

    assert stored(served) == before


def raw(desk: RunningDesk, request: bytes) -> bytes:
    """What comes back for bytes that no client library would send."""
    with socket.create_connection(("127.0.0.1", desk.port), timeout=10) as line:
        line.sendall(request)
        line.settimeout(10)
        heard = b""
        try:
            while part := line.recv(65536):
                heard += part
        except (TimeoutError, ConnectionResetError):
            return heard
    return heard


@pytest.mark.parametrize(
    "target",
    [
        b"/conversations/\xff/",
        b"/%ff%fe",
        b"/search/?q=%ff",
        b"/search/?q=\xff",
        b"/t/%00",
        b"/static/..%2f..%2fsecret",
        b"/static/../secret",
        b"/static//etc/passwd",
        b"/messenger/%ed%a0%80/",
    ],
)
def test_a13_c4_broken_utf8_in_an_address_is_an_answer(served: RunningDesk, target: bytes) -> None:
    heard = raw(served, b"GET " + target + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

    assert heard.split(b" ")[1] in (b"302", b"400", b"404")
    assert (served.data / "secret").read_bytes() not in heard


def test_a_body_that_lies_of_its_length_is_cut_off(served: RunningDesk, visitor: Visitor) -> None:
    before = stored(served)
    head = f"POST /messenger/sito/api/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n{bearer(visitor)}".encode()

    too_long = raw(served, head + b"Content-Length: 99999999999\r\n\r\n{}")
    chunked = raw(
        served, head + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 17 + b"0\r\n\r\n"
    )
    both = raw(served, head + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n")

    assert too_long.startswith(b"HTTP/1.1 413")
    assert chunked.startswith(b"HTTP/1.1 413")
    assert both[9:10] == b"4"
    assert stored(served) == before


def bearer(visitor: Visitor) -> str:
    return f"Authorization: {visitor.http.headers['Authorization']}\r\n"


def test_c8_a_file_too_large_leaves_neither_row_nor_bytes(served: RunningDesk, visitor: Visitor) -> None:
    before = stored(served)

    says(visitor.gives("grande.bin", b"x" * (25 * MB + 1)), 413)
    says(visitor.gives("enorme.bin", b"x" * (27 * MB)), 413)
    says(visitor.gives("vuoto.bin", b""), 422, "empty")

    assert stored(served) == before
    assert left_over(served) == []


@pytest.mark.parametrize("name", CARRIERS)
def test_c5_b6_b7_a_file_that_lies_about_its_type_is_only_bytes(served: RunningDesk, visitor: Visitor, name: str) -> None:
    given = visitor.gives(name, CARRIERS[name])
    assert given.status_code == 201, given.text

    link = visitor.http.get(f"/files/{given.json()['id']}").json()["url"]
    answer = httpx.get(f"{served.url}{link}")

    assert answer.status_code == 200
    assert answer.content == CARRIERS[name]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Type"].split(";")[0] not in (
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "text/javascript",
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "\u202e" not in given.json()["name"]
    assert not given.json()["name"].startswith(".")


FORGED = ["x", "forged-token-0123456789", "asc_0123456789", "null", "a" * 4000, "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."]


def test_d4_a_forged_token_opens_nothing_and_guessing_is_slowed_down(served: RunningDesk) -> None:
    before = stored(served)
    told: Counter[int] = Counter()

    for token in FORGED:
        given = {"Authorization": f"Bearer {token}"}
        for path in ("messages", "files", "read", "typing", "leave", "feedback", "logout"):
            answer = httpx.post(f"{served.url}/messenger/sito/api/{path}", headers=given, json={})
            told[answer.status_code] += 1
            says(answer, answer.status_code)
        for path in ("conversations", "stream", "messages"):
            told[httpx.get(f"{served.url}/messenger/sito/api/{path}", headers=given).status_code] += 1
        for path in ("conversations", "events", "stream", "inboxes"):
            assert httpx.get(f"{served.url}/api/v1/{path}", headers=given).status_code == 401

    assert set(told) == {401, 429}
    assert 30 <= told[401] <= 35
    assert stored(served) == before


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1:1", "file://", "https://127.0.0.1"],
)
def test_d5_a_wrong_origin_is_refused_before_anything_is_read(served: RunningDesk, origin: str) -> None:
    before = stored(served)

    says(httpx.post(f"{served.url}/messenger/sito/api/session", json={}, headers={"Origin": origin}), 403, "wrong_site")
    says(httpx.get(f"{served.url}/messenger/sito/api/stream", headers={"Origin": origin}), 403, "wrong_site")

    assert stored(served) == before


def test_an_unknown_inbox_is_said_in_a_word(served: RunningDesk) -> None:
    for path in ("messenger/nessuna/", "messenger/nessuna.js", "contact/nessuna/", "messenger/modulo/"):
        assert httpx.get(f"{served.url}/{path}").status_code == 404
    says(httpx.post(f"{served.url}/messenger/nessuna/api/session", json={}), 404, "no_inbox")


def test_d7_ten_thousand_conversations_of_one_address_are_a_few(served: RunningDesk) -> None:
    """As fast as one machine can: new browsers, each with a first word. The desk goes on for others meanwhile."""
    before = stored(served)
    told: Counter[int] = Counter()

    async def flood() -> None:
        limits = httpx.Limits(max_connections=20)
        async with httpx.AsyncClient(base_url=f"{served.url}/messenger/sito/api", timeout=60, limits=limits) as http:
            opened = [answer async for answer in in_turn(http, 40)]
            tokens = [answer.json()["token"] for answer in opened if answer.status_code == 200]
            told.update(answer.status_code for answer in opened)

            async def writes(number: int) -> None:
                given = {"Authorization": f"Bearer {tokens[number % len(tokens)]}"}
                said = {"client_id": str(number), "body": "spam"}
                answer = await http.post("/messages", json=said, headers=given)
                told[answer.status_code] += 1
                if answer.status_code == 429:
                    assert int(answer.headers["Retry-After"]) >= 1
                    assert len(answer.content) < 500

            for start in range(0, 2000, 100):
                await asyncio.gather(*(writes(number) for number in range(start, start + 100)))

    asyncio.run(flood())

    assert set(told) <= {200, 201, 429}
    assert told[429] > 1500
    new = stored(served) - before
    assert new["conversations_conversation"] <= 80  # 60 a minute, and what refills meanwhile
    assert new["conversations_message"] == told[201]
    assert httpx.get(f"{served.url}/health/ready").status_code == 200


async def in_turn(http: httpx.AsyncClient, count: int) -> Any:
    for _ in range(count):
        yield await http.post("/session", json={})


def test_a_thousand_rapid_reconnects_are_slowed_down_and_leave_nothing_open(served: RunningDesk, visitor: Visitor) -> None:
    told: Counter[int] = Counter()

    async def knock() -> None:
        async with httpx.AsyncClient(
            base_url=f"{served.url}/messenger/sito/api", timeout=30, headers=visitor.http.headers
        ) as http:

            async def once() -> None:
                async with http.stream("GET", "/stream") as answer:
                    told[answer.status_code] += 1

            for _ in range(20):
                await asyncio.gather(*(once() for _ in range(50)))

    asyncio.run(knock())

    assert set(told) <= {200, 429}
    assert told[200] <= 70
    for _ in range(50):
        if "ascolto_streams 0.0" in metrics(served):
            break
        time.sleep(0.1)
    assert "ascolto_streams 0.0" in metrics(served)


def metrics(desk: RunningDesk) -> str:
    return httpx.get(f"{desk.url}/metrics", headers={"Authorization": f"Bearer {desk.facts['token']}"}).text


def test_g3_no_secret_of_all_this_stands_in_the_log(served: RunningDesk, visitor: Visitor) -> None:
    log = served.log.read_text()

    assert "Traceback" not in log
    assert visitor.http.headers["Authorization"].removeprefix("Bearer ") not in log
    assert served.facts["token"] not in log
    assert served.facts["password"] not in log
