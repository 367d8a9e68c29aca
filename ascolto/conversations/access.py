"""The only way to get a conversation for someone; what they may not see is as if it were not there."""

from uuid import UUID

from django.db.models import Q, QuerySet

from ascolto.accounts.models import User
from ascolto.conversations.models import Attachment, Conversation, Inbox, Message


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


def own_conversation(*, customer: UUID | None, inbox: UUID, conversation: UUID) -> Conversation:
    """A customer's own conversation at one inbox. :raises NotFound: someone else's, or none"""
    found = Conversation.objects.filter(pk=conversation, inbox=inbox, customer=customer).first() if customer else None
    if found is None:
        raise NotFound
    return found


def own_conversations(*, customer: UUID, inbox: UUID, limit: int) -> list[Conversation]:
    """A customer's conversations at one inbox, last message first. One query."""
    return list(Conversation.objects.filter(customer=customer, inbox=inbox).order_by("-last_message_at")[:limit])


def own_messages_with(*, customer: UUID, inbox: UUID, file: UUID) -> list[Message]:
    """The public messages of a customer's conversations at one inbox that carry this file."""
    rows = Message.objects.filter(
        attachments__file=file,
        conversation__customer=customer,
        conversation__inbox=inbox,
        visibility=Message.Visibility.PUBLIC,
    )
    return list(rows)


def attachment_of(conversation: Conversation, attachment: UUID, *, internal: bool) -> Attachment:
    """A file of this conversation; those of notes only with `internal`. :raises NotFound:"""
    rows = Attachment.objects.filter(pk=attachment, message__conversation=conversation)
    if not internal:
        rows = rows.filter(message__visibility=Message.Visibility.PUBLIC)
    found = rows.select_related("file").first()
    if found is None:
        raise NotFound
    return found


def message_of(conversation: Conversation, message: UUID) -> Message:
    """A message of this conversation, note or not. :raises NotFound:"""
    found = Message.objects.filter(pk=message, conversation=conversation).first()
    if found is None:
        raise NotFound
    return found


def whereabouts(number: int) -> tuple[UUID, UUID, UUID] | None:
    """A conversation's id, inbox and customer by its number, for a caller that asks about rights itself."""
    return Conversation.objects.filter(number=number).values_list("id", "inbox_id", "customer_id").first()
