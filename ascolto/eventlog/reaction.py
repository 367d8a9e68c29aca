"""What a reaction is: a consumer's name, the event classes it listens to, and functions that may run twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ascolto.eventlog.event import Event, Recorded

React = Callable[[Recorded], None]
Prepare = Callable[[Sequence[Recorded]], Callable[[], None]]


@dataclass(frozen=True)
class Reactions:
    """
    A consumer: fed in order from its own durable cursor, at least once, in batches of one transaction.

    `one_by_one`: a transaction for each event. Whoever appends holds the log until its transaction ends, so a reaction
    that locks something and appends may not go on to lock the next thing: someone who holds that may wait for the log.
    `prepare`: for a consumer that works long on what it writes little of. It is given a batch outside any transaction, reads
    and works out; what it returns is called in the transaction, for all of the batch, in place of the table's functions.
    Each function may run twice and late: it uses the event's time and asks the database whether its work is done.
    """

    consumer: str
    table: Mapping[type[Event], React]
    one_by_one: bool = False
    prepare: Prepare | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted(event_class.kind for event_class in self.table))

    def react(self, recorded: Recorded) -> None:
        """Run what this consumer does about the event; nothing when it does not listen to that kind."""
        if function := self.table.get(type(recorded.event)):
            function(recorded)
