"""Note that the questions stood on a customer's screen."""

from datetime import datetime
from uuid import UUID

from ascolto.surveys.models import Invitation


def mark_displayed(*, conversation_id: UUID, customer_id: UUID, at: datetime) -> bool:
    """
    The customer has the open questions of this conversation before them: no letter needs to bring them. Twice is once.

    :returns: whether that was news
    """
    rows = Invitation.objects.filter(
        conversation_id=conversation_id, customer_id=customer_id, displayed_at=None, invited_at__lte=at, expires_at__gt=at
    )
    return bool(rows.update(displayed_at=at))
