"""Have replies mailed later, by a job for each."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.channels.delivery import TO_DELIVER, desk_language, waits_for
from ascolto.channels.jobs import mail_reply_later
from ascolto.conversations.events import MessageFailed
from ascolto.conversations.models import Message
from ascolto.conversations.receive import about
from ascolto.eventlog.append import append_many
from ascolto.jobs.enqueue import enqueue


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


def queue_unread(*, customer_id: UUID, at: datetime) -> int:
    """
    A customer has left an address: have the replies that they have not read mailed to it; how many wait for that.

    Twice is once.
    """
    rows = Message.objects.filter(
        conversation__customer_id=customer_id, visibility=Message.Visibility.PUBLIC, delivery__in=TO_DELIVER
    )
    waiting = list(rows.exclude(author_kind=Message.Author.CUSTOMER).select_related("conversation__inbox").order_by("at", "id"))
    for message in waiting:
        if (wait := waits_for(message)) is not None:
            queue(message, wait, at)
    return len(waiting)


@transaction.atomic
def fail_without_address(message: Message, at: datetime) -> None:
    """A reply to somebody of whom no address is known goes nowhere, and says so. Twice is once."""
    with translation.override(desk_language()):
        words = _("Not sent: no address of this customer is known.")
    rows = Message.objects.filter(pk=message.pk, delivery__in=TO_DELIVER)
    if rows.update(delivery=Message.Delivery.FAILED, delivery_note=words):
        append_many([(MessageFailed(message=message.pk, **about(message.conversation)), at)])
