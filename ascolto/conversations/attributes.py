"""What other systems keep with a conversation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ascolto.conversations.assign import touch
from ascolto.conversations.models import Conversation
from ascolto.conversations.reply import lock


@transaction.atomic
def merge_attributes(*, conversation: Conversation, attributes: Mapping[str, Any], at: datetime) -> Conversation:
    """Set these attributes beside those that are there; None takes one away. Twice changes nothing."""
    locked = lock(conversation)
    merged = {name: value for name, value in {**locked.attributes, **attributes}.items() if value is not None}
    if merged == locked.attributes:
        return locked
    locked.attributes = merged
    touch(locked, at, "attributes")
    return locked
