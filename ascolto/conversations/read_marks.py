"""How far agents and customers have read."""

from datetime import datetime

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
def mark_seen_by_customer(*, conversation: Conversation, at: datetime) -> bool:
    """
    The customer has read our replies up to `at`; records MessagesRead when that was news. Twice is once.

    :returns: whether it was news
    """
    moved = (
        Conversation.objects.filter(pk=conversation.pk)
        .filter(Q(customer_seen_at__isnull=True) | Q(customer_seen_at__lt=at))
        .update(customer_seen_at=at)
    )
    news = (
        Message.objects.filter(
            conversation=conversation, visibility="public", delivery__in=["live", "queued", "sent"], at__lte=at
        )
        .exclude(author_kind=Message.Author.CUSTOMER)
        .update(delivery=Message.Delivery.READ)
        if moved
        else 0
    )
    if news:
        append(MessagesRead(actor=Actor("customer", str(conversation.customer_id)), **about(conversation)), at=at)
    return bool(news)
