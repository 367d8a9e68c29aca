"""The same promises of the line between processes, in one process and through Redis."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from ascolto.realtime.fanout import Fanout, choose
from ascolto.realtime.fanouts.inprocess import InProcess
from ascolto.realtime.fanouts.redis import ThroughRedis
from ascolto.realtime.sighting import Sighting
from tests.running import free_port

BRUNO = Sighting(conversation="c1", number=7, inbox="i1", customer="k1", who="user:b", name="Bruno Neri", initials="BN")
Ends = Callable[[], tuple[Fanout, Fanout]]


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of this run's own."""
    if given := os.environ.get("ASCOLTO_TEST_REDIS_URL"):
        yield given
        return
    program = shutil.which("redis-server")
    if program is None:
        if "redis" in os.environ.get("ASCOLTO_TEST_REQUIRE", "").split(","):
            pytest.fail("redis-server is not installed")
        pytest.skip("redis-server is not installed")
    port = free_port()
    folder: Path = tmp_path_factory.mktemp("redis")
    quiet = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), "--daemonize", "no"]
    server = subprocess.Popen([program, *quiet], stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(5)


def wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("redis-server did not start")


@pytest.fixture(params=["in process", pytest.param("through redis", marks=pytest.mark.redis)])
def ends(request: pytest.FixtureRequest) -> Ends:
    """Two ends of one line, made inside the loop."""
    if request.param == "in process":

        def make() -> tuple[Fanout, Fanout]:
            line = InProcess()
            return line, line
    else:
        url = request.getfixturevalue("redis_url")

        def make() -> tuple[Fanout, Fanout]:
            return ThroughRedis(url), ThroughRedis(url)

    return make


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 10))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def test_what_one_end_tells_the_other_hears(ends: Ends) -> None:
    async def story() -> None:
        here, there = ends()
        positions: list[int] = []
        seen: list[Sighting] = []
        await here.start(on_position=lambda position: None, on_presence=lambda sighting: None)
        await there.start(on_position=positions.append, on_presence=seen.append)

        here.tell_position(41)
        here.tell_position(42)
        here.tell_presence(BRUNO)

        await until(lambda: bool(seen) and positions[-1:] == [42])
        assert seen == [BRUNO]
        await here.stop()
        await there.stop()

    run(story())


def test_presence_is_heard_at_ones_own_end_at_once(ends: Ends) -> None:
    async def story() -> None:
        here, _ = ends()
        seen: list[Sighting] = []
        await here.start(on_position=lambda position: None, on_presence=seen.append)

        here.tell_presence(BRUNO)
        assert seen == [BRUNO]

        await asyncio.sleep(0.1)
        assert seen == [BRUNO]
        await here.stop()
        await here.stop()

    run(story())


def test_without_redis_the_desk_goes_on() -> None:
    async def story() -> None:
        line = ThroughRedis(f"redis://127.0.0.1:{free_port()}/0")
        seen: list[Sighting] = []
        starting = asyncio.create_task(line.start(on_position=lambda position: None, on_presence=seen.append))
        await asyncio.sleep(0.05)

        for number in range(3000):
            line.tell_position(number)
        line.tell_presence(BRUNO)

        assert seen == [BRUNO]
        starting.cancel()
        await line.stop()

    run(story())


@pytest.mark.redis
def test_nonsense_on_the_line_is_passed_over(redis_url: str) -> None:
    async def story() -> None:
        from redis.asyncio import Redis

        line, other = ThroughRedis(redis_url), Redis.from_url(redis_url)
        positions: list[int] = []
        await line.start(on_position=positions.append, on_presence=lambda sighting: None)

        for word in (b"", b"[]", b'{"from": "x"}', b'{"from": "x", "presence": {}}', b'{"from": "x", "position": 7}'):
            await other.publish("ascolto:news", word)

        await until(lambda: positions == [7])
        await line.stop()
        await other.aclose()

    run(story())


def test_the_choice_follows_the_setting() -> None:
    assert isinstance(choose(""), InProcess)
