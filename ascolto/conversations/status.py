"""Whose turn it is: resolve, reopen, wait."""

from datetime import datetime

from django.db import transaction

from ascolto.conversations.assign import touch
from ascolto.conversations.events import ConversationResolved, StatusSet
from ascolto.conversations.models import Conversation, Episode
from ascolto.conversations.receive import about, reopen
from ascolto.conversations.reply import lock
from ascolto.eventlog.append import append
from ascolto.eventlog.event import Actor

Status = Conversation.Status


@transaction.atomic
def resolve(*, conversation: Conversation, by: Actor, at: datetime) -> Conversation:
    """End the episode and record ConversationResolved. Twice changes nothing. If the customer writes again it reopens."""
    locked = lock(conversation)
    if locked.status == Status.RESOLVED:
        return locked
    episode = Episode.objects.get(conversation=locked, resolved_at=None)
    episode.resolved_at = at
    episode.save(update_fields=["resolved_at"])
    locked.status, locked.is_active, locked.waiting_since = Status.RESOLVED, False, None
    touch(locked, at, "status", "is_active", "waiting_since")
    append(ConversationResolved(episode=episode.number, actor=by, **about(locked)), at=at)
    return locked


@transaction.atomic
def set_turn(*, conversation: Conversation, status: str, by: Actor, at: datetime) -> Conversation:
    """
    Say whose turn it is: `open` (ours) or `waiting` (the customer's); a resolved conversation is reopened by it.

    Records StatusSet, or ConversationReopened. Twice changes nothing.
    :raises ValueError: for any other status
    """
    if status not in (Status.OPEN, Status.WAITING):
        raise ValueError(status)
    locked = lock(conversation)
    if locked.status == status:
        return locked
    was_resolved = locked.status == Status.RESOLVED
    locked.status, locked.is_active = Status(status), True
    locked.waiting_since = at if status == Status.OPEN and locked.waiting_since is None else None
    touch(locked, at, "status", "is_active", "waiting_since")
    if was_resolved:
        append(reopen(locked, at, by), at=at)
    else:
        append(StatusSet(status=status, actor=by, **about(locked)), at=at)
    return locked
