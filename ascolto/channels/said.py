"""What a provider says as JSON, read with care: nothing in it is trusted to be there, or to be what it should."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_noop

from ascolto.channels.contract import Arrival, Door, Raw, Unreadable
from ascolto.text.normalise import MAX_CHARS, TooLong, normalise, normalise_line

MAX_DEPTH = 32  # threats.md, hard limits
LIST = 1000  # of things of one sort in one call
YEARS = range(2000, 2200)  # a time outside of these is none

NOT_JSON = gettext_noop("It is not JSON.")
NOT_AN_OBJECT = gettext_noop("It is JSON, but not an object.")
TOO_DEEP = gettext_noop("Its JSON is nested too deep.")

Said = Mapping[str, Any]
NOTHING: Said = {}


def object_in(content: bytes) -> Said:
    """The object that these bytes are. :raises Unreadable:"""
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except RecursionError as error:
        raise Unreadable(TOO_DEEP) from error
    except ValueError as error:
        raise Unreadable(NOT_JSON) from error
    if not isinstance(found, dict):
        raise Unreadable(NOT_AN_OBJECT)
    if depth_is_over(found, MAX_DEPTH):
        raise Unreadable(TOO_DEEP)
    return found


def depth_is_over(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def inner(said: Said, *names: str) -> Said:
    """The object in the object; an empty one when it is not there."""
    for name in names:
        found = said.get(name)
        if not isinstance(found, dict):
            return NOTHING
        said = found
    return said


def objects(said: Said, name: str) -> Iterator[Said]:
    """The objects of a list, what is none left out."""
    found = said.get(name)
    yield from (each for each in (found[:LIST] if isinstance(found, list) else ()) if isinstance(each, dict))


def line(said: Said, name: str, *, max_chars: int = 200) -> str:
    """A text or a number as one line, cut to size; empty when it is something else."""
    found = said.get(name)
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 10**30:
        found = str(found)
    return normalise_line(found, max_chars=max_chars) if isinstance(found, str) else ""


def text(said: Said, name: str) -> str:
    """A text with its lines, cut where nobody reads on; empty when it is something else."""
    found = said.get(name)
    if not isinstance(found, str):
        return ""
    try:
        return normalise(found).strip()
    except TooLong:
        return normalise(found[: MAX_CHARS // 2], max_chars=MAX_CHARS * 20)[:MAX_CHARS].strip()


def is_cut(said: Said, name: str) -> bool:
    """Whether `text` leaves something out."""
    found = said.get(name)
    return isinstance(found, str) and len(found) > MAX_CHARS


def number(said: Said, name: str) -> int | None:
    """A whole number, also one written as text; None when it is something else."""
    found = said.get(name)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 20:
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def decimal(said: Said, name: str) -> float | None:
    """A number with a point, finite; None when it is something else."""
    found = said.get(name)
    is_number = isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < 1e15
    return float(found) if is_number else None  # type: ignore[arg-type]


def moment(said: Said, name: str) -> datetime | None:
    """A time, as seconds since 1970 or as ISO 8601 with its zone; None when it is something else."""
    seconds = number(said, name)
    found = said.get(name)
    try:
        if seconds is not None:
            at = datetime.fromtimestamp(seconds, UTC)
        elif isinstance(found, str):
            at = datetime.fromisoformat(found.strip()[:40])
        else:
            return None
        return at.astimezone(UTC) if at.tzinfo is not None and at.year in YEARS else None
    except (ValueError, OverflowError, OSError):
        return None


def read_each(
    raws: Sequence[Raw], door: Door, read: Callable[[bytes, Door], Sequence[Arrival]]
) -> list[Sequence[Arrival] | Unreadable]:
    """What each says, read alone: one that cannot be read stands in its place as Unreadable."""
    found: list[Sequence[Arrival] | Unreadable] = []
    for raw in raws:
        try:
            found.append(read(raw.content, door))
        except Unreadable as error:
            found.append(error)
    return found
