"""What one server process holds while it runs: the writer, the log's reader, those who listen, limits and short memories."""

import asyncio
from datetime import UTC, datetime

from ascolto.database.writer import Writer
from ascolto.edge.limits import Limits
from ascolto.edge.permits import Permits
from ascolto.edge.reading import Reading
from ascolto.eventlog import append
from ascolto.realtime.fanout import choose
from ascolto.realtime.hub import Hub
from ascolto.realtime.presence import Presence
from ascolto.realtime.tail import Tail


class Server:
    """
    Made before the loop runs, started inside it.

    :param redis_url: empty for one server; else wake-ups, presence and limits go through it
    :param limits_factor: how many times the usual rates are let through
    """

    def __init__(self, *, redis_url: str = "", limits_factor: float = 1.0) -> None:
        self.writer = Writer()
        self.hub = Hub()
        self.read = Reading()
        self.fanout = choose(redis_url)
        self.presence = Presence(self.hub, self.fanout)
        self.tail = Tail(self.hub, self.fanout)
        self.limits = Limits(redis_url=redis_url, factor=limits_factor)
        self.permits = Permits(self.hub, self.read)
        self.is_ready = False
        self._waking: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start every part; the tail knows the end of the log before the first request."""
        self.writer.start()
        await self.fanout.start(on_position=self.tail.heard_of, on_presence=self.presence.heard_of)
        await self.tail.start()
        append.followers.append(self.tail.follow)
        self._waking = [asyncio.create_task(part.run()) for part in (self.hub, self.presence, self.permits)]
        self.is_ready = True

    async def stop(self) -> None:
        """Write what was taken, close what listens, give back connections."""
        self.is_ready = False
        self.close_streams()
        await asyncio.to_thread(self.writer.stop, 5.0)
        if self.tail.follow in append.followers:
            append.followers.remove(self.tail.follow)
        for task in self._waking:
            task.cancel()
        await asyncio.gather(*self._waking, return_exceptions=True)
        await self.tail.stop()
        await self.fanout.stop()
        await asyncio.to_thread(self.read.stop)

    def close_streams(self) -> None:
        """Tell every listener when to come back, and end its stream."""
        self.hub.close_all()


def utc_now() -> datetime:
    return datetime.now(UTC)
