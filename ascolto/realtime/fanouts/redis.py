"""Many processes: Redis pub/sub. When it is away, each process still finds what is new by itself (tail.POLL_S)."""

import asyncio
import json
import logging
from dataclasses import asdict
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from ascolto.realtime.sighting import OnPosition, OnPresence, Sighting

CHANNEL = "ascolto:news"
TROUBLE_S = 2.0  # between tries to reach Redis
WAITING = 1000  # words that may wait to be told while Redis is slow; older ones are worth nothing

log = logging.getLogger(__name__)


class ThroughRedis:
    """One task listens, one tells; what this process said itself is passed over when it comes back."""

    def __init__(self, url: str) -> None:
        self.redis: Redis = Redis.from_url(url, socket_connect_timeout=5, socket_keepalive=True)
        self.me = uuid4().hex
        self.words: asyncio.Queue[dict[str, object]] = asyncio.Queue(WAITING)
        self.told = 0
        self.tasks: list[asyncio.Task[None]] = []
        self.on_position: OnPosition | None = None
        self.on_presence: OnPresence | None = None

    async def start(self, *, on_position: OnPosition, on_presence: OnPresence) -> None:
        self.on_position, self.on_presence = on_position, on_presence
        listening = asyncio.Event()
        self.tasks = [asyncio.create_task(self.listen(listening)), asyncio.create_task(self.speak())]
        try:
            async with asyncio.timeout(5):
                await listening.wait()
        except TimeoutError:
            log.warning("Redis does not answer; going on without it and trying again")

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks = []
        await self.redis.aclose()

    def tell_position(self, position: int) -> None:
        if position > self.told:
            self.told = position
            self.say({"position": position})

    def tell_presence(self, sighting: Sighting) -> None:
        if self.on_presence is not None:
            self.on_presence(sighting)
        self.say({"presence": asdict(sighting)})

    def say(self, word: dict[str, object]) -> None:
        if self.words.full():
            self.words.get_nowait()
        self.words.put_nowait({**word, "from": self.me})

    async def speak(self) -> None:
        while True:
            word = await self.words.get()
            try:
                await self.redis.publish(CHANNEL, json.dumps(word))
            except RedisError:
                log.warning("Redis could not be told; other servers find the news by themselves", exc_info=True)
                await asyncio.sleep(TROUBLE_S)

    async def listen(self, listening: asyncio.Event) -> None:
        while True:
            try:
                async with self.redis.pubsub() as line:
                    await line.subscribe(CHANNEL)
                    async for message in line.listen():
                        if message["type"] == "subscribe":
                            listening.set()
                        elif message["type"] == "message":
                            self.heard(message["data"])
            except (RedisError, OSError):
                log.warning("Redis went away; trying again in %s s", TROUBLE_S, exc_info=True)
            await asyncio.sleep(TROUBLE_S)

    def heard(self, raw: bytes) -> None:
        try:
            word = json.loads(raw)
            if word["from"] == self.me:
                return
            if "position" in word and self.on_position is not None:
                self.told = max(self.told, word["position"])
                self.on_position(word["position"])
            if "presence" in word and self.on_presence is not None:
                self.on_presence(Sighting(**word["presence"]))
        except (ValueError, TypeError, KeyError):
            log.warning("a word on %s was not understood", CHANNEL)
