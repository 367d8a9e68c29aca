"""What ends at the door: odd, oversized and slow requests; static files; health; headers of everything."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings

from ascolto.accounts import tokens
from ascolto.accounts.address import network_of
from ascolto.edge import guard
from ascolto.edge.guard import MB, limit_for
from ascolto.edge.limits import InMemory, Rate
from ascolto.edge.statics import is_plain
from tests.edge.desk import desk, run


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/\ufffd/", 400),
        ("/a\x00b", 400),
        ("/?q=%00", 400),
        ("/?q=\x07", 400),
        ("/" + "a" * 9000, 414),
        ("/nowhere/", 200),
        ("/live/nowhere", 404),
        ("/messenger/sito/api/nowhere", 404),
        ("/messenger/sito/api/../../", 404),
        ("/health/nowhere", 404),
    ],
)
def test_a13_odd_addresses_end_at_the_door(world: Any, path: str, status: int) -> None:
    async def story() -> None:
        async with desk() as here:
            assert (await here.call("GET", path)).status == status

    run(story())


def test_a_body_is_limited_whatever_it_says_of_its_length(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            part = b"x" * (MB // 2)
            session, files = "/messenger/sito/api/session", "/messenger/sito/api/files"

            said = [
                await here.call("POST", "/login/", headers={"content-length": str(MB + 1)}),
                await here.call("POST", "/login/", parts=[part, part, b"x"], headers={"transfer-encoding": "chunked"}),
                await here.call("POST", session, parts=[part, part, b"x"], headers={"transfer-encoding": "chunked"}),
                await here.call("POST", files, token=token, headers={"content-length": str(27 * MB)}),
            ]
            taken = await here.call("POST", "/login/", parts=[part, part], headers={"transfer-encoding": "chunked"})
            odd = await here.call("POST", "/login/", headers={"content-length": "-1"})

            assert [reply.status for reply in said] == [413] * 4
            assert (taken.status, taken.body) == (200, str(MB).encode())
            assert odd.status == 400
            assert limit_for("/messenger/sito/api/files") == 26 * MB
            assert limit_for("/messenger/sito/api/filesystem") == MB

    run(story())


def test_a_body_that_stops_coming_is_given_up(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_WAIT_S", 0.1)

    async def story() -> None:
        import asyncio

        async with desk() as here:
            sent: list[Any] = []

            async def receive() -> dict[str, Any]:
                await asyncio.sleep(60)
                return {}

            async def send(message: Any) -> None:
                sent.append(message)

            scope = here.scope("POST", "/login/", "", {"content-length": "10"}, "192.0.2.1")
            await here.app(scope, receive, send)

            assert sent[0]["status"] == 408

    run(story())


def test_too_many_headers_are_refused(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            many = {f"x-{number}": "1" for number in range(101)}
            assert (await here.call("GET", "/", headers=many)).status == 431
            assert (await here.call("GET", "/", headers={"x": "1" * 40_000})).status == 431

    run(story())


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [(0, "203.0.113.9", "192.0.2.1"), (1, "203.0.113.9", "203.0.113.9"), (1, "1.1.1.1, 203.0.113.9", "203.0.113.9")],
)
def test_f9_the_senders_address_comes_from_our_own_proxies_alone(world: Any, hops: int, forwarded: str, address: str) -> None:
    seen: list[Any] = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["client_address"], [name for name, _ in scope["headers"]]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def story() -> None:
        async with desk(behind, hops=hops) as here:
            spoofed = {"x-forwarded-for": forwarded, "cf-connecting-ip": "9.9.9.9", "x_forwarded_for": "9.9.9.9"}
            await here.call("GET", "/", headers=spoofed)

    run(story())

    assert seen[0][0] == address
    assert b"x_forwarded_for" not in seen[0][1]


def test_d3_every_answer_but_a_static_file_is_for_one_person(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            api = "/messenger/sito/api/"
            replies = [
                await here.call("GET", "/live/stream"),
                await here.call("GET", "/health/live"),
                await here.call("GET", "/health/ready"),
                await here.call("GET", "/metrics"),
                await here.call("GET", "/static/nowhere.css"),
                await here.call("GET", "/\ufffd"),
                await here.call("POST", "/", headers={"content-length": str(2 * MB)}),
                await here.call("POST", f"{api}session", {}),
                await here.call("GET", f"{api}conversations", token=token),
                await here.call("GET", f"{api}conversations"),
                await here.write(token, "Ciao"),
                await here.write(token, " "),
            ]
            stream = await here.listen(f"{api}stream", token=token)
            await stream.leave()

            for reply in replies:
                assert "no-store" in reply.headers["cache-control"]
                assert reply.headers["x-content-type-options"] == "nosniff"
                assert "default-src 'none'" in reply.headers["content-security-policy"]

    run(story())


def test_statics_are_kept_for_ever_under_their_version_and_asked_for_otherwise(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            versioned = await here.call("GET", "/static/css/tokens.css?v=1a2b3c4d", headers={"accept-encoding": "gzip"})
            plain = await here.call("GET", "/static/django_htmx/django-htmx.js")
            again = await here.call("GET", "/static/css/tokens.css", headers={"if-none-match": versioned.headers["etag"]})

            assert "immutable" in versioned.headers["cache-control"]
            assert versioned.headers["content-encoding"] == "gzip"
            assert plain.headers["cache-control"] == "no-cache"
            assert plain.headers["content-type"].startswith("text/javascript")
            assert (again.status, again.body) == (304, b"")

    run(story())


@pytest.mark.parametrize(
    "name", ["../settings.py", "..", "", "/etc/passwd", "css/../../project/settings.py", "css\\..\\x", ".env", "css/.hidden"]
)
def test_no_static_name_leads_out_of_its_folder(world: Any, name: str) -> None:
    async def story() -> None:
        async with desk() as here:
            assert (await here.call("GET", f"/static/{name}")).status == 404
            assert not is_plain(name)

    run(story())


def test_ready_says_what_is_missing(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            assert (await here.call("GET", "/health/ready")).status == 200

            here.server.writer.stop()
            reply = await here.call("GET", "/health/ready")

            assert (reply.status, reply.json["missing"]) == (503, ["writer"])
            assert (await here.call("GET", "/health/live")).status == 200

    run(story())


def test_metrics_need_an_admin_token(world: Any) -> None:
    _, admin = tokens.create(name="Prometheus", scopes=["admin"], at=datetime.now(UTC))
    _, reader = tokens.create(name="Altro", scopes=["read"], at=datetime.now(UTC))

    async def story() -> None:
        async with desk() as here:
            shown = await here.call("GET", "/metrics", token=admin)

            assert shown.status == 200
            assert b"ascolto_writer_units" in shown.body
            assert b"ascolto_jobs" in shown.body
            assert (await here.call("GET", "/metrics", token=reader)).status == 403
            assert (await here.call("GET", "/metrics")).status == 401

    run(story())


def test_a_rate_lets_its_amount_through_and_then_refills_evenly() -> None:
    import asyncio

    clock = [100.0]
    counter = InMemory(clock=lambda: clock[0])
    rate = Rate("test", 6)

    async def uses(count: int) -> int:
        return sum([await counter.wait_s(rate, rate.amount, "a") == 0 for _ in range(count)])

    assert asyncio.run(uses(10)) == 6
    clock[0] += 21
    assert asyncio.run(uses(10)) == 2
    assert asyncio.run(counter.wait_s(rate, rate.amount, "b")) == 0


def test_one_subscriber_of_ipv6_counts_once() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1")
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of("192.0.2.1") == "192.0.2.1"


def test_the_limits_factor_is_one_unless_set() -> None:
    assert settings.LIMITS_FACTOR == 1.0


def test_a_mail_providers_call_may_be_as_large_as_a_mail_and_no_other_call():
    assert guard.limit_for("/hooks/email/posta/") == guard.MAIL_BYTES
    assert guard.limit_for("/hooks/sms/testi/") == guard.BODY_BYTES
    assert guard.limit_for("/hooks/email/posta/more/") == guard.BODY_BYTES
