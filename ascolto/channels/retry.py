"""A person has a reply tried again that could not be delivered."""

from datetime import datetime, timedelta

from django.db import transaction

from ascolto.channels.attempts import ATTEMPTS
from ascolto.channels.delivery import DESK_MAIL, waits_for
from ascolto.channels.dispatch import route_of
from ascolto.channels.models import Delivery
from ascolto.channels.queue import fail_without_address, queue
from ascolto.channels.send_later import send_soon
from ascolto.conversations.models import Conversation, Message


@transaction.atomic
def retry(*, message: Message, at: datetime) -> bool:
    """
    Have a failed reply tried again, for another day if need be; whether there was something to try.

    Twice is once. It leaves as the same mail: who got it after all sees it once. Whoever calls has checked who asks.
    """
    Conversation.objects.select_for_update().get(pk=message.conversation_id)
    failed = Delivery.objects.filter(message=message, state=Delivery.State.FAILED)
    again = failed.update(
        state=Delivery.State.QUEUED, note="", queued_at=at, failed_at=None, attempts_left=ATTEMPTS, provider_id=""
    )
    rows = Message.objects.filter(pk=message.pk, delivery=Message.Delivery.FAILED)
    shown = rows.update(delivery=Message.Delivery.QUEUED, delivery_note="")
    if not again and not shown:
        return False
    thread = route_of(message.conversation_id)
    if thread is not None and not Delivery.objects.filter(message=message, kind=DESK_MAIL).exists():
        send_soon(conversation=message.conversation_id, at=at)
        return True
    message.refresh_from_db(fields=["delivery"])
    if waits_for(message) is None:
        fail_without_address(message, at)
    else:
        queue(message, timedelta(), at)
    return True
