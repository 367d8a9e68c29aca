"""A conversation turns out to be another customer's: theirs from the first word on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from ascolto.conversations.events import CustomerChanged
from ascolto.conversations.models import Conversation
from ascolto.conversations.receive import about
from ascolto.eventlog.append import append_many


@transaction.atomic
def change_customer(*, earlier: UUID, customer: UUID, at: datetime) -> int:
    """
    Give all conversations of one customer to another who is the same person, proven; how many there were. Twice is once.

    Links to a conversation's page go on working: they were sent to an address, not to a row of ours.
    """
    rows = list(Conversation.objects.select_for_update().filter(customer=earlier).order_by("id"))
    ids = [row.pk for row in rows]
    Conversation.objects.filter(pk__in=ids).update(customer=customer, updated_at=at, version=F("version") + 1)
    for row in rows:
        row.customer_id = customer
    if rows:
        append_many([(CustomerChanged(earlier=earlier, **about(row)), at) for row in rows])
    return len(rows)
