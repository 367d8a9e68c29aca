"""What one listener hears: the events after its Last-Event-ID, then what the tail brings, as the body of a stream."""

import asyncio
from collections.abc import Callable

from ascolto.eventlog.event import Recorded
from ascolto.realtime import frames
from ascolto.realtime.topics import kind_of

QUEUE = 1100  # frames that may wait for one slow listener (more than a whole window); then it is told to load everything again


class Listener:
    """
    One open stream: what it may hear, and what waits to be sent. Lives in the loop alone.

    :param principal: whose stream it is, as "user:<id>", "visit:<id>" or "token:<id>"
    :param topics: what it may hear now; changed by `Hub.change` alone
    :param wants_kind: whether it hears events of a kind; None: of all, and what is only whispered too
    """

    __slots__ = ("_lost", "_waiter", "_waiting", "is_over", "principal", "since", "slot", "topics", "voice", "wants_kind")

    def __init__(
        self,
        *,
        principal: str,
        topics: frozenset[str],
        voice: frames.Voice,
        wants_kind: Callable[[str], bool] | None = None,
    ) -> None:
        self.principal = principal
        self.topics = topics
        self.voice = voice
        self.wants_kind = wants_kind
        self.since = 0  # hears what came after this position
        self.slot = 0  # which second of the heartbeat is its own
        self.is_over = False
        self._waiting: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None
        self._lost = False

    def wants(self, recorded: Recorded) -> bool:
        """Whether this event is new to the listener and of a kind that it hears."""
        return recorded.position > self.since and (self.wants_kind is None or self.wants_kind(kind_of(recorded.event)))

    def hear(self, frame: bytes, *, position: int) -> None:
        """Let `frame` wait to be sent. When too much waits all of it is dropped and `reset` says so, with the newest position."""
        if self.is_over:
            return
        if self._lost:
            self._waiting[0] = frames.reset(position)
            return
        if len(self._waiting) >= QUEUE:
            self._waiting = [frames.reset(position)]
            self._lost = True
            return
        self._waiting.append(frame)
        self._wake()

    def beat(self) -> None:
        """A sign of life, unless something waits anyway."""
        if not self._waiting and not self.is_over:
            self._waiting.append(frames.HEARTBEAT)
            self._wake()

    def close(self, last_words: bytes = b"") -> None:
        """Send what waits and these last words, then end. Twice is once."""
        if self.is_over:
            return
        if last_words:
            self._waiting.append(last_words)
        self.is_over = True
        self._wake()

    async def next(self) -> bytes | None:
        """Everything that waits, as one part of the body; waits for something; None when the stream is over."""
        while not self._waiting and not self.is_over:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if not self._waiting:
            return None
        part = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
        self._waiting = []
        self._lost = False
        return part

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
