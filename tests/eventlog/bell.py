"""Events of a bell; not registered unless a test asks, so that the product's own list of events stays its own."""

from dataclasses import dataclass

from ascolto.eventlog.event import Event


@dataclass(frozen=True, kw_only=True)
class BellRang(Event):
    kind = "bell.rang"
    sentence = "The bell rang"

    times: int


@dataclass(frozen=True, kw_only=True)
class BellPolished(Event):
    kind = "bell.polished"
    sentence = "The bell was polished"
