"""A customer who was asked how it went, and what they answered."""

from datetime import datetime, timedelta
from typing import Any


def ask(conversation: Any, *, at: datetime, shown: bool = True) -> Any:
    """An invitation about the one episode of a conversation."""
    from ascolto.conversations.models import Episode
    from ascolto.surveys.models import Invitation

    return Invitation.objects.create(
        episode=Episode.objects.get(conversation=conversation),
        conversation=conversation,
        customer=conversation.customer,
        channel="messenger",
        inbox=conversation.inbox,
        invited_at=at,
        expires_at=at + timedelta(days=14),
        displayed_at=at if shown else None,
    )


def answer(invitation: Any, *, at: datetime, **said: Any) -> Any:
    """Their answer, by the link."""
    from ascolto.surveys.models import Answer

    return Answer.objects.create(invitation=invitation, source="link", answered_at=at, **said)
