"""Events made by hand, for tests that need no database."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from ascolto.eventlog.event import Actor, Event, Recorded

INBOX, OTHER_INBOX, CUSTOMER = uuid4(), uuid4(), uuid4()


@dataclass(frozen=True, kw_only=True)
class Said(Event):
    """Stands for any fact of a conversation; not registered, so that the product's kinds stay its own."""

    kind: ClassVar[str] = "conversation.reply_written"
    inbox: UUID = INBOX
    customer: UUID = CUSTOMER
    number: int = 7
    message: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Noted(Said):
    kind: ClassVar[str] = "conversation.note_written"


def recorded(position: int, event: Event | None = None) -> Recorded:
    return Recorded(
        position=position,
        id=uuid4(),
        at=datetime(2026, 11, 18, 11, 0, tzinfo=UTC),
        event=event or Said(subject=uuid4(), actor=Actor("agent", "1")),
    )
