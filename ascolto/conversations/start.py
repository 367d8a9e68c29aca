"""Open conversations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ascolto.conversations.events import ConversationStarted
from ascolto.conversations.models import Conversation, Episode
from ascolto.database.ids import new_id
from ascolto.database.insert import insert_many, insert_models
from ascolto.database.order import hold_order
from ascolto.eventlog.append import append_many
from ascolto.eventlog.event import SYSTEM, Actor
from ascolto.workspace.numbers import take_numbers


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a new conversation begins with; its first message is received separately, in the same transaction."""

    inbox: UUID
    customer: UUID
    at: datetime
    subject: str = ""
    language: str = ""
    external_id: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    by: Actor = SYSTEM


@transaction.atomic(savepoint=False)
def start_many(openings: Sequence[Opening]) -> list[Conversation]:
    """
    Start one conversation for each opening, numbered in their order, and record ConversationStarted.

    Twice starts twice: whoever calls has asked for the message's source first (channels/inbound.py).
    """
    hold_order()  # before the numbers: a door that met a customer first holds it already, and would wait for them
    first = take_numbers(len(openings))
    conversations = [
        Conversation(
            id=new_id(),
            number=first + index,
            inbox_id=opening.inbox,
            customer_id=opening.customer,
            subject=opening.subject[:200],
            language=opening.language,
            external_id=opening.external_id,
            attributes=opening.attributes,
            created_at=opening.at,
            updated_at=opening.at,
            last_message_at=opening.at,
        )
        for index, opening in enumerate(openings)
    ]
    insert_models(conversations)
    insert_many(Episode, ("conversation", "number", "opened_at"), [(each.id, 1, each.created_at) for each in conversations])
    append_many(
        [
            (
                ConversationStarted(
                    subject=each.id, inbox=each.inbox_id, customer=each.customer_id, number=each.number, actor=opening.by
                ),
                opening.at,
            )
            for each, opening in zip(conversations, openings, strict=True)
        ]
    )
    return conversations


def start(opening: Opening) -> Conversation:
    """Start one conversation. Twice starts twice."""
    return start_many([opening])[0]
