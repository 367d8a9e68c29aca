"""Who looks and who types: told to those who may know, forgotten after half a minute, never in the log."""

import asyncio
from dataclasses import replace
from typing import Any

from ascolto.realtime import frames
from ascolto.realtime.fanouts.inprocess import InProcess
from ascolto.realtime.hub import Hub
from ascolto.realtime.presence import LIVES_S, PEOPLE, Presence
from ascolto.realtime.sighting import Sighting
from ascolto.realtime.stream import Listener
from ascolto.realtime.topics import customer_topic, inbox_topic

BRUNO = Sighting(conversation="c1", number=7, inbox="i1", customer="k1", who="user:b", name="Bruno Neri", initials="BN")
ANNA = Sighting(conversation="c1", number=7, inbox="i1", customer="k1", who="customer:k1", is_typing=True)


class Room:
    """A hub with a colleague and a visitor who listen, and a clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.hub = Hub()
        fanout = InProcess()
        self.presence = Presence(self.hub, fanout, clock=lambda: self.now)
        asyncio.run(fanout.start(on_position=lambda position: None, on_presence=self.presence.heard_of))
        self.colleague = self.join(frames.for_colleague, inbox_topic("i1"))
        self.stranger = self.join(frames.for_colleague, inbox_topic("i2"))
        self.visitor = self.join(frames.for_visitor, customer_topic("k1"))

    def join(self, voice: frames.Voice, topic: str) -> Listener:
        made = Listener(principal="x", topics=frozenset({topic}), voice=voice)
        self.hub.join(made, after=None)
        asyncio.run(made.next())
        return made

    def heard(self, one: Listener) -> str:
        return (asyncio.run(one.next()) or b"").decode() if one._waiting else ""

    def state(self) -> dict[str, Any]:
        return self.presence.state("c1", 7)


def test_a_look_is_told_to_colleagues_of_that_inbox_once() -> None:
    room = Room()

    room.presence.tell(BRUNO)
    assert '"name":"Bruno Neri"' in room.heard(room.colleague)

    room.presence.tell(BRUNO)
    assert room.heard(room.colleague) == ""
    assert room.heard(room.stranger) == ""
    assert room.heard(room.visitor) == ""


def test_typing_is_heard_on_both_sides() -> None:
    room = Room()

    room.presence.tell(ANNA)
    room.presence.tell(replace(BRUNO, is_typing=True))
    room.presence.tell(BRUNO)

    assert '"customer_is_typing":true' in room.heard(room.colleague)
    typed = room.heard(room.visitor)
    assert typed.count("event: typing") == 2
    assert typed.rstrip().endswith('"is_typing":false}')


def test_whoever_is_silent_for_half_a_minute_is_gone() -> None:
    room = Room()
    room.presence.tell(replace(BRUNO, is_typing=True))
    room.presence.tell(ANNA)
    room.heard(room.visitor)

    room.now = LIVES_S - 1
    room.presence.tell(ANNA)
    room.now = LIVES_S
    room.presence.sweep()

    assert room.state() == {"conversation": "c1", "number": 7, "watching": [], "customer_is_typing": True}
    assert '"is_typing":false' in room.heard(room.visitor)
    room.now = LIVES_S * 3
    room.presence.sweep()
    assert not room.presence.seen


def test_going_is_told_at_once_and_twice_is_once() -> None:
    room = Room()
    room.presence.tell(BRUNO)
    room.heard(room.colleague)

    room.presence.tell(replace(BRUNO, is_gone=True))
    room.presence.tell(replace(BRUNO, is_gone=True))

    assert room.heard(room.colleague).count("event: presence") == 1
    assert not room.presence.seen


def test_whoever_leaves_is_gone_from_everywhere_and_types_no_more() -> None:
    room = Room()
    room.presence.tell(replace(BRUNO, is_typing=True))
    room.presence.tell(replace(BRUNO, conversation="c2", number=8))
    room.presence.tell(ANNA)
    room.heard(room.visitor)

    room.presence.leave(BRUNO.who)
    room.presence.leave(BRUNO.who)

    assert '"is_typing":false' in room.heard(room.visitor)
    assert room.state()["watching"] == []
    assert list(room.presence.seen) == ["c1"]
    assert list(room.presence.places) == [ANNA.who]


def test_a_crowd_does_not_grow_without_end() -> None:
    room = Room()

    for number in range(PEOPLE * 2):
        room.presence.tell(replace(BRUNO, who=f"user:{number}"))

    assert len(room.state()["watching"]) == PEOPLE
