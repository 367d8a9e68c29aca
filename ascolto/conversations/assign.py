"""Who holds a conversation, and which team; the fact, not the choice."""

from datetime import datetime

from django.db import transaction

from ascolto.accounts.models import User
from ascolto.conversations.access import may_see
from ascolto.conversations.events import ConversationAssigned
from ascolto.conversations.models import Conversation
from ascolto.conversations.receive import about
from ascolto.conversations.reply import lock
from ascolto.eventlog.append import append
from ascolto.eventlog.event import Actor
from ascolto.people.models import Team


class MayNotHold(Exception):
    """That person is not active, or may not see this conversation's inbox."""


@transaction.atomic
def assign(*, conversation: Conversation, to: User | None, by: Actor, at: datetime) -> Conversation:
    """
    Give the conversation to a person, or to nobody, and record ConversationAssigned. Twice changes nothing.

    :raises MayNotHold: the person is inactive or may not see it
    """
    locked = lock(conversation)
    if to is not None and not (to.is_active and may_see(to, locked)):
        raise MayNotHold
    if locked.assignee_id == (to.id if to else None):
        return locked
    previous, locked.assignee = locked.assignee_id, to
    touch(locked, at, "assignee")
    append(
        ConversationAssigned(
            assignee=locked.assignee_id,
            team=locked.team_id,
            previous_assignee=previous,
            actor=by,
            **about(locked),
        ),
        at=at,
    )
    return locked


@transaction.atomic
def assign_team(*, conversation: Conversation, to: Team | None, by: Actor, at: datetime) -> Conversation:
    """Give the conversation to a team, or to none, and record ConversationAssigned. Twice changes nothing."""
    locked = lock(conversation)
    if locked.team_id == (to.id if to else None):
        return locked
    locked.team = to
    touch(locked, at, "team")
    append(
        ConversationAssigned(
            assignee=locked.assignee_id,
            team=locked.team_id,
            previous_assignee=locked.assignee_id,
            actor=by,
            **about(locked),
        ),
        at=at,
    )
    return locked


def touch(conversation: Conversation, at: datetime, *fields: str) -> None:
    """Save the named fields as the next version."""
    conversation.updated_at = at
    conversation.version += 1
    conversation.save(update_fields=[*fields, "updated_at", "version"])
