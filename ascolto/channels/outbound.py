"""What a reply is when it leaves: its words, files, thread, language, the way back; the same at every attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from ascolto.channels.contract import Capabilities, Door, OutboundFile, OutboundMessage
from ascolto.channels.models import Channel, Delivery, MessageId, Thread
from ascolto.channels.tokens import token_of
from ascolto.conversations import links
from ascolto.conversations.models import Attachment, Conversation, Inbox, Message, PrivateLink
from ascolto.files import store
from ascolto.vault.secrets import new_token
from ascolto.vault.tokens import sign_id
from ascolto.workspace.queries import workspace

NEARLY = timedelta(hours=1)  # it may be over by the time of a later attempt
NAMED_EARLIER = 20  # earlier messages named in the headers: enough for any reader to keep the thread


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where replies leave: the thread of the addressee (None: no token can come back) and the channel's door."""

    door: Door
    can: Capabilities
    thread: Thread | None
    to: str
    to_name: str = ""


def outbound(messages: Sequence[Message], way: Way, *, since: datetime, with_page: bool = False) -> OutboundMessage:
    """
    One or several replies of one conversation as they leave together, under the mail id of the first.

    :param messages: with conversation, its customer and inbox, author and attachments
    :param since: when they were queued; attempts after that share one link to the customer's page
    :param with_page: name the customer's own page in any case, not only for files that the channel cannot carry
    """
    lead, conversation = messages[0], messages[0].conversation
    attachments = [each for message in messages for each in message.attachments.all()]
    carried = carried_files(attachments, way.can)
    # A mail takes whatever fits; other channels refuse some files by their type, and then name the page.
    may_lack_files = bool(attachments) and (not way.can.subject or len(carried) < len(attachments))
    needs_page = with_page or may_lack_files or is_window_over(way, since)
    return OutboundMessage(
        id=lead.id,
        conversation=conversation.id,
        number=conversation.number,
        to=way.to,
        to_name=way.to_name or conversation.customer.name,
        author=author_of(messages[-1]),
        text="\n\n".join(said for message in messages if (said := message.text.strip())),
        html=lead.html if len(messages) == 1 else "",
        at=since,
        language=language_of(conversation),
        subject=conversation.subject,
        files=carried,
        mail_id=lead.mail_id,
        reply_token=token_of(way.thread.id) if way.thread else "",
        signature=messages[-1].author.signature if messages[-1].author else "",
        page_url=page_link(conversation, way.to, since, since) if needs_page else "",
        answers_to=earlier_ids(lead, way),
        last_in_at=way.thread.last_in_at if way.thread else None,
    )


def is_window_over(way: Way, at: datetime) -> bool:
    """Whether the words themselves may not go any more, only a template with the way to them."""
    if way.can.reply_window is None or not way.can.has_templates:
        return False
    last_in_at = way.thread.last_in_at if way.thread else None
    return last_in_at is None or at - last_in_at >= way.can.reply_window - NEARLY


def author_of(message: Message) -> str:
    """Who writes, as the customer sees it; empty for a program: then the desk does."""
    return message.author.name if message.author else ""


def carried_files(attachments: Sequence[Attachment], can: Capabilities) -> list[OutboundFile]:
    """The files that the channel can carry, in their order; the others stand on the customer's page."""
    carried: list[OutboundFile] = []
    room_bytes = can.max_file_bytes if can.files else 0
    for each in attachments:
        if each.file.size_bytes <= room_bytes and len(carried) < can.max_files:
            carried.append(file_of(each))
            room_bytes -= each.file.size_bytes if can.subject else 0  # a mail is one piece; elsewhere each file travels alone
    return carried


def file_of(attachment: Attachment) -> OutboundFile:
    file = attachment.file
    place = store.path_of(file.digest)
    if not place.exists():
        place = store.swept_path_of(file.digest)
    return OutboundFile(name=file.name, type=file.type, size_bytes=file.size_bytes, path=str(place))


def earlier_ids(lead: Message, way: Way) -> list[str]:
    """What the thread's earlier messages are called, theirs and ours, oldest first."""
    earlier = Message.objects.filter(conversation=lead.conversation_id, at__lte=lead.at, visibility=Message.Visibility.PUBLIC)
    latest = earlier.exclude(pk=lead.pk).order_by("-at", "-id")
    ids = dict(latest.values_list("id", "mail_id")[: NAMED_EARLIER * 2])
    theirs = dict(MessageId.objects.filter(message__in=ids).values_list("message_id", "value"))
    ours: dict[UUID, str] = ids
    if not way.can.subject:
        taken = Delivery.objects.filter(message__in=ids, inbox=way.door.inbox).exclude(provider_id="")
        ours = dict(taken.values_list("message_id", "provider_id"))
    named = [theirs.get(id) or ours.get(id, "") for id in ids]
    return [name for name in dict.fromkeys(named) if name and name != lead.mail_id][:NAMED_EARLIER][::-1]


def new_mail_id(domain: str = "") -> str:
    """
    A Message-ID that nobody can guess, so that an answer to it proves that its writer has the mail.

    :param domain: of our mail's ids, which nobody else's mails have; empty: that of the desk's own mail
    """
    return f"<{new_token()}@{domain or urlsplit(settings.SITE_URL).hostname or 'desk.invalid'}>"


def mail_domain(inbox: Inbox) -> str:
    """
    What stands behind the @ of the ids of an inbox's mails: a name of ours below its own domain; empty when it has none.

    Colleagues' own mails have the domain itself, and are not ours.
    """
    values = Channel.objects.filter(pk=inbox.pk).values_list("settings", flat=True).first() or {}
    domain = str(values.get("address", "")).rpartition("@")[2]
    try:
        return f"desk.{domain.encode('idna').decode()}" if domain else ""
    except UnicodeError:
        return ""


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
    """What the desk is called."""
    desk = workspace()
    return desk.name if desk else "Ascolto"


def desk_language() -> str:
    """The language in which colleagues read what became of a reply."""
    desk = workspace()
    return desk.language if desk else "en"
