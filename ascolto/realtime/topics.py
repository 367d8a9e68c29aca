"""Which topics an event belongs to; pure. Listeners name the topics they may hear exactly, there are no patterns (threat O3)."""

from typing import Any
from uuid import UUID

from ascolto.eventlog.event import Event, Recorded, UnknownEvent

EVERYTHING = "log"  # the whole log: API tokens that are not narrowed to inboxes

# What a customer hears of their own conversations. Notes, tags, priority and turns are the desk's own business.
HEARD_BY_CUSTOMER = frozenset(
    {
        "conversation.message_received",
        "conversation.reply_written",
        "conversation.resolved",
        "conversation.reopened",
        "conversation.assigned",
        "message.read",
        "survey.invited",
    }
)


def inbox_topic(inbox: UUID | str) -> str:
    """What happens in an inbox, for the colleagues who see it."""
    return f"inbox:{inbox}"


def customer_topic(customer: UUID | str) -> str:
    """What a customer hears."""
    return f"customer:{customer}"


def topics_of(recorded: Recorded) -> tuple[str, ...]:
    """Every topic that this event belongs to."""
    event = recorded.event
    topics = [EVERYTHING]
    if inbox := fact(event, "inbox"):
        topics.append(inbox_topic(inbox))
    if (customer := fact(event, "customer")) and kind_of(event) in HEARD_BY_CUSTOMER:
        topics.append(customer_topic(customer))
    return tuple(topics)


def kind_of(event: Event) -> str:
    return event.kind_as_written if isinstance(event, UnknownEvent) else event.kind


def fact(event: Event, name: str) -> Any:
    """One of the event's own facts; None when it has none of that name."""
    return event.facts_as_written.get(name) if isinstance(event, UnknownEvent) else getattr(event, name, None)
