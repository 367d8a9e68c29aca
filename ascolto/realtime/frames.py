"""Events as server-sent events: what goes over the wire to each kind of listener; pure."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ascolto.eventlog.event import Recorded
from ascolto.realtime.topics import fact, kind_of

Voice = Callable[[Recorded], bytes]

HEARTBEAT = b":\n\n"
BYE = b"event: bye\ndata: {}\n\n"


def frame(data: Mapping[str, Any], *, id: int | None = None, event: str = "") -> bytes:
    """One server-sent event with JSON data; JSON has no raw line breaks, so one data line is enough."""
    head = (f"id: {id}\n" if id is not None else "") + (f"event: {event}\n" if event else "")
    return f"{head}data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def hello(*, position: int, retry_ms: int) -> bytes:
    """The first words of a stream: when to come back, and where it begins, so that a listener has a cursor at once."""
    return f"retry: {retry_ms}\nid: {position}\n\n".encode()


def come_back(retry_ms: int) -> bytes:
    """The last words before a stop."""
    return f"retry: {retry_ms}\n\n".encode()


def reset(position: int) -> bytes:
    """Too much was missed, or the place is unknown: load everything again and go on from here."""
    return frame({"position": position}, id=position, event="reset")


def for_colleague(recorded: Recorded) -> bytes:
    """What the console needs to know which row and which thread to fetch."""
    event = recorded.event
    data: dict[str, Any] = {
        "kind": kind_of(event),
        "conversation": str(event.subject),
        "number": fact(event, "number"),
        "inbox": text(fact(event, "inbox")),
        "actor": {"kind": event.actor.kind, "id": event.actor.id},
    }
    for name in ("message", "assignee"):
        if (value := fact(event, name)) is not None:
            data[name] = str(value)
    return frame(data, id=recorded.position)


def for_visitor(recorded: Recorded) -> bytes:
    """No more than which of their conversations to fetch: no inbox, no ids of colleagues."""
    event = recorded.event
    data = {"kind": kind_of(event), "conversation": str(event.subject)}
    if (message := fact(event, "message")) is not None:
        data["message"] = str(message)
    return frame(data, id=recorded.position)


def for_program(recorded: Recorded) -> bytes:
    """The event as the API's list of events shows it."""
    event = recorded.event
    data = {
        "position": recorded.position,
        "id": str(recorded.id),
        "kind": kind_of(event),
        "at": recorded.at.isoformat().replace("+00:00", "Z"),
        "subject": str(event.subject),
        "actor": {"kind": event.actor.kind, "id": event.actor.id},
        "data": event.facts(),
    }
    return frame(data, id=recorded.position)


def text(value: object) -> str | None:
    return None if value is None else str(value)
