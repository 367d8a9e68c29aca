"""Tell who wrote by mail that it arrived, where the inbox wants that: always the same words, never theirs (threat D8)."""

from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.channels.connect import door_of
from ascolto.channels.contract import Door, Never, OutboundMessage
from ascolto.channels.models import Channel, MessageId, Thread
from ascolto.channels.outbound import desk_name, language_of, mail_domain, new_mail_id
from ascolto.channels.pace import take_turn
from ascolto.channels.registry import KINDS
from ascolto.channels.unsubscribe import unsubscribe_url
from ascolto.conversations.models import Conversation, Inbox, Message
from ascolto.people.models import Address


def wants_it(inbox: UUID) -> bool:
    """Whether senders to this inbox are told."""
    return Channel.objects.filter(pk=inbox, inbox__kind=Inbox.Kind.EMAIL, settings__acknowledge=True).exists()


def may_be_told(*, conversation_id: UUID, at: datetime) -> bool:
    """
    Whether the sender of this conversation's first mail is to be told now; then their turn is taken.

    Never a machine (threat J1), and a mailbox once a day, since anybody can write a From (D8).
    """
    thread = Thread.objects.filter(conversation=conversation_id, is_main=True, kind=Address.Kind.EMAIL).first()
    wrote = Message.objects.filter(conversation=conversation_id, author_kind=Message.Author.CUSTOMER, is_automatic=False)
    if thread is None or not wrote.exists():
        return False
    is_proven = Address.objects.filter(kind=Address.Kind.EMAIL, value=thread.address, proven_at__isnull=False).exists()
    return take_turn(address=thread.address, kind="acknowledgement", at=at, is_proven=is_proven)


def acknowledge_mail(*, conversation_id: UUID, mail_id: str, asked_at: datetime) -> bool:
    """
    Send it; whether it went. Twice sends the same mail twice.

    :param mail_id: the same at every attempt
    :raises contract.TryLater: the mail server does not take it now
    """
    rows = Thread.objects.filter(conversation=conversation_id, is_main=True)
    thread = rows.select_related("inbox", "conversation__customer", "conversation__inbox").first()
    if thread is None or thread.inbox.kind not in KINDS:
        return False
    door = door_of(thread.inbox)
    try:
        KINDS[thread.inbox.kind].send(letter(thread, door, mail_id, asked_at), door)
    except Never:
        return False  # the address does not exist; what was written stands in the inbox all the same
    return True


def letter(thread: Thread, door: Door, mail_id: str, asked_at: datetime) -> OutboundMessage:
    conversation = thread.conversation
    names = {"desk": desk_name(), "number": conversation.number}
    language = language_of(conversation)
    with translation.override(language):
        return OutboundMessage(
            id=thread.id,
            conversation=conversation.id,
            number=conversation.number,
            to=thread.address,
            to_name="",  # what they call themselves is their words, and anybody can write it
            author="",
            subject=_("%(desk)s: request #%(number)s has arrived") % names,
            text=_(
                "Your e-mail to %(desk)s has arrived. The request has the number #%(number)s; a person will read it and answer."
                " If you wish to add something, answer this e-mail."
            )
            % names,
            at=asked_at,
            language=language,
            mail_id=mail_id,
            answers_to=first_ids(conversation),
            unsubscribe_url=way_out(thread),
            is_automatic=True,
        )


def first_ids(conversation: Conversation) -> list[str]:
    rows = MessageId.objects.filter(message__conversation=conversation).order_by("message__at")
    return list(rows.values_list("value", flat=True)[:1])


def way_out(thread: Thread) -> str:
    """Where its reader says: no more of these. Empty when the address is not on record."""
    address = Address.objects.filter(customer=thread.conversation.customer_id, value=thread.address).first()
    return unsubscribe_url(address) if address else ""


def acknowledgement_id(inbox: Inbox) -> str:
    """A Message-ID for it, fixed before the first attempt."""
    return new_mail_id(mail_domain(inbox))
