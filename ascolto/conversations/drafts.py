"""Unsent words, kept as they are typed."""

from datetime import datetime

from ascolto.accounts.models import User
from ascolto.conversations.models import Conversation, Draft


def keep_draft(*, user: User, conversation: Conversation, text: str, is_note: bool, at: datetime) -> None:
    """Keep an agent's unsent words; empty words throw the draft away. Twice is once."""
    if not text.strip():
        Draft.objects.filter(user=user, conversation=conversation).delete()
        return
    Draft.objects.bulk_create(
        [Draft(user=user, conversation=conversation, text=text, is_note=is_note, updated_at=at)],
        update_conflicts=True,
        unique_fields=["user", "conversation"],
        update_fields=["text", "is_note", "updated_at"],
    )


def draft_of(user: User, conversation: Conversation) -> Draft | None:
    """The agent's unsent words here, if there are any."""
    return Draft.objects.filter(user=user, conversation=conversation).first()
