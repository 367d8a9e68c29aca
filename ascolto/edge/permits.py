"""Remembers for moments who may do what, and reads it anew for every open stream, so that what was taken ends within 5 s."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping
from typing import Literal

from ascolto.edge.reading import Reading
from ascolto.edge.rights import Rights, colleagues, programs, visitors
from ascolto.realtime import frames
from ascolto.realtime.hub import Hub
from ascolto.realtime.stream import Listener

Kind = Literal["session", "token", "visit"]
READERS: dict[Kind, Callable[[Collection[str]], Mapping[str, Rights]]] = {
    "session": colleagues,
    "token": programs,
    "visit": visitors,
}
FRESH_S = 3.0  # an answer is remembered so long
REMEMBERED_S = 30.0  # so long who somebody is may be told from memory where the writer asks again whether they still may
EVERY_S = 2.0  # streams' rights are read again so often; with the time to read it, below the promised 5 s (threats F8, K6)
KEPT = 50_000  # remembered at once, unknown ones too

log = logging.getLogger(__name__)


class Permit:
    """What was read of one session, token or visit, when, and the streams that stand on it."""

    __slots__ = ("listeners", "read_at", "rights")

    def __init__(self) -> None:
        self.rights: Rights | None = None
        self.read_at = float("-inf")
        self.listeners: set[Listener] = set()


class Permits:
    """All permits of this process; lives in the loop, reads in threads, once for all streams of a person."""

    def __init__(self, hub: Hub, read: Reading, clock: Callable[[], float] = time.monotonic) -> None:
        self.hub = hub
        self.read = read
        self.clock = clock
        self.kept: dict[tuple[Kind, str], Permit] = {}
        self.asked: dict[Kind, dict[str, asyncio.Future[Rights | None]]] = {kind: {} for kind in READERS}
        self.reading: dict[Kind, asyncio.Task[None]] = {}

    async def rights(self, kind: Kind, key: str) -> Rights | None:
        """What this session, token or visit may do, at most FRESH_S old; None when it is not (any more) valid."""
        permit = self.kept.get((kind, key))
        if permit is not None and self.clock() - permit.read_at < FRESH_S:
            return permit.rights
        return await self.renew(kind, key)

    def remembered(self, kind: Kind, key: str) -> Rights | None:
        """
        What it might do when it was last read, at most REMEMBERED_S ago; None when that is not known.

        Only for what is written in a transaction that reads the row itself and refuses what has ended since.
        """
        permit = self.kept.get((kind, key))
        return permit.rights if permit is not None and self.clock() - permit.read_at < REMEMBERED_S else None

    async def renew(self, kind: Kind, key: str) -> Rights | None:
        """
        Read it now, and let its streams hear what it may hear now.

        Those who ask while another read is under way are read together by the next one: in a rush of visitors a thread
        and a query for each would cost more than their messages.
        """
        asked = self.asked[kind]
        if key not in asked:
            asked[key] = asyncio.get_running_loop().create_future()
        if kind not in self.reading:
            self.reading[kind] = asyncio.create_task(self.read_asked(kind))
        return await asyncio.shield(asked[key])

    async def read_asked(self, kind: Kind) -> None:
        """Answer everyone who asks, one query after the other, until nobody does."""
        try:
            while asked := self.asked[kind]:
                self.asked[kind] = {}
                try:
                    found = await self.read(READERS[kind], list(asked))
                except Exception as error:
                    for waiting in asked.values():
                        waiting.set_exception(error)
                else:
                    for key, waiting in asked.items():
                        waiting.set_result(self.learn(kind, key, found.get(key)))
        finally:
            del self.reading[kind]

    def learn(self, kind: Kind, key: str, rights: Rights | None) -> Rights | None:
        permit = self.kept.get((kind, key))
        if permit is None:
            if len(self.kept) >= KEPT:
                self.forget_old()
            permit = self.kept[kind, key] = Permit()
        permit.rights, permit.read_at = rights, self.clock()
        for listener in list(permit.listeners):
            if rights is None:
                listener.close(frames.BYE)
            else:
                self.hub.change(listener, rights.topics)
        return rights

    def hold(self, kind: Kind, key: str, listener: Listener) -> None:
        """Keep reading the rights of this stream until it is let go."""
        self.kept.setdefault((kind, key), Permit()).listeners.add(listener)

    def let_go(self, kind: Kind, key: str, listener: Listener) -> None:
        """The stream has ended."""
        if permit := self.kept.get((kind, key)):
            permit.listeners.discard(listener)

    def streams_of(self, principal: str) -> int:
        """How many streams are open for this person, over all their sessions."""
        return sum(
            len(permit.listeners) for permit in self.kept.values() if permit.rights and permit.rights.principal == principal
        )

    def forget_old(self) -> None:
        now = self.clock()
        self.kept = {
            key: permit
            for key, permit in self.kept.items()
            if permit.listeners or now - permit.read_at < (FRESH_S if permit.rights is None else REMEMBERED_S)
        }
        if len(self.kept) >= KEPT:  # a flood of unknown tokens: what holds streams stays
            self.kept = {key: permit for key, permit in self.kept.items() if permit.listeners}

    async def read_again(self) -> None:
        """Read the rights of every open stream, in one query or few for each kind."""
        for kind, reader in READERS.items():
            keys = [key for (of, key), permit in self.kept.items() if of == kind and permit.listeners]
            if keys:
                found = await self.read(reader, keys)
                for key in keys:
                    self.learn(kind, key, found.get(key))

    async def run(self) -> None:
        """Read again and again for as long as the loop runs; streams are closed when it cannot be read for too long."""
        last = self.clock()
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.read_again()
                self.forget_old()
                last = self.clock()
            except Exception:
                log.exception("the rights of open streams could not be read")
                if self.clock() - last > 30:  # a database that was away half a minute: nobody hears on by old rights
                    self.hub.close_for_now()
