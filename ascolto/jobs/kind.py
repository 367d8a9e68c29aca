"""What a kind of job is: a name, how often it is tried, and a thin function."""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

TAKEN_NAMES = {"key", "run_at", "now"}  # what enqueue itself is told


class TryLater(Exception):
    """Raised by a job: not now, for a reason that passes; it counts as one of its attempts."""

    def __init__(self, after: timedelta, reason: str) -> None:
        super().__init__(reason)
        self.after = after
        self.reason = reason


class GiveUp(Exception):
    """Raised by a job: it will never work; it is kept as failed, with the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class JobKind:
    """A registered kind of job."""

    name: str
    attempts: int
    function: Callable[..., None]

    def run(self, arguments: Mapping[str, Any], *, now: datetime) -> None:
        """Call the function with the arguments it knows (an older or newer version may have written others)."""
        known = inspect.signature(self.function).parameters
        self.function(**{name: value for name, value in {**arguments, "now": now}.items() if name in known})


KINDS: dict[str, JobKind] = {}


def job(name: str, *, attempts: int = 8) -> Callable[[Callable[..., None]], JobKind]:
    """
    Decorator that makes a thin function a kind of job, to be handed to `enqueue`.

    Its arguments are keyword-only ids and plain values; one called `now` is the time of this attempt, UTC. It may run
    twice and late. :raises ValueError: the name is taken, or an argument has a name that enqueue needs itself
    """

    def register(function: Callable[..., None]) -> JobKind:
        if name in KINDS:
            raise ValueError(f"two kinds of job are called {name}")
        refuse_odd_arguments(name, function)
        KINDS[name] = JobKind(name, attempts, function)
        return KINDS[name]

    return register


def refuse_odd_arguments(name: str, function: Callable[..., None]) -> None:
    for argument in inspect.signature(function).parameters.values():
        if argument.kind is not argument.KEYWORD_ONLY:
            raise ValueError(f"{name}: write a * before {argument.name}, a job is called by keyword alone")
        if argument.name in TAKEN_NAMES - {"now"}:
            raise ValueError(f"{name}: an argument cannot be called {argument.name}")


def plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as JSON values, ids as text. :raises TypeError: something is not plain"""
    values = {name: str(value) if isinstance(value, UUID) else value for name, value in arguments.items()}
    json.dumps(values)
    return values
