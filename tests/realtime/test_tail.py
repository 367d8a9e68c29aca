"""The one reader of the log: what is committed is heard, in order, whoever committed it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from ascolto.eventlog import append, read
from ascolto.realtime.fanouts.inprocess import InProcess
from ascolto.realtime.hub import WINDOW, Hub
from ascolto.realtime.tail import Tail

pytestmark = pytest.mark.django_db(transaction=True)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


async def write(anna_writes: Any, text: str) -> Any:
    return await sync_to_async(anna_writes, thread_sensitive=False)(text)


def test_it_begins_with_the_newest_events_and_follows(anna_writes: Any) -> None:
    anna_writes("prima")

    async def story() -> None:
        hub = Hub()
        tail = Tail(hub, InProcess())
        await tail.start()
        before = hub.position
        assert hub.window
        assert len(hub.window) <= WINDOW
        assert hub.window[-1][0].position == before

        await write(anna_writes, "dopo")

        await until(lambda: hub.position > before)
        assert [each.position for each, _ in hub.window] == sorted(each.position for each, _ in hub.window)
        await tail.stop()
        assert not tail.is_alive

    asyncio.run(story())


def test_a_wake_up_is_quicker_than_the_poll(anna_writes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ascolto.realtime.tail.POLL_S", 30.0)

    async def story() -> None:
        hub = Hub()
        tail = Tail(hub, InProcess())
        await tail.start()
        append.wake_ups.append(tail.wake)
        try:
            before = hub.position
            await write(anna_writes, "adesso")
            await until(lambda: hub.position > before)
        finally:
            append.wake_ups.remove(tail.wake)
            await tail.stop()

    asyncio.run(story())


def test_what_this_process_commits_is_handed_on_without_reading(anna_writes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ascolto.realtime.tail.POLL_S", 30.0)
    reads: list[str] = []

    async def story() -> None:
        hub = Hub()
        tail = Tail(hub, InProcess())
        await tail.start()
        append.followers.append(tail.follow)
        try:
            before = hub.position
            monkeypatch.setattr(tail, "_read_on", lambda: reads.append("read"))
            await write(anna_writes, "uno")
            await write(anna_writes, "due")
            last = await sync_to_async(read.last_position, thread_sensitive=False)()
            await until(lambda: hub.position == last)
            assert reads == []
        finally:
            append.followers.remove(tail.follow)
            await tail.stop()

        heard = [each for each, _ in hub.window if each.position > before]
        assert heard == await sync_to_async(read.events_after, thread_sensitive=False)(before)

    asyncio.run(story())


def test_what_was_missed_before_a_commit_of_this_process_is_read_first(anna_writes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ascolto.realtime.tail.POLL_S", 30.0)

    async def story() -> None:
        hub = Hub()
        tail = Tail(hub, InProcess())
        await tail.start()
        before = hub.position
        await write(anna_writes, "altrove")  # nobody told this process
        append.followers.append(tail.follow)
        try:
            await write(anna_writes, "qui")
            last = await sync_to_async(read.last_position, thread_sensitive=False)()
            await until(lambda: hub.position == last)
        finally:
            append.followers.remove(tail.follow)
            await tail.stop()

        positions = [each.position for each, _ in hub.window if each.position > before]
        assert positions == list(range(before + 1, last + 1))

    asyncio.run(story())


def test_what_was_read_already_is_not_told_twice(anna_writes: Any) -> None:
    async def story() -> None:
        hub = Hub()
        tail = Tail(hub, InProcess())
        await tail.start()
        [newest] = (await sync_to_async(read.events_after, thread_sensitive=False)(hub.position - 1))[-1:]
        before = len(hub.window)

        tail.follow([newest])
        await asyncio.sleep(0.05)

        assert len(hub.window) == before
        assert not tail._news.is_set()
        await tail.stop()

    anna_writes("prima")
    asyncio.run(story())


def test_another_servers_position_wakes_it(anna_writes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ascolto.realtime.tail.POLL_S", 30.0)

    async def story() -> None:
        hub = Hub()
        tail = Tail(hub, InProcess())
        await tail.start()
        await write(anna_writes, "altrove")
        before = hub.position

        tail.heard_of(before)
        assert not tail._news.is_set()
        tail.heard_of(before + 1)

        await until(lambda: hub.position > before)
        await tail.stop()

    asyncio.run(story())
