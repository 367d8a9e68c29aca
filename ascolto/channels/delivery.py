"""Replies go out by mail to customers who are not there to read them; says sent, try later or never, and why."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ascolto.channels import attempts, contract, health
from ascolto.channels.connect import door_of
from ascolto.channels.contract import Taken
from ascolto.channels.letters import BadAddress, Block, Letter, Said, Words, compose
from ascolto.channels.letters import Way as Link
from ascolto.channels.models import Channel, Delivery, Thread
from ascolto.channels.outbound import (
    NAMED_EARLIER,
    Way,
    desk_language,
    desk_name,
    language_of,
    mail_domain,
    new_mail_id,
    outbound,
    page_link,
)
from ascolto.channels.registry import KINDS
from ascolto.channels.reply_inbox import reply_inbox_of
from ascolto.conversations.models import Conversation, Inbox, Message
from ascolto.database.ids import new_id
from ascolto.egress import mail
from ascolto.people.models import Address
from ascolto.people.queries import mail_address

__all__ = ["deliver", "desk_language", "desk_name", "language_of", "new_mail_id", "page_link", "post", "waits_for"]

UNREAD_FOR = timedelta(seconds=60)  # who has the messenger before them has read a reply by then; who has not, waits for the mail
GIVE_UP_AFTER = attempts.GIVE_UP_AFTER
BATCH = 20  # replies in one mail; the others follow in the next
DESK_MAIL = "mail"  # Delivery.kind of what goes as the desk's own mail, by no inbox

log = logging.getLogger(__name__)

State = Message.Delivery
TO_DELIVER = (State.LIVE, State.QUEUED)


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """Replies of one conversation that leave in one mail, with everything the mail needs."""

    conversation: Conversation
    messages: list[Message]
    deliveries: list[Delivery]
    to: Address
    mail_id: str
    link: str
    language: str
    thread: Thread | None  # of the mail inbox that it leaves by; None: it is the desk's own mail
    since: datetime


def waits_for(message: Message) -> timedelta | None:
    """How long a reply waits before it goes by mail; None when it does not go by mail at all."""
    if message.delivery not in TO_DELIVER or mail_address(message.conversation.customer_id) is None:
        return None
    return UNREAD_FOR if message.conversation.inbox.kind == Inbox.Kind.MESSENGER else timedelta()


def deliver(*, message_id: UUID, since: datetime, now: datetime) -> list[Message]:
    """
    One attempt to mail a reply, with the unread replies after it; returns what was sent, nothing when nothing waits.

    At least once: a retry after a kill may send the same mail again, under the same Message-ID.
    :param since: when the first attempt was due; a day after it the replies are marked as failed
    :raises egress.mail.TryLater: the mail server does not take it now
    """
    parcel = pack(message_id, since, now)
    if parcel is None:
        return []
    with translation.override(desk_language()):
        try:
            post_parcel(parcel, now)
        except (mail.Refused, BadAddress, contract.Never) as error:
            fail(parcel, refused_words(error), now)
        except (mail.TryLater, contract.TryLater) as error:
            is_turned_away = getattr(error, "after", None) is None  # else it only waits for its turn, and is not given up
            if is_turned_away and now - since >= GIVE_UP_AFTER:
                fail(parcel, gave_up_words(), now)
            else:
                note_delay(parcel, now)
                raise mail.TryLater(str(error)) from error
        else:
            return mark_sent(parcel, now)
    return []


@transaction.atomic
def pack(message_id: UUID, since: datetime, now: datetime) -> Parcel | None:
    """
    Choose what leaves together and fix the Message-ID before anything is sent; for a retry exactly the same again.

    A reply that another one's mail carries has no mail of its own: the job of the first that still waits sends them all.
    """
    rows = Message.objects.select_related("conversation__inbox", "conversation__customer")
    lead = rows.filter(pk=message_id).first()
    if lead is None or lead.visibility != Message.Visibility.PUBLIC:
        return None
    to = mail_address(lead.conversation.customer_id)
    if to is None or lead.conversation.customer.forgotten_at is not None:
        return None
    Conversation.objects.select_for_update().get(pk=lead.conversation_id)  # two jobs do not pack the same reply
    lead.refresh_from_db(fields=["mail_id", "delivery"])
    messages = carried_by(lead) if lead.mail_id else unread_from(lead)
    if not messages:
        return None
    deliveries = carried_deliveries(messages, to, now)
    thread = thread_by(deliveries[0], to, now)
    mail_id = lead.mail_id or new_mail_id(mail_domain(thread.inbox) if thread else "")
    waiting = Message.objects.filter(pk__in=[message.pk for message in messages], delivery__in=TO_DELIVER)
    waiting.update(mail_id=mail_id, delivery=State.QUEUED)
    for message in messages:
        message.mail_id, message.conversation = mail_id, lead.conversation
    return Parcel(
        conversation=lead.conversation,
        messages=messages,
        deliveries=[each for each in deliveries if attempts.begin(each, now=now)],
        to=to,
        mail_id=mail_id,
        link=page_link(lead.conversation, to.value, since, now),
        language=language_of(lead.conversation),
        thread=thread,
        since=since,
    )


def carried_deliveries(messages: Sequence[Message], to: Address, now: datetime) -> list[Delivery]:
    """A row for each reply: by the mail inbox that answers for the conversation's, or as the desk's own mail; as last time."""
    of_these = Delivery.objects.filter(message__in=[message.pk for message in messages])
    of_these.filter(state__in=attempts.WAITING).exclude(to=to.value).delete()  # another address is theirs now
    known = {each.message_id: each for each in deliveries_of(messages, to)}
    first = known.get(messages[0].pk)
    inbox = (first.inbox if first.kind != DESK_MAIL else None) if first else reply_inbox_of(messages[0].conversation)
    new = [
        Delivery(
            id=new_id(),
            message=message,
            inbox=inbox or message.conversation.inbox,
            kind=inbox.kind if inbox else DESK_MAIL,
            to=to.value,
            queued_at=now,
        )
        for message in messages
        if message.pk not in known
    ]
    Delivery.objects.bulk_create(new, ignore_conflicts=True)
    rows = {each.message_id: each for each in deliveries_of(messages, to)}
    return [rows[message.pk] for message in messages]


def deliveries_of(messages: Sequence[Message], to: Address) -> QuerySet[Delivery]:
    kinds = (Inbox.Kind.EMAIL.value, DESK_MAIL)
    rows = Delivery.objects.filter(message__in=[message.pk for message in messages], to=to.value, kind__in=kinds)
    return rows.select_related("inbox", "message__conversation")


def thread_by(delivery: Delivery, to: Address, now: datetime) -> Thread | None:
    """What the reply address stands for: this customer's mail belongs to this conversation. It is not where replies go first."""
    if delivery.kind == DESK_MAIL:
        return None
    thread, _is_new = Thread.objects.select_related("inbox").get_or_create(
        conversation=delivery.message.conversation,
        kind=Address.Kind.EMAIL,
        address=to.value,
        defaults={"inbox": delivery.inbox, "created_at": now, "name": to.name},
    )
    return thread


def replies_of(lead: Message) -> QuerySet[Message]:
    rows = Message.objects.filter(conversation=lead.conversation, visibility=Message.Visibility.PUBLIC)
    replies = rows.exclude(author_kind=Message.Author.CUSTOMER).select_related("author")
    return replies.prefetch_related("attachments__file").order_by("at", "id")


def unread_from(lead: Message) -> list[Message]:
    """A reply that no mail carries yet, with those after it; none when it does not wait any more."""
    rows = replies_of(lead).filter(at__gte=lead.at, delivery__in=TO_DELIVER, mail_id="")
    messages = list(rows[:BATCH])
    return messages if lead.id in {message.id for message in messages} else []


def carried_by(lead: Message) -> list[Message]:
    """
    All that the mail of this reply carries, also what was read meanwhile: under one Message-ID there is one mail.

    None when nothing of it waits any more, or when another reply before this one does: the mail is that one's.
    """
    messages = list(replies_of(lead).filter(mail_id=lead.mail_id))
    earlier = takewhile(lambda message: message.id != lead.id, messages)
    is_anothers = any(message.delivery in TO_DELIVER for message in earlier)
    is_done = all(message.delivery not in TO_DELIVER for message in messages)
    return [] if is_anothers or is_done else messages


def reply_letter(parcel: Parcel, now: datetime) -> Letter:
    """The mail in the active language. Only our own words are in it: the customer's are on their page (threat D8)."""
    names = {"desk": desk_name(), "number": parcel.conversation.number}
    return Letter(
        sender_name=desk_name(),
        sender=settings.MAIL_FROM,
        to=parcel.to.value,
        subject=_("%(desk)s: reply to your request #%(number)s") % names,
        language=parcel.language,
        mail_id=parcel.mail_id,
        at=now,
        blocks=[
            Words(_("%(desk)s has replied to your request #%(number)s.") % names),
            *[block for message in parcel.messages for block in blocks_of(message)],
            Link(_("Answer, send files or read everything again on your page:"), parcel.link),
            Words(_("The page is yours alone: whoever has the link can read it. Nobody reads answers to this e-mail.")),
        ],
        answers_to=earlier_mails(parcel),
    )


def blocks_of(message: Message) -> list[Block]:
    author = message.author.name if message.author else desk_name()
    blocks: list[Block] = [Said(author, message.text)] if message.text.strip() else []
    if count := len(message.attachments.all()):
        words = ngettext("%(count)s file, on your page.", "%(count)s files, on your page.", count) % {"count": count}
        blocks.append(Words(words if blocks else f"{author}: {words}"))
    return blocks


def earlier_mails(parcel: Parcel) -> list[str]:
    rows = Message.objects.filter(conversation=parcel.conversation, at__lt=parcel.messages[0].at).exclude(mail_id="")
    latest = list(
        dict.fromkeys(rows.exclude(mail_id=parcel.mail_id).order_by("-at").values_list("mail_id", flat=True)[: NAMED_EARLIER * 2])
    )
    return latest[:NAMED_EARLIER][::-1]


def post_parcel(parcel: Parcel, now: datetime) -> None:
    """
    Hand the mail to the inbox that answers for this conversation's, or to the desk's own mail server.

    :raises BadAddress, egress.mail.Refused, contract.Never: never
    :raises egress.mail.TryLater, contract.TryLater: not now
    """
    if parcel.thread is None:
        with translation.override(parcel.language):
            letter = reply_letter(parcel, now)
        post(letter)
        return
    kind, inbox = KINDS[Inbox.Kind.EMAIL], parcel.deliveries[0].inbox if parcel.deliveries else parcel.thread.inbox
    if Channel.objects.filter(pk=inbox.pk).exclude(paused_at=None).exists():
        raise contract.TryLater(_("Not sent yet: the channel is paused."), after=attempts.PAUSED_WAIT)
    try:
        door = door_of(inbox)
        way = Way(door=door, can=kind.capabilities, thread=parcel.thread, to=parcel.to.value)
        kind.send(outbound(parcel.messages, way, since=parcel.since, with_page=True), door)
    except (contract.Never, contract.TryLater):
        raise
    except Exception as error:
        log.exception("sending for %s failed", parcel.conversation.pk)
        raise contract.TryLater(_("The channel failed (%(name)s).") % {"name": type(error).__name__}) from error
    health.note_sent(inbox=inbox.pk, at=now)


def post(letter: Letter) -> None:
    """
    Hand one letter to the mail server.

    :raises BadAddress, egress.mail.Refused: never
    :raises egress.mail.TryLater: not now
    """
    mail.send(compose(letter), envelope_from="" if letter.is_automatic else letter.sender, envelope_to=[letter.to])


@transaction.atomic
def mark_sent(parcel: Parcel, at: datetime) -> list[Message]:
    """Write down that it left; which replies nobody has read meanwhile."""
    waiting = {each.pk for each in still_waiting(parcel)}
    for delivery in parcel.deliveries:
        attempts.note_sent(delivery, Taken(id=parcel.mail_id), now=at)
    return [message for message in parcel.messages if message.pk in waiting]


@transaction.atomic
def fail(parcel: Parcel, why: str, at: datetime) -> None:
    for delivery in parcel.deliveries:
        attempts.note_failed(delivery, why, now=at)


def still_waiting(parcel: Parcel) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=[message.pk for message in parcel.messages], delivery__in=TO_DELIVER)


def note_delay(parcel: Parcel, at: datetime) -> None:
    words = _("Not sent yet: the mail server does not take it. The text is safe, we keep trying.")
    for delivery in parcel.deliveries:
        attempts.note_waits(delivery, words, now=at)


def refused_words(error: Exception) -> str:
    if isinstance(error, contract.Never):
        return error.reason
    if isinstance(error, BadAddress):
        return _("Not sent: mail cannot be written to this address. Ask the customer for another one.")
    return _("Not sent: the mail server refused it for good (%(reason)s). The text is safe here.") % {"reason": str(error)[:120]}


def gave_up_words() -> str:
    return _("Not sent: the mail server did not take it for a day. The text is safe here; check the mail settings.")
