"""A reply was written: deliver it."""

from datetime import datetime, timedelta
from uuid import UUID

from ascolto.channels.delivery import TO_DELIVER, waits_for
from ascolto.channels.jobs import mail_reply_later
from ascolto.conversations.events import ReplyWritten
from ascolto.conversations.models import Message
from ascolto.eventlog.event import Recorded
from ascolto.eventlog.reaction import Reactions
from ascolto.jobs.enqueue import enqueue


def send_by_mail(recorded: Recorded) -> None:
    fact = recorded.event
    assert isinstance(fact, ReplyWritten)
    message = Message.objects.select_related("conversation__inbox").filter(pk=fact.message).first()
    wait = waits_for(message) if message else None
    if message is not None and wait is not None:
        queue(message, wait, recorded.at)


def queue(message: Message, wait: timedelta, at: datetime) -> None:
    """Have a reply mailed after `wait`. Twice is once: the job's key is the message."""
    if not wait:
        Message.objects.filter(pk=message.pk, delivery=Message.Delivery.LIVE).update(delivery=Message.Delivery.QUEUED)
    enqueue(
        mail_reply_later,
        now=at,
        run_at=at + wait,
        key=str(message.pk),
        message_id=str(message.pk),
        since=(at + wait).isoformat(),
    )


def queue_unread(*, conversation_id: UUID, at: datetime) -> int:
    """
    A customer has left an address: have the replies that they have not read mailed to it; how many wait for that.

    Twice is once.
    """
    rows = Message.objects.filter(conversation_id=conversation_id, visibility=Message.Visibility.PUBLIC, delivery__in=TO_DELIVER)
    waiting = list(rows.exclude(author_kind=Message.Author.CUSTOMER).select_related("conversation__inbox").order_by("at", "id"))
    for message in waiting:
        if (wait := waits_for(message)) is not None:
            queue(message, wait, at)
    return len(waiting)


REACTIONS = Reactions("channels", {ReplyWritten: send_by_mail})
