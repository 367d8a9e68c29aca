"""Who is looking and who is typing: short-lived, never in the log."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from ascolto.realtime import frames
from ascolto.realtime.fanout import Fanout
from ascolto.realtime.hub import Hub
from ascolto.realtime.sighting import Sighting
from ascolto.realtime.topics import customer_topic, inbox_topic

LIVES_S = 30.0  # pages say it again every 15 s
SWEEP_S = 1.0
CONVERSATIONS = 20_000  # remembered at once; beyond that, newcomers are not shown
PEOPLE = 50  # of one conversation


class Presence:
    """What this process knows of who is where; every process hears all sightings and keeps its own copy."""

    def __init__(self, hub: Hub, fanout: Fanout, clock: Callable[[], float] = time.monotonic) -> None:
        self.hub = hub
        self.fanout = fanout
        self.clock = clock
        self.seen: dict[str, dict[str, tuple[Sighting, float]]] = {}
        self.places: dict[str, set[str]] = {}  # where each of them is: ids of conversations

    def tell(self, sighting: Sighting) -> None:
        """Someone of this process was seen."""
        self.fanout.tell_presence(sighting)

    def heard_of(self, sighting: Sighting) -> None:
        """Someone was seen, here or elsewhere; who may know is told when that is news."""
        people = self.seen.get(sighting.conversation)
        if people is None:
            if sighting.is_gone or len(self.seen) >= CONVERSATIONS:
                return
            people = self.seen[sighting.conversation] = {}
        before = people.pop(sighting.who, None)
        if not sighting.is_gone and len(people) < PEOPLE:
            people[sighting.who] = (sighting, self.clock() + LIVES_S)
            self.places.setdefault(sighting.who, set()).add(sighting.conversation)
        elif before:
            self.forget_place(sighting)
        if not people:
            del self.seen[sighting.conversation]
        if (before[0] if before else None) != (None if sighting.is_gone else sighting):
            self.tell_listeners(sighting, was_typing=bool(before and before[0].is_typing))

    def forget_place(self, sighting: Sighting) -> None:
        places = self.places[sighting.who]
        places.discard(sighting.conversation)
        if not places:
            del self.places[sighting.who]

    def is_somewhere(self, who: str) -> bool:
        return who in self.places

    def leave(self, who: str) -> None:
        """Someone has closed the last window: they are gone from wherever they were. Twice is once."""
        for conversation in list(self.places.get(who, ())):
            sighting, _ = self.seen[conversation][who]
            self.tell(gone(sighting))

    def tell_listeners(self, sighting: Sighting, *, was_typing: bool) -> None:
        state = frames.frame(self.state(sighting.conversation, sighting.number), event="presence")
        self.hub.whisper([inbox_topic(sighting.inbox)], {frames.for_colleague: state})
        is_typing = sighting.is_typing and not sighting.is_gone
        if sighting.who.startswith("user:") and (is_typing or was_typing):
            typing = {"conversation": sighting.conversation, "name": sighting.name, "is_typing": is_typing}
            frame = frames.frame(typing, event="typing")
            self.hub.whisper([customer_topic(sighting.customer)], {frames.for_visitor: frame})

    def state(self, conversation: str, number: int) -> dict[str, Any]:
        """Who looks at this conversation now, and whether its customer types."""
        people = [sighting for sighting, _ in self.seen.get(conversation, {}).values()]
        watching = [
            {"id": each.who.removeprefix("user:"), "name": each.name, "initials": each.initials, "is_typing": each.is_typing}
            for each in people
            if each.who.startswith("user:")
        ]
        return {
            "conversation": conversation,
            "number": number,
            "watching": watching,
            "customer_is_typing": any(each.is_typing for each in people if each.who.startswith("customer:")),
        }

    def sweep(self) -> None:
        """Forget who was not seen for 30 seconds, and say so."""
        now = self.clock()
        late = [each for people in self.seen.values() for each, until in people.values() if until <= now]
        for each in late:
            self.heard_of(gone(each))

    async def run(self) -> None:
        """Sweep for as long as the loop runs."""
        while True:
            await asyncio.sleep(SWEEP_S)
            self.sweep()


def gone(sighting: Sighting) -> Sighting:
    return Sighting(
        conversation=sighting.conversation,
        number=sighting.number,
        inbox=sighting.inbox,
        customer=sighting.customer,
        who=sighting.who,
        name=sighting.name,
        is_gone=True,
    )
