"""Everyone who listens in this process, by topic, and the last events, so that coming back costs no read."""

import asyncio
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from random import SystemRandom

from ascolto.eventlog.event import Recorded
from ascolto.realtime import frames
from ascolto.realtime.stream import Listener
from ascolto.realtime.topics import topics_of

WINDOW = 1000  # events that a listener may have missed and still be told one by one
HEARTBEAT_S = 15  # shorter than proxies' usual idle limit of 30 s and more (threat O5)
RETRY_MS = (1000, 3000)  # spread, so that a restart is not answered by everyone at once (threat O6)
RETRY_SPREAD_MS = 2  # for each listener of this process, more
random = SystemRandom()


class Hub:
    """Hands events to listeners; all of it runs in the loop, nothing in it waits."""

    def __init__(self) -> None:
        self.position = 0  # of the newest event handed out
        self.window_after = 0  # the window holds every event after this position
        self.window: deque[tuple[Recorded, tuple[str, ...]]] = deque()
        self.listeners: set[Listener] = set()
        self.by_topic: dict[str, set[Listener]] = {}
        self.joined = 0
        self.is_closing = False

    def begin(self, recent: Sequence[Recorded], *, after: int, position: int) -> None:
        """Start with the newest events of the log: all those after `after` up to `position`."""
        self.window_after, self.position = after, position
        self.window = deque((each, topics_of(each)) for each in recent)

    def publish(self, batch: Sequence[Recorded]) -> None:
        """Hand new events to everyone who may hear them, in order. Events that came before are passed over."""
        for recorded in batch:
            if recorded.position <= self.position:
                continue
            topics = topics_of(recorded)
            self.position = recorded.position
            self.window.append((recorded, topics))
            if len(self.window) > WINDOW:
                self.window_after = self.window.popleft()[0].position
            spoken: dict[frames.Voice, bytes] = {}
            for listener in self.audience(topics):
                if listener.wants(recorded):
                    listener.hear(said(recorded, listener.voice, spoken), position=self.position)

    def audience(self, topics: Iterable[str]) -> Iterable[Listener]:
        """Everyone who may hear one of these topics, each once."""
        groups = [group for topic in topics if (group := self.by_topic.get(topic))]
        return groups[0] if len(groups) == 1 else set().union(*groups)

    def whisper(self, topics: Iterable[str], by_voice: Mapping[frames.Voice, bytes]) -> None:
        """Say something that is not in the log and is not said again: who looks, who types."""
        for listener in self.audience(topics):
            if (frame := by_voice.get(listener.voice)) and listener.wants_kind is None:
                listener.hear(frame, position=self.position)

    def join(self, listener: Listener, *, after: int | None) -> None:
        """
        Let someone listen from the event after `after` on; None: from now on.

        `reset` is the first thing heard when `after` is not within the window. A position of the future is not known
        here: ask the log first (`knows`).
        """
        listener.since = self.position if after is None else max(after, 0)
        listener.slot = self.joined % HEARTBEAT_S
        self.joined += 1
        self.listeners.add(listener)
        self.enter(listener, listener.topics)
        lowest, highest = RETRY_MS
        hello = frames.hello(position=listener.since, retry_ms=random.randint(lowest, highest))
        listener.hear(hello, position=self.position)
        if after is not None and after < self.window_after:
            listener.since = self.position
            listener.hear(frames.reset(self.position), position=self.position)
        else:
            self.repeat(listener, listener.topics)
        if self.is_closing:
            listener.close()

    def start_anew(self, listener: Listener) -> None:
        """Let someone listen from now on who named a position that the log does not have."""
        self.join(listener, after=None)
        listener.hear(frames.reset(self.position), position=self.position)

    def repeat(self, listener: Listener, topics: Collection[str]) -> None:
        for recorded, of in self.window:
            if listener.wants(recorded) and not listener.topics.isdisjoint(of) and any(topic in topics for topic in of):
                listener.hear(listener.voice(recorded), position=self.position)

    def change(self, listener: Listener, topics: frozenset[str]) -> None:
        """Let it hear these topics from now on; of topics it did not hear before, what came since it joined is told now."""
        if listener not in self.listeners or topics == listener.topics:
            return
        gained = topics - listener.topics
        self.exit(listener, listener.topics - topics)
        listener.topics = topics
        self.enter(listener, gained)
        self.repeat(listener, gained)

    def leave(self, listener: Listener) -> None:
        """Forget a listener. Twice is once."""
        self.listeners.discard(listener)
        self.exit(listener, listener.topics)

    def enter(self, listener: Listener, topics: Iterable[str]) -> None:
        for topic in topics:
            self.by_topic.setdefault(topic, set()).add(listener)

    def exit(self, listener: Listener, topics: Iterable[str]) -> None:
        for topic in topics:
            group = self.by_topic.get(topic)
            if group is not None:
                group.discard(listener)
                if not group:
                    del self.by_topic[topic]

    def close_all(self) -> None:
        """End every stream with a hint when to come back, spread over a time that grows with their number."""
        self.is_closing = True
        lowest, highest = RETRY_MS
        spread = highest + RETRY_SPREAD_MS * len(self.listeners)
        for listener in list(self.listeners):
            listener.close(frames.come_back(random.randint(lowest, spread)))

    def close_for_now(self) -> None:
        """End every stream; whoever comes back is let in again."""
        self.close_all()
        self.is_closing = False

    async def run(self) -> None:
        """Heartbeats, a fifteenth of the listeners each second, for as long as the loop runs."""
        slot = 0
        while True:
            await asyncio.sleep(1)
            slot = (slot + 1) % HEARTBEAT_S
            self.beat(slot)

    def beat(self, slot: int) -> None:
        """A sign of life to those of this second."""
        for listener in list(self.listeners):
            if listener.slot == slot:
                listener.beat()


def said(recorded: Recorded, voice: frames.Voice, spoken: dict[frames.Voice, bytes]) -> bytes:
    """The event in this voice, written once however many hear it."""
    if voice not in spoken:
        spoken[voice] = voice(recorded)
    return spoken[voice]
