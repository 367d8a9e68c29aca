"""What a provider says became of a message of ours; states only ever go forward, in whatever order they come (threat H6)."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.channels.contract import Receipt
from ascolto.channels.models import Delivery, EarlyReceipt
from ascolto.channels.outbound import desk_language
from ascolto.conversations.events import MessageDelivered, MessageFailed, MessageSent, MessagesRead
from ascolto.conversations.models import Inbox, Message
from ascolto.conversations.receive import about
from ascolto.eventlog.append import append_many
from ascolto.people.models import Address

State = Delivery.State
ORDER = {State.QUEUED: 0, State.SENDING: 1, State.SENT: 2, State.FAILED: 3, State.DELIVERED: 4, State.READ: 5}
FACTS: dict[str, type[MessageSent | MessageDelivered | MessagesRead | MessageFailed]] = {
    "sent": MessageSent,
    "delivered": MessageDelivered,
    "read": MessagesRead,
    "failed": MessageFailed,
}


def take(inbox: Inbox, receipt: Receipt, *, now: datetime) -> None:
    """
    Note what became of a message, in the caller's transaction. Twice is once; an earlier state after a later one is nothing.

    One that we do not know by that name yet is kept until we do.
    """
    deliveries = meant(inbox, receipt)
    if not deliveries:
        early = {**asdict(receipt), "at": receipt.at.isoformat() if receipt.at else None}
        EarlyReceipt.objects.create(inbox=inbox, provider_id=receipt.id[:200], receipt=early, at=now)
    for delivery in deliveries:
        apply(delivery, receipt, now=now)


def apply(delivery: Delivery, receipt: Receipt, *, now: datetime) -> None:
    move(delivery, receipt.state, at=receipt.at or now, note=words_of(receipt), now=now)
    is_about_it = receipt.to.lower() in ("", delivery.to)  # a report about somebody else says nothing of this address
    if receipt.is_for_good and receipt.state == "failed" and is_about_it:
        mark_undeliverable(delivery, receipt, now)


def words_of(receipt: Receipt) -> str:
    """What a colleague reads about it, and what to do, in the desk's language."""
    with translation.override(desk_language()):
        reason = _(receipt.reason.strip())[:180] if receipt.reason.strip() else ""
        if receipt.state != "failed" or not reason:
            return reason
        reason = reason if reason.endswith(".") else f"{reason}."
        if receipt.is_for_good:
            return _("Not delivered. %(reason)s Ask the customer for another address.") % {"reason": reason}
        return _("Not delivered. %(reason)s Try again later, or reach the customer another way.") % {"reason": reason}


def meant(inbox: Inbox, receipt: Receipt) -> list[Delivery]:
    """The deliveries that a receipt is about: by the provider's id here, or by our own Message-ID anywhere."""
    rows = Delivery.objects.select_related("message__conversation")
    found = list(rows.filter(inbox=inbox, provider_id=receipt.id[:200])) if receipt.id else []
    if not found and receipt.id.startswith("<"):
        found = list(rows.filter(message__mail_id=receipt.id))
    if receipt.to and len(found) > 1:
        found = [each for each in found if each.to == receipt.to.lower()] or found
    return found


def take_early(delivery: Delivery, *, now: datetime) -> None:
    """Look at what came about this message before we knew its name; in the caller's transaction."""
    rows = list(EarlyReceipt.objects.filter(inbox_id=delivery.inbox_id, provider_id=delivery.provider_id).order_by("at", "pk"))
    for row in rows:
        found: dict[str, Any] = row.receipt
        if "state" not in found:
            continue
        receipt = Receipt(**{**found, "at": datetime.fromisoformat(found["at"]) if found.get("at") else row.at})
        apply(delivery, receipt, now=now)
    EarlyReceipt.objects.filter(pk__in=[row.pk for row in rows]).delete()


def move(delivery: Delivery, state: str, *, at: datetime, note: str = "", now: datetime) -> bool:
    """Bring a delivery to a later state and its message with it; whether it moved. :param at: as the provider says, UTC"""
    if ORDER[State(state)] <= ORDER[State(delivery.state)]:
        note_delay(delivery, state, note)
        return False
    before, delivery.state, delivery.note = delivery.state, State(state), note[:300]
    setattr(delivery, f"{state}_at", at)
    changed = Delivery.objects.filter(pk=delivery.pk, state=before).update(
        state=delivery.state, note=delivery.note, **{f"{state}_at": at}
    )
    if not changed:
        return False
    message = delivery.message
    # Who has read it in the messenger has read it, whatever a mail server says afterwards.
    unread = Message.objects.filter(pk=message.pk).exclude(delivery=Message.Delivery.READ)
    if unread.update(delivery=shown_state(message), delivery_note=delivery.note):
        append_many([(FACTS[state](message=message.pk, **about(message.conversation)), now)])
    return True


def note_delay(delivery: Delivery, state: str, note: str) -> None:
    """A server on the way says that it is still trying: that is told, and nothing else changes."""
    if note and state == State.SENT == delivery.state:
        Delivery.objects.filter(pk=delivery.pk, state=State.SENT).update(note=note[:300])
        Message.objects.filter(pk=delivery.message_id, delivery=Message.Delivery.SENT).update(delivery_note=note[:300])


def shown_state(message: Message) -> str:
    """Of a reply to several the worst: failed before waiting before sent before read."""
    states = {State(each) for each in Delivery.objects.filter(message=message).values_list("state", flat=True)}
    if State.FAILED in states:
        return Message.Delivery.FAILED
    last = min(states, key=lambda each: ORDER[each])
    return Message.Delivery.QUEUED if last == State.SENDING else last.value


def mark_undeliverable(delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    """The address itself does not work: its customer shows it, and nothing more is sent there by itself (threat J4)."""
    Address.objects.filter(
        customer_id=delivery.message.conversation.customer_id, value=delivery.to, undeliverable_since=None
    ).update(undeliverable_since=now, undeliverable_why=receipt.reason[:300])
