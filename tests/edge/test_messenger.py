"""The visitors' API: from the first word to the last, and what it refuses."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from asgiref.sync import sync_to_async

from ascolto.channels.configure import identity_secret
from ascolto.channels.models import Visit
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.note import write_note
from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor
from ascolto.people.models import Customer
from tests.edge.desk import Desk, desk, run

API = "/messenger/sito/api/"
BY = Actor("agent")


def now() -> datetime:
    return datetime.now(UTC)


async def db(function: Any, *args: Any, **kwargs: Any) -> Any:
    return await sync_to_async(function, thread_sensitive=False)(*args, **kwargs)


def proof(world: Any, **claims: Any) -> str:
    key = claims.pop("key", None) or identity_secret(world.inbox)
    algorithm = claims.pop("algorithm", "HS256")
    said = {"sub": "anna-1", "aud": world.inbox.key, "iat": now(), "exp": now() + timedelta(minutes=5), **claims}
    return jwt.encode({name: value for name, value in said.items() if value is not None}, key, algorithm=algorithm)


def test_a_first_word_becomes_a_conversation_and_the_same_client_id_the_same_answer(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor(language="it", page={"url": "https://shop.example/a?reset=1#x", "title": "Negozio"})

            first = await here.write(token, "Non si avvia")
            again = await here.write(token, "Non si avvia")
            more = await here.write(token, "Ancora no", client_id="2", conversation=first.json["conversation"])

            assert (first.status, again.status, more.status) == (201, 201, 201)
            assert first.json == again.json
            assert more.json["conversation"] == first.json["conversation"]
            assert first.json["position"] > 0
            assert await db(Message.objects.count) == 2
            assert (await db(Visit.objects.get)).page_url == "https://shop.example/a"

    run(story())


def test_a_visitor_reads_their_own_thread_without_notes(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            written = (await here.write(token, "Ciao")).json
            conversation = await db(Conversation.objects.get, pk=written["conversation"])
            await db(write_reply, conversation=conversation, author=world.bruno, by=BY, text="Buongiorno", at=now(), source="c:1")
            await db(write_note, conversation=conversation, author=world.bruno, by=BY, text="È nervoso", at=now(), source="c:2")

            page = await here.call("GET", f"{API}messages?conversation={conversation.id}", token=token)
            rows = await here.call("GET", f"{API}conversations", token=token)

            assert [item["body"] for item in page.json["items"]] == ["Ciao", "Buongiorno"]
            assert page.json["items"][1]["name"] == "Bruno Neri"
            assert page.json["items"][0]["client_id"] == "1"
            assert [row["unread"] for row in rows.json["items"]] == [True]

    run(story())


def test_a_visitor_has_read_what_was_shown_and_not_what_came_since(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            written = (await here.write(token, "Ciao")).json
            conversation = await db(Conversation.objects.get, pk=written["conversation"])
            to = {"conversation": conversation, "author": world.bruno, "by": BY}
            shown = await db(write_reply, text="Vista", at=now(), **to)
            later = await db(write_reply, text="Non vista", at=now(), **to)

            odd = await here.call("POST", f"{API}read", {"conversation": written["conversation"], "up_to": "x"}, token=token)
            said = {"conversation": written["conversation"], "up_to": str(shown.id)}
            reply = await here.call("POST", f"{API}read", said, token=token)
            rows = await here.call("GET", f"{API}conversations", token=token)

            assert (odd.status, reply.status) == (404, 200)
            assert [(await db(Message.objects.get, pk=each.pk)).delivery for each in (shown, later)] == ["read", "live"]
            assert [row["unread"] for row in rows.json["items"]] == [True]

    run(story())


def test_d4_another_visitors_conversation_is_as_if_it_were_not_there(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            mine, yours = await here.visitor(), await here.visitor()
            id = (await here.write(mine, "Segreto")).json["conversation"]
            own = (await here.write(yours, "Mio", client_id="0")).json["conversation"]

            replies = [
                await here.call("GET", f"{API}messages?conversation={id}", token=yours),
                await here.write(yours, "x", conversation=id),
                await here.call("POST", f"{API}read", {"conversation": id}, token=yours),
                await here.call("POST", f"{API}typing", {"conversation": id, "is_typing": True}, token=yours),
                await here.call("GET", f"{API}messages?conversation={uuid4()}", token=yours),
            ]

            assert [(reply.status, reply.code) for reply in replies] == [(404, "not_found")] * 5
            rows = (await here.call("GET", f"{API}conversations", token=yours)).json["items"]
            assert [row["id"] for row in rows] == [own]

    run(story())


def test_a_token_opens_its_own_inbox_only(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor(key="altrove")

            assert (await here.write(token, "x")).status == 401
            assert (await here.write("forged", "x")).code == "no_session"
            assert (await here.call("POST", "/messenger/nessuno/api/session", {})).code == "no_inbox"
            assert (await here.call("POST", "/messenger/modulo/api/session", {})).code == "no_inbox"

    run(story())


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"client_id": "1", "body": " \n\t\u200b "}, 422),
        ({"client_id": "1", "body": "x" * 20_001}, 413),
        ({"client_id": "1", "body": ["x"]}, 422),
        ({"client_id": "è strano", "body": "x"}, 422),
        ({"body": "x"}, 422),
        ({"client_id": "1", "body": "x", "conversation": "7"}, 404),
        ({"client_id": "1", "body": "x", "files": ["nope"]}, 404),
        ({"client_id": "1", "body": "x", "files": [str(uuid4())]}, 404),
        ({"client_id": "1", "body": "x", "email": "not an address"}, 422),
        ([], 400),
    ],
)
def test_what_is_not_a_message_is_refused_and_nothing_is_stored(world: Any, said: Any, status: int) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()

            reply = await here.call("POST", f"{API}messages", said, token=token)

            assert reply.status == status
            assert await db(Conversation.objects.count) == 0
            assert await db(Customer.objects.count) == 1

    run(story())


def test_odd_letters_are_kept_as_they_can_be_shown(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()

            body = b'{"client_id": "1", "body": "a\\u0000b \\ud800 \\u202edx"}'
            reply = await here.call("POST", f"{API}messages", token=token, body=body)

            assert reply.status == 201
            kept = (await db(Message.objects.get)).text
            assert "\x00" not in kept
            assert kept.encode()
            assert kept.endswith("\u202c")

    run(story())


def test_d1_a_claim_never_joins_or_reveals_a_known_customer(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()

            await here.write(token, "Sono Anna", email="anna@example.org", name="Anna Bianchi")
            await here.call("POST", f"{API}leave", {"email": "anna@example.org"}, token=token)

            conversation = await db(Conversation.objects.get)
            assert conversation.customer_id != world.anna.id
            rows = await here.call("GET", f"{API}conversations", token=token)
            assert len(rows.json["items"]) == 1

    run(story())


def test_a_proof_opens_the_known_customers_history(world: Any, conversation: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor(identity=proof(world))

            rows = await here.call("GET", f"{API}conversations", token=token)

            assert [row["id"] for row in rows.json["items"]] == [str(conversation.id)]

    run(story())


FOREIGN_KEY = "another secret that is long enough to sign"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": datetime.now(UTC) - timedelta(minutes=2), "iat": datetime.now(UTC) - timedelta(minutes=9)},
        {"exp": datetime.now(UTC) + timedelta(hours=1)},
        {"exp": datetime.now(UTC) + timedelta(minutes=9), "iat": datetime.now(UTC) - timedelta(minutes=9)},
        {"iat": None, "exp": datetime.now(UTC) + timedelta(days=1)},
        {"exp": None},
        {"sub": None},
        {"aud": None},
        {"aud": "altrove"},
        {"key": FOREIGN_KEY},
        {"algorithm": "HS512"},
        {"algorithm": "none", "key": ""},
        {"sub": "x" * 201},
    ],
)
def test_d2_a_proof_that_is_not_fresh_ours_and_for_this_inbox_is_worth_nothing(world: Any, claims: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            given = dict(claims)
            if given.get("algorithm") == "none":
                token = jwt.encode({"sub": "anna-1", "aud": "sito", "exp": now() + timedelta(minutes=5)}, None, algorithm="none")
            else:
                token = proof(world, **given)

            reply = await here.call("POST", f"{API}session", {"identity": token})

            assert (reply.status, reply.code) == (401, "bad_identity")
            assert await db(Visit.objects.count) == 0

    run(story())


def test_a_visit_that_belongs_to_someone_else_is_not_taken_over_by_a_proof(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            await here.write(token, "Sono un’altra persona")

            reply = await here.call("POST", f"{API}session", {"identity": proof(world)}, token=token)

            assert reply.status == 200
            assert reply.json["token"] != token
            assert (await here.call("GET", f"{API}conversations", token=reply.json["token"])).json["items"] == []

    run(story())


def test_d7_a_burst_of_a_thousand_is_refused_early_and_says_when_to_come_back(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()

            replies = [await here.write(token, "spam", client_id=str(number)) for number in range(1000)]

            refused = [reply for reply in replies if reply.status == 429]
            assert {reply.status for reply in replies} == {201, 429}
            assert len(refused) >= 980
            assert all(int(reply.headers["retry-after"]) >= 1 for reply in refused)
            assert await db(Conversation.objects.count) <= 12

    run(story())


def test_ten_thousand_new_sessions_of_one_address_keep_few_rows(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            replies = [await here.call("POST", f"{API}session", {}) for _ in range(300)]
            other = await here.call("POST", f"{API}session", {}, address="198.51.100.7")

            assert {reply.status for reply in replies} == {200, 429}
            assert await db(Visit.objects.count) <= 23
            assert other.status == 200

    run(story())


def test_d9_after_shutdown_the_token_opens_nothing_and_its_stream_ends(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            stream = await here.listen(f"{API}stream", token=token)

            assert (await here.call("POST", f"{API}logout", {}, token=token)).status == 200

            assert "event: bye" in await stream.end()
            assert (await here.call("GET", f"{API}conversations", token=token)).status == 401
            assert (await here.call("POST", f"{API}session", {}, token=token)).json["token"] != token

    run(story())


@pytest.mark.parametrize("ending", [{"revoked_at": now()}, {"expires_at": now()}])
def test_a_visit_that_ended_elsewhere_writes_nothing_more_at_once(world: Any, ending: dict[str, datetime]) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            first = await here.write(token, "Prima")
            await db(Visit.objects.update, **ending)

            late = await here.write(token, "Dopo", client_id="2", conversation=first.json["conversation"])

            assert (late.status, late.code) == (401, "no_session")
            assert await db(Message.objects.count) == 1

    run(story())


def test_the_session_comes_back_with_the_same_token(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()

            reply = await here.call("POST", f"{API}session", {}, token=token)

            assert reply.json["token"] == token
            assert reply.json["expectation"]["text"]

    run(story())


def test_a_visitor_hears_the_answer_and_nothing_of_what_colleagues_say(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            stream = await here.listen(f"{API}stream", token=token)
            written = (await here.write(token, "Ciao")).json
            await stream.until("conversation.message_received")
            conversation = await db(Conversation.objects.get, pk=written["conversation"])

            await db(write_note, conversation=conversation, author=world.bruno, by=BY, text="Nota", at=now(), source="c:2")
            await db(write_reply, conversation=conversation, author=world.bruno, by=BY, text="Buongiorno", at=now(), source="c:1")

            heard = await stream.until("conversation.reply_written")
            assert "note_written" not in heard
            assert "started" not in heard
            assert str(world.inbox.id) not in heard
            await stream.leave()

    run(story())


def test_a_file_is_kept_for_its_visit_and_goes_with_its_message_only(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            mine, yours = await here.visitor(), await here.visitor()
            kept = await upload(here, mine, b"ciao")

            stolen = await here.write(yours, "guarda", files=[kept.json["id"]])
            sent = await here.write(mine, "", files=[kept.json["id"]])
            link = await here.call("GET", f"{API}files/{kept.json['id']}", token=mine)
            foreign = await here.call("GET", f"{API}files/{kept.json['id']}", token=yours)

            assert (kept.status, kept.json["name"], kept.json["size"]) == (201, "nota.txt", 4)
            assert (stolen.status, sent.status, foreign.status) == (404, 201, 404)
            assert link.json["url"].startswith("/files/")
            assert (await upload(here, mine, b"")).code == "empty"

    run(story())


async def upload(here: Desk, token: str, content: bytes) -> Any:
    body = b"\r\n".join(
        [b"--xx", b'Content-Disposition: form-data; name="file"; filename="nota.txt"', b"", content, b"--xx--", b""]
    )
    headers = {"content-type": "multipart/form-data; boundary=xx"}
    return await here.call("POST", f"{API}files", body=body, headers=headers, token=token)


def test_typing_is_heard_by_colleagues_and_back(world: Any, signed_in: Any) -> None:
    cookie = signed_in(world.bruno).cookies["sessionid"].value

    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            written = (await here.write(token, "Ciao")).json
            agent = await here.listen("/live/stream", headers={"cookie": f"sessionid={cookie}"})
            visitor = await here.listen(f"{API}stream", token=token)

            await here.call("POST", f"{API}typing", {"conversation": written["conversation"], "is_typing": True}, token=token)
            said = {"conversation": written["number"], "is_typing": True}
            seen = await here.call("POST", "/live/presence", said, headers={"cookie": f"sessionid={cookie}"})

            assert '"customer_is_typing":true' in await agent.until("event: presence")
            assert '"name":"Bruno Neri","is_typing":true' in await visitor.until("event: typing")
            assert seen.json["watching"][0]["initials"] == "BN"
            await asyncio.gather(agent.leave(), visitor.leave())

    run(story())


def test_a_full_writer_says_to_come_back(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            here.server.writer.max_queue = 0

            reply = await here.write(token, "Ciao")

            assert (reply.status, reply.headers["retry-after"]) == (503, "2")

    run(story())
