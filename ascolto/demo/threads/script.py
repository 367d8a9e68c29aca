"""What a scripted conversation is."""

from dataclasses import dataclass
from typing import Literal

Who = Literal["customer", "agent", "note"]


@dataclass(frozen=True)
class Line:
    """One message: who says it, how many minutes after the one before, and what."""

    who: Who
    after_min: int
    text: str
    file: str = ""  # the name of a picture that comes with it


@dataclass(frozen=True, kw_only=True)
class Script:
    """A conversation that may happen several times, with other names, orders and days."""

    topic: str
    language: Literal["it", "en"]
    openings: tuple[str, ...]  # the first message, one of these
    lines: tuple[Line, ...]
    csat: tuple[int, ...]  # what customers of such a conversation answer, one of these
    effort: tuple[int, ...]  # 1 much less than I thought … 5 much more
    why: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    share: int = 1  # how often it happens beside the others
    file: str = ""  # a picture that comes with the first message


def customer(after_min: int, text: str, file: str = "") -> Line:
    return Line("customer", after_min, text, file)


def agent(after_min: int, text: str) -> Line:
    return Line("agent", after_min, text)


def note(after_min: int, text: str) -> Line:
    return Line("note", after_min, text)
