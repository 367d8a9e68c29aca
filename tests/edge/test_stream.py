"""Streams of colleagues and programs: who hears what, from where, and when it ends."""

import asyncio
import gc
import inspect
import time
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import transaction

from ascolto.accounts import tokens
from ascolto.accounts.events import SignedIn
from ascolto.accounts.models import User
from ascolto.channels.inbound import InboundMessage, accept
from ascolto.edge import permits
from ascolto.edge import stream as door
from ascolto.edge.limits import STREAMS
from ascolto.eventlog.append import append
from ascolto.realtime.hub import WINDOW
from ascolto.realtime.stream import Listener
from tests.edge.desk import Desk, desk, nothing_behind, run


def now() -> datetime:
    return datetime.now(UTC)


async def db(function: Any, *args: Any, **kwargs: Any) -> Any:
    return await sync_to_async(function, thread_sensitive=False)(*args, **kwargs)


def cookie(signed_in: Any, user: Any) -> dict[str, str]:
    return {"cookie": f"sessionid={signed_in(user).cookies['sessionid'].value}"}


async def anna_says(world: Any, text: str = "Ciao", *, inbox: Any = None) -> Any:
    message = InboundMessage(inbox=(inbox or world.inbox).id, text=text, at=now(), source=None, customer=world.anna.id)
    return await db(accept, message)


def test_a_colleague_hears_a_first_word_with_its_position(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk() as here:
            stream = await here.listen("/live/stream", headers=headers)

            received = await anna_says(world)

            heard = await stream.until("conversation.message_received")
            assert f"id: {received.position}\n" in heard
            assert f'"number":{received.number}' in heard
            assert heard.startswith("retry: ")
            await stream.leave()

    run(story())


def test_dario_hears_nothing_of_an_inbox_he_does_not_see(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.dario)

    async def story() -> None:
        async with desk() as here:
            stream = await here.listen("/live/stream", headers=headers)

            await anna_says(world)
            await anna_says(world, inbox=world.elsewhere)

            heard = await stream.until(str(world.elsewhere.id))
            assert str(world.inbox.id) not in heard
            await stream.leave()

    run(story())


def test_o1_coming_back_with_the_last_id_loses_nothing(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk() as here:
            stream = await here.listen("/live/stream", headers=headers)
            await anna_says(world, "uno")
            await stream.until("message_received")
            await stream.leave()
            missed = [await anna_says(world, "due"), await anna_says(world, "tre")]

            for how in ({"last-event-id": stream.last_id}, {}):
                path = "/live/stream" if how else f"/live/stream?after={stream.last_id}"
                again = await here.listen(path, headers={**headers, **how})
                heard = await again.until(f"id: {missed[-1].position}\n")

                assert heard.count("message_received") == 2
                assert f"id: {missed[0].position}\n" in heard
                await again.leave()

    run(story())


def test_o1_an_unknown_or_too_old_position_is_answered_with_reset(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk() as here:
            last = (await anna_says(world)).position
            await asyncio.sleep(0.3)
            for given in ("x", "-1", str(last + 10**6), "9" * 30):
                stream = await here.listen("/live/stream", headers={**headers, "last-event-id": given})
                assert f"id: {last}\nevent: reset" in await stream.until("event: reset")
                await stream.leave()
            here.server.hub.window_after = last
            old = await here.listen("/live/stream", headers={**headers, "last-event-id": str(last - 1)})
            assert "event: reset" in await old.until("event: reset")
            await old.leave()
            assert WINDOW == 1000

    run(story())


def test_f8_the_stream_of_a_deactivated_colleague_ends_within_five_seconds(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk() as here:
            stream = await here.listen("/live/stream", headers=headers)

            await db(User.objects.filter(pk=world.bruno.pk).update, is_active=False)

            assert "event: bye" in await stream.end(5)
            assert (await here.call("GET", "/live/stream", headers=headers)).status == 401

    run(story())


@pytest.mark.parametrize("end", ["signed out", "password changed"])
def test_f8_a_stream_ends_with_its_session(world: Any, signed_in: Any, end: str) -> None:
    headers = cookie(signed_in, world.bruno)

    def change() -> None:
        if end == "signed out":
            Session.objects.all().delete()
        else:
            world.bruno.set_password("un’altra parola lunga")
            world.bruno.save(update_fields=["password"])

    async def story() -> None:
        async with desk() as here:
            stream = await here.listen("/live/stream", headers=headers)

            await db(change)

            assert "event: bye" in await stream.end(5)

    run(story())


def test_f8_the_stream_of_a_revoked_token_ends_within_five_seconds(world: Any) -> None:
    token, raw = tokens.create(name="Programma", scopes=["read"], at=now())

    async def story() -> None:
        async with desk() as here:
            stream = await here.listen("/api/v1/stream", token=raw)
            await anna_says(world)
            await stream.until('"kind":"conversation.message_received"')

            await db(tokens.revoke, token=token, at=now())

            assert "event: bye" in await stream.end(5)
            assert (await here.call("GET", "/api/v1/stream", token=raw)).status == 401

    run(story())


def test_k6_a_change_of_team_changes_what_is_heard_within_five_seconds(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk() as here:
            stream = await here.listen("/live/stream", headers=headers)

            await db(world.team.members.remove, world.bruno)
            await asyncio.sleep(0.6)
            await anna_says(world)
            await asyncio.sleep(0.5)

            assert b"message_received" not in stream.heard
            await stream.leave()

    run(story())


def test_k6_rights_are_read_often_enough_for_five_seconds() -> None:
    source = inspect.getsource(permits)

    assert "\nEVERY_S = 2.0" in source
    assert permits.FRESH_S <= 3


def test_o3_a_narrowed_token_hears_its_inboxes_only(world: Any) -> None:
    _, raw = tokens.create(name="Programma", scopes=["read", "inbox:altrove"], at=now())

    async def story() -> None:
        async with desk() as here:
            stream = await here.listen("/api/v1/stream?kinds=conversation.message_received", token=raw)

            await anna_says(world)
            await anna_says(world, inbox=world.elsewhere)

            heard = await stream.until(str(world.elsewhere.id))
            assert str(world.inbox.id) not in heard
            assert "conversation.started" not in heard
            await stream.leave()

    run(story())


def test_without_a_session_or_from_another_site_there_is_no_stream(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk() as here:
            assert (await here.call("GET", "/live/stream")).status == 401
            assert (await here.call("GET", "/live/stream", headers={"cookie": "sessionid=forged"})).status == 401
            assert (await here.call("GET", "/live/stream", headers={**headers, "origin": "https://evil.example"})).status == 403
            assert (await here.call("GET", "/api/v1/stream", token="asc_forged")).status == 401
            said = {"conversation": 1, "is_typing": False}
            assert (await here.call("POST", "/live/presence", said, headers=headers)).status == 404
            assert (await here.call("POST", "/live/presence", {"conversation": "1"}, headers=headers)).status == 422

    run(story())


def test_an_eleventh_stream_of_one_person_is_refused(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk() as here:
            streams = [await here.listen("/live/stream", headers=headers) for _ in range(door.PER_PERSON)]

            reply = await here.call("GET", "/live/stream", headers=headers)

            assert (reply.status, reply.headers["retry-after"]) == (429, "15")
            await asyncio.gather(*(stream.leave() for stream in streams))

    run(story())


def test_a_thousand_rapid_reconnects_of_each_leave_memory_and_listeners_as_they_were(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk(limits_factor=1000) as here:
            visitor = await here.visitor()
            await here.write(visitor, "Ciao")

            async def both(times: int) -> None:
                for _ in range(times):
                    ways = [await here.listen("/live/stream", headers=headers)]
                    ways.append(await here.listen("/messenger/sito/api/stream", token=visitor))
                    await asyncio.gather(*(way.leave() for way in ways))
                ways.clear()
                for _ in range(5):
                    await asyncio.sleep(0)  # what was cancelled ends in the loop's next turns

            await both(50)
            before = what_is_held(here)
            tracemalloc.start()
            await both(10)
            gc.collect()
            start_bytes, _ = tracemalloc.get_traced_memory()
            await both(1000)
            gc.collect()
            end_bytes, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()

            for _ in range(100):
                if what_is_held(here) != before:
                    await asyncio.sleep(0.01)
            assert what_is_held(here) == before
            assert (
                end_bytes - start_bytes < 400_000
            )  # one stream that stays costs thousands of bytes, a thousand of them millions

    run(story())


def what_is_held(here: Desk) -> dict[str, int]:
    """Everything that a stream leaves a trace in while it is open."""
    server = here.server
    gc.collect()
    return {
        "listeners": len(server.hub.listeners),
        "topics": len(server.hub.by_topic),
        "permits": len(server.permits.kept),
        "held": sum(len(permit.listeners) for permit in server.permits.kept.values()),
        "asked": sum(len(asked) for asked in server.permits.asked.values()),
        "present": len(server.presence.seen) + len(server.presence.places),
        "tasks": len(asyncio.all_tasks()),
        "alive": sum(type(each) is Listener for each in gc.get_objects()),
    }


def test_a_thousand_rapid_reconnects_are_slowed_down_and_leave_nothing_behind(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk() as here:
            refused, began = 0, time.monotonic()
            for _ in range(1000):
                refused += not await came_and_went(here, headers)

            refilled = int((time.monotonic() - began) * STREAMS.amount / STREAMS.period_s) + 1
            assert 1000 - STREAMS.amount - refilled <= refused <= 1000 - STREAMS.amount
            assert not here.server.hub.listeners
            assert not here.server.hub.by_topic

    run(story())


async def came_and_went(here: Desk, headers: dict[str, str]) -> bool:
    stream = await here.listen("/live/stream", headers=headers)
    await stream.leave()
    return stream.status == 200


def test_stopping_ends_streams_with_a_hint_when_to_come_back(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk() as here:
            stream = await here.listen("/live/stream", headers=headers)

            here.server.close_streams()

            heard = await stream.end()
            assert heard.count("retry: ") == 2

    run(story())


def test_the_long_poll_waits_for_news_and_then_lets_the_api_answer(world: Any) -> None:
    _, raw = tokens.create(name="Programma", scopes=["read"], at=now())

    async def story() -> None:
        async with desk() as here:
            asked = asyncio.create_task(here.call("GET", f"/api/v1/events?wait=10&after={here.server.hub.position}", token=raw))
            await asyncio.sleep(0.3)
            assert not asked.done()

            await anna_says(world)

            assert (await asyncio.wait_for(asked, 20)).status == 200

    run(story())


def test_the_long_poll_waits_on_while_only_others_have_news(world: Any) -> None:
    _, raw = tokens.create(name="Programma", scopes=["read", "inbox:altrove"], at=now())

    async def story() -> None:
        async with desk() as here:
            path = f"/api/v1/events?wait=10&kinds=conversation.message_received&after={here.server.hub.position}"
            asked = asyncio.create_task(here.call("GET", path, token=raw))
            await anna_says(world)
            await db(sign_in_is_noted, world.bruno)
            await asyncio.sleep(0.3)
            assert not asked.done()

            await anna_says(world, inbox=world.elsewhere)

            assert (await asyncio.wait_for(asked, 20)).status == 200
            assert not here.server.hub.listeners

    run(story())


def test_the_long_poll_ends_with_the_wait_and_with_the_clients_leaving(world: Any) -> None:
    _, raw = tokens.create(name="Programma", scopes=["read"], at=now())

    async def story() -> None:
        async with desk() as here:
            path = f"/api/v1/events?wait=%s&after={here.server.hub.position}"
            assert (await asyncio.wait_for(here.call("GET", path % 1, token=raw), 20)).status == 200
            for nonsense in ("kinds=account.signed_in", "kinds=x"):
                asked = here.call("GET", f"{path % 20}&{nonsense}", token=raw)
                assert (await asyncio.wait_for(asked, 15)).status == 200
            assert (await asyncio.wait_for(here.call("GET", path % 99, token=raw), 15)).status == 200

            gone = await here.begin(path % 20, token=raw)
            assert len(here.server.hub.listeners) == 1
            await asyncio.wait_for(gone.leave(), 15)
            assert gone.status == 0
            assert not here.server.hub.listeners

    run(story())


def sign_in_is_noted(user: Any) -> None:
    with transaction.atomic():
        append(SignedIn(subject=user.pk), at=now())


def test_g9_a_program_hears_nothing_of_accounts(world: Any) -> None:
    _, raw = tokens.create(name="Programma", scopes=["read"], at=now())
    _, narrowed = tokens.create(name="Stretto", scopes=["read", "inbox:sito"], at=now())

    async def story() -> None:
        async with desk() as here:
            start = here.server.hub.position
            streams = [await here.listen("/api/v1/stream", token=each) for each in (raw, narrowed)]
            await db(sign_in_is_noted, world.bruno)
            await anna_says(world)
            streams.append(await here.listen(f"/api/v1/stream?after={start}", token=raw))

            for stream in streams:
                heard = await stream.until("conversation.message_received")
                assert "account." not in heard
                assert "typing" not in heard
                await stream.leave()

    run(story())


ODD_PLACES = ("x", "-1", "1.5", "0x10", "٣", "10" * 15, str(10**30), str(2**63 - 1), " ", "1 OR 1=1", "NaN")


def test_o1_odd_places_give_reset_on_every_stream(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)
    _, raw = tokens.create(name="Programma", scopes=["read"], at=now())

    async def story() -> None:
        async with desk(limits_factor=10) as here:
            visitor = await here.visitor()
            await anna_says(world)
            for given in ODD_PLACES:
                place = {"last-event-id": given.encode().decode("latin-1")}
                streams = [
                    await here.listen("/live/stream", headers={**headers, **place}),
                    await here.listen("/api/v1/stream", token=raw, headers=place),
                    await here.listen("/messenger/sito/api/stream", token=visitor, headers=place),
                ]
                for stream in streams:
                    assert stream.status == 200
                    assert "event: reset" in await stream.until("event: reset")
                    await stream.leave()

    run(story())


def test_k6_a_change_of_an_inboxs_teams_is_heard_by_nobody_who_lost_it(world: Any, signed_in: Any) -> None:
    bruno, dario = cookie(signed_in, world.bruno), cookie(signed_in, world.dario)

    async def story() -> None:
        async with desk() as here:
            lost = await here.listen("/live/stream", headers=bruno)
            won = await here.listen("/live/stream", headers=dario)
            theirs = await db(lambda: set(world.elsewhere.teams.all()))

            await db(world.inbox.teams.set, theirs)
            async with asyncio.timeout(30):
                while any(str(world.inbox.id) in topic for topic in topics_of(here, world.bruno)):
                    await asyncio.sleep(0.02)
            await anna_says(world)

            await won.until(str(world.inbox.id))
            assert str(world.inbox.id).encode() not in lost.heard
            await asyncio.gather(lost.leave(), won.leave())

    run(story())


def topics_of(here: Desk, user: Any) -> frozenset[str]:
    (found,) = [each.topics for each in here.server.hub.listeners if each.principal == f"user:{user.pk}"]
    return found


def test_whoever_closes_the_last_window_types_no_more(world: Any, signed_in: Any) -> None:
    bruno, carla = cookie(signed_in, world.bruno), cookie(signed_in, world.carla)

    async def story() -> None:
        async with desk() as here:
            visitor = await here.visitor()
            first = (await here.write(visitor, "Ciao")).json
            watching = await here.listen("/live/stream", headers=carla)
            two = [await here.listen("/messenger/sito/api/stream", token=visitor) for _ in range(2)]
            agent = await here.listen("/live/stream", headers=bruno)
            said = {"conversation": first["conversation"], "is_typing": True}
            assert (await here.call("POST", "/messenger/sito/api/typing", said, token=visitor)).status == 200
            looks = {"conversation": first["number"], "is_typing": True}
            assert (await here.call("POST", "/live/presence", looks, headers=bruno)).status == 200
            await watching.until('"customer_is_typing":true')
            await two[1].until('"is_typing":true')

            await two[0].leave()
            await agent.leave()
            assert here.server.presence.state(first["conversation"], first["number"])["customer_is_typing"]
            await two[1].until('"is_typing":false')
            await two[1].leave()

            await watching.until('"watching":[],"customer_is_typing":false')
            assert not here.server.presence.seen
            await watching.leave()

    run(story())


def test_o9_a_stream_holds_no_connection_between_events(world: Any, signed_in: Any) -> None:
    headers = cookie(signed_in, world.bruno)

    async def story() -> None:
        async with desk(nothing_behind) as here:
            streams = [await here.listen("/live/stream", headers=headers) for _ in range(8)]

            assert len(here.server.read.pool._threads) <= here.server.read.threads
            await asyncio.gather(*(stream.leave() for stream in streams))

    run(story())
