"""What an event is: a frozen typed fact with a kind, a version and its sentence for people."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Literal, get_type_hints
from uuid import UUID

from django.utils.functional import Promise

ActorKind = Literal["agent", "customer", "bot", "system", "token"]


@dataclass(frozen=True)
class Actor:
    """Who did it: a kind and, where there is one, the id of the row."""

    kind: ActorKind
    id: str = ""


SYSTEM = Actor("system")


@dataclass(frozen=True, kw_only=True)
class Event:
    """
    A fact that happened. Subclasses add fields of plain small types (str, int, bool, UUID, None, tuples of these).

    Never message text, names or addresses: the log only grows, and a person may ask to be forgotten.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    sentence: ClassVar[str | Promise]  # gettext_lazy, with %(actor)s where someone acted

    subject: UUID  # what it happened to, nearly always the conversation
    actor: Actor = SYSTEM

    def facts(self) -> dict[str, Any]:
        """The subclass's own fields as JSON values."""
        return {name: plain(getattr(self, name)) for name in own_fields(type(self))}


_OWN_FIELDS: dict[type[Event], tuple[str, ...]] = {}


def own_fields(event_class: type[Event]) -> tuple[str, ...]:
    if event_class not in _OWN_FIELDS:
        _OWN_FIELDS[event_class] = tuple(item.name for item in fields(event_class) if item.name not in ("subject", "actor"))
    return _OWN_FIELDS[event_class]


def plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"an event holds small plain facts, not {type(value).__name__}")


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """An event as it stands in the log: its position, its own id, when it happened, and the typed fact."""

    position: int
    id: UUID
    at: datetime
    event: Event


KINDS: dict[str, type[Event]] = {}


def kind(name: str) -> Callable[[type[Event]], type[Event]]:
    """Class decorator that gives an event class its dotted, past-tense kind; one class per kind."""

    def register(event_class: Any) -> Any:
        if name in KINDS:
            raise ValueError(f"two events are called {name}")
        event_class.kind = name
        KINDS[name] = event_class
        return event_class

    return register


@dataclass(frozen=True, kw_only=True)
class UnknownEvent(Event):
    """An event of a kind that this version does not know (written by a later one); kept and passed on as it is."""

    kind_as_written: str
    facts_as_written: dict[str, Any]

    def facts(self) -> dict[str, Any]:
        return self.facts_as_written


def revive(kind_name: str, subject: UUID, actor: Actor, facts: dict[str, Any]) -> Event:
    """The typed event from its stored parts; fields that later versions dropped are ignored."""
    event_class = KINDS.get(kind_name)
    if event_class is None:
        return UnknownEvent(subject=subject, actor=actor, kind_as_written=kind_name, facts_as_written=facts)
    hints = type_hints(event_class)
    known = {name: restore(value, hints[name]) for name, value in facts.items() if name in hints}
    return event_class(subject=subject, actor=actor, **known)


_HINTS: dict[type[Event], dict[str, Any]] = {}


def type_hints(event_class: type[Event]) -> dict[str, Any]:
    if event_class not in _HINTS:
        _HINTS[event_class] = get_type_hints(event_class)
    return _HINTS[event_class]


def restore(value: Any, hint: Any) -> Any:
    if value is None:
        return None
    if hint is UUID or UUID in getattr(hint, "__args__", ()):
        return tuple(UUID(part) for part in value) if isinstance(value, list) else UUID(value)
    return tuple(value) if isinstance(value, list) else value


__all__ = ["KINDS", "SYSTEM", "Actor", "Event", "Recorded", "UnknownEvent", "kind", "revive"]
