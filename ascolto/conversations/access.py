"""The only way to get a conversation for someone; what they may not see is as if it were not there."""

from uuid import UUID

from django.db.models import Q, QuerySet

from ascolto.accounts.models import User
from ascolto.conversations.models import Conversation, Inbox


class NotFound(Exception):
    """No such conversation, or not for this person: the two look the same."""


def visible_inboxes(user: User) -> QuerySet[Inbox]:
    """The inboxes whose conversations this person may see: all for admins, else those without teams and those of their teams."""
    if not user.is_active:
        return Inbox.objects.none()
    if user.is_admin:
        return Inbox.objects.all()
    return Inbox.objects.filter(Q(teams__isnull=True) | Q(teams__members=user)).distinct()


def visible_inbox_ids(user: User) -> frozenset[UUID]:
    """The same as ids, read anew each time (one small query)."""
    return frozenset(visible_inboxes(user).values_list("id", flat=True))


def visible_to(user: User) -> QuerySet[Conversation]:
    """All conversations that this person may see. Every list, search, count and stream starts from here."""
    if user.is_active and user.is_admin:
        return Conversation.objects.all()
    return Conversation.objects.filter(inbox_id__in=visible_inbox_ids(user))


def conversation_for(user: User, number: int) -> Conversation:
    """The conversation with this public number. :raises NotFound:"""
    found = visible_to(user).filter(number=number).select_related("inbox", "customer", "assignee", "team").first()
    if found is None:
        raise NotFound
    return found


def may_see(user: User, conversation: Conversation) -> bool:
    """Whether this person may see this conversation."""
    return conversation.inbox_id in visible_inbox_ids(user)
