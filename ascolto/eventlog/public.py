"""Which events programs may read: those of the contract; sign-ins, tokens and roles are for the desk's own audit."""

from ascolto.eventlog.event import Recorded, UnknownEvent

PUBLIC = frozenset(
    {
        "article",
        "availability",
        "bot",
        "conversation",
        "customer",
        "idea",
        "message",
        "problem",
        "promise",
        "quality",
        "recovery",
        "survey",
    }
)


def kind_of(record: Recorded) -> str:
    """The event's kind, as it was written when this version does not know it."""
    return record.event.kind_as_written if isinstance(record.event, UnknownEvent) else record.event.kind


def is_public(kind: str) -> bool:
    """Whether the contract lists events of this sort for programs."""
    return kind.partition(".")[0] in PUBLIC
