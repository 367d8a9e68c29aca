"""How far agents and customers have read."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from ascolto.accounts.models import User
from ascolto.conversations.events import MessagesRead
from ascolto.conversations.models import Conversation, Message, ReadMark
from ascolto.conversations.receive import about
from ascolto.eventlog.append import append
from ascolto.eventlog.event import Actor


def mark_read(*, user: User, conversation: Conversation, at: datetime) -> None:
    """An agent has read up to `at`; never moves back. Twice is once. No event: what one has read is one's own."""
    marks = ReadMark.objects.filter(user=user, conversation=conversation)
    if not marks.filter(at__lt=at).update(at=at):
        ReadMark.objects.bulk_create([ReadMark(user=user, conversation=conversation, at=at)], ignore_conflicts=True)


@transaction.atomic
def mark_seen_by_customer(*, conversation: Conversation, at: datetime, up_to: UUID | None = None) -> bool:
    """
    The customer has read our replies, and it is `at` now; records MessagesRead when that was news. Twice is once.

    :param up_to: the last message that was before them: what was written after it is not read (a message that is not
        here reads nothing); None: all that stands there
    :returns: whether it was news
    """
    until = at if up_to is None else moment_of(conversation, up_to)
    if until is None:
        return False
    moved = (
        Conversation.objects.filter(pk=conversation.pk)
        .filter(Q(customer_seen_at__isnull=True) | Q(customer_seen_at__lt=until))
        .update(customer_seen_at=until)
    )
    news = (
        Message.objects.filter(
            conversation=conversation, visibility="public", delivery__in=["live", "queued", "sent"], at__lte=until
        )
        .exclude(author_kind=Message.Author.CUSTOMER)
        .update(delivery=Message.Delivery.READ)
        if moved
        else 0
    )
    if news:
        append(MessagesRead(actor=Actor("customer", str(conversation.customer_id)), **about(conversation)), at=at)
    return bool(news)


def moment_of(conversation: Conversation, message: UUID) -> datetime | None:
    """When this public message of this conversation was written."""
    rows = Message.objects.filter(conversation=conversation, visibility=Message.Visibility.PUBLIC, pk=message)
    return rows.values_list("at", flat=True).first()
