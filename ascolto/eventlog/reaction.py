"""What a reaction is: a consumer's name, the event classes it listens to, and functions that may run twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ascolto.eventlog.event import Event, Recorded

React = Callable[[Recorded], None]


@dataclass(frozen=True)
class Reactions:
    """
    A consumer: fed in order from its own durable cursor, at least once, in batches of one transaction.

    `one_by_one`: a transaction for each event. Whoever appends holds the log until its transaction ends, so a reaction
    that locks something and appends may not go on to lock the next thing: someone who holds that may wait for the log.
    Each function may run twice and late: it uses the event's time and asks the database whether its work is done.
    """

    consumer: str
    table: Mapping[type[Event], React]
    one_by_one: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted(event_class.kind for event_class in self.table))

    def react(self, recorded: Recorded) -> None:
        """Run what this consumer does about the event; nothing when it does not listen to that kind."""
        if function := self.table.get(type(recorded.event)):
            function(recorded)
