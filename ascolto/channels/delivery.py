"""Replies go out by mail to customers who are not there to read them; says sent, try later or never, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from itertools import takewhile
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ascolto.channels.letters import BadAddress, Block, Letter, Said, Way, Words, compose
from ascolto.conversations import links
from ascolto.conversations.events import ConversationFact, MessageFailed, MessageSent
from ascolto.conversations.models import Conversation, Inbox, Message, PrivateLink
from ascolto.conversations.receive import about
from ascolto.egress import mail
from ascolto.eventlog.append import append_many
from ascolto.people.models import Address
from ascolto.people.queries import mail_address
from ascolto.vault.secrets import new_token
from ascolto.vault.tokens import sign_id
from ascolto.workspace.queries import workspace

UNREAD_FOR = timedelta(seconds=60)  # who has the messenger before them has read a reply by then; who has not, waits for the mail
GIVE_UP_AFTER = timedelta(hours=24)  # a mail server that is away for a day needs a person
BATCH = 20  # replies in one mail; the others follow in the next
REFERENCES = 10  # earlier mails named in the headers: enough for any reader to keep the thread

Delivery = Message.Delivery
TO_DELIVER = (Delivery.LIVE, Delivery.QUEUED)


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """Replies of one conversation that leave in one mail, with everything the mail needs."""

    conversation: Conversation
    messages: list[Message]
    to: Address
    mail_id: str
    link: str
    language: str


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
    try:
        with translation.override(parcel.language):
            letter = reply_letter(parcel, now)
        post(letter)
    except (mail.Refused, BadAddress) as error:
        fail(parcel, refused_words(error), now)
    except mail.TryLater:
        if now - since < GIVE_UP_AFTER:
            note_delay(parcel)
            raise
        fail(parcel, gave_up_words(), now)
    else:
        return mark_sent(parcel, now)
    return []


@transaction.atomic
def pack(message_id: UUID, since: datetime, now: datetime) -> Parcel | None:
    """
    Choose what leaves together and fix the Message-ID before anything is sent; for a retry exactly the same again.

    A reply that another one's mail carries has no mail of its own: the job of the first that still waits sends them all.
    """
    lead = Message.objects.select_related("conversation__inbox", "conversation__customer").filter(pk=message_id).first()
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
    mail_id = lead.mail_id or new_mail_id()
    waiting = Message.objects.filter(pk__in=[message.pk for message in messages], delivery__in=TO_DELIVER)
    waiting.update(mail_id=mail_id, delivery=Delivery.QUEUED)
    return Parcel(
        conversation=lead.conversation,
        messages=messages,
        to=to,
        mail_id=mail_id,
        link=page_link(lead.conversation, to.value, since, now),
        language=language_of(lead.conversation),
    )


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


def new_mail_id() -> str:
    """A Message-ID that nobody can guess, so that an answer to it proves that its writer has the mail."""
    return f"<{new_token()}@{parseaddr(settings.MAIL_FROM)[1].rpartition('@')[2]}>"


def page_link(conversation: Conversation, to: str, since: datetime, now: datetime) -> str:
    """The address of the customer's page; retries share one link."""
    known = PrivateLink.objects.filter(conversation=conversation, sent_to=to, revoked_at=None, created_at__gte=since).first()
    token = (
        sign_id(purpose=links.PURPOSE, id=known.id) if known else links.make_link(conversation=conversation, sent_to=to, at=now)
    )
    return f"{settings.SITE_URL}/t/{token}"


def language_of(conversation: Conversation) -> str:
    """The language a customer is written to in."""
    spoken = (conversation.language, conversation.customer.language, conversation.inbox.language)
    return next((language for language in spoken if language in ("it", "en")), "en")


def desk_name() -> str:
    desk = workspace()
    return desk.name if desk else "Ascolto"


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
            Way(_("Answer, send files or read everything again on your page:"), parcel.link),
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
        dict.fromkeys(rows.exclude(mail_id=parcel.mail_id).order_by("-at").values_list("mail_id", flat=True)[: REFERENCES * 2])
    )
    return latest[:REFERENCES][::-1]


def post(letter: Letter) -> None:
    """
    Hand one letter to the mail server.

    :raises BadAddress, egress.mail.Refused: never
    :raises egress.mail.TryLater: not now
    """
    mail.send(compose(letter), envelope_from="" if letter.is_automatic else letter.sender, envelope_to=[letter.to])


@transaction.atomic
def mark_sent(parcel: Parcel, at: datetime) -> list[Message]:
    return settle_as(parcel, Delivery.SENT, "", MessageSent, at)


@transaction.atomic
def fail(parcel: Parcel, why: str, at: datetime) -> list[Message]:
    return settle_as(parcel, Delivery.FAILED, why, MessageFailed, at)


def settle_as(
    parcel: Parcel, delivery: Delivery, note: str, fact: type[MessageSent] | type[MessageFailed], at: datetime
) -> list[Message]:
    """Write down what became of the replies that nobody has read meanwhile, and record it."""
    facts: list[tuple[ConversationFact, datetime]] = []
    settled = []
    for message in parcel.messages:
        rows = Message.objects.filter(pk=message.pk, delivery__in=TO_DELIVER)
        if rows.update(delivery=delivery, delivery_note=note[:300]):
            settled.append(message)
            facts.append((fact(message=message.id, **about(parcel.conversation)), at))
    if facts:
        append_many(facts)
    return settled


def note_delay(parcel: Parcel) -> None:
    with translation.override(desk_language()):
        words = _("Not sent yet: the mail server does not take it. The text is safe, we keep trying.")
    Message.objects.filter(pk__in=[message.pk for message in parcel.messages], delivery=Delivery.QUEUED).update(
        delivery_note=words
    )


def refused_words(error: Exception) -> str:
    with translation.override(desk_language()):
        if isinstance(error, BadAddress):
            return _("Not sent: mail cannot be written to this address. Ask the customer for another one.")
        return _("Not sent: the mail server refused it for good (%(reason)s). The text is safe here.") % {
            "reason": str(error)[:120]
        }


def gave_up_words() -> str:
    with translation.override(desk_language()):
        return _("Not sent: the mail server did not take it for a day. The text is safe here; check the mail settings.")


def desk_language() -> str:
    desk = workspace()
    return desk.language if desk else "en"
