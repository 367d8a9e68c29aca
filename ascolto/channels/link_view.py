"""What a customer's own page shows: what was said to whom the link was sent, and what they said; nothing of others (A17)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from email.utils import getaddresses
from uuid import UUID

from ascolto.channels.models import Delivery, Thread
from ascolto.conversations.access import NotFound, attachment_of
from ascolto.conversations.models import Attachment, Conversation, Message, PrivateLink
from ascolto.conversations.timeline import messages_page
from ascolto.people.models import Address
from ascolto.people.queries import mail_address

ROUNDS = 4  # pages that are read to fill one: a thread in which others wrote that much more than the reader shows less
MAIL_SOURCE = "mail:"  # settle.source_scope: who wrote it is what its From says


@dataclass(frozen=True, kw_only=True)
class View:
    """
    Through whose eyes the page is seen.

    :param addresses: what is theirs for certain, or reached the one who reads: the link's, proven ones, the thread's main one
    :param is_customers: the reader is the conversation's customer, not someone who only takes part or once gave an address
    """

    link: PrivateLink
    addresses: frozenset[str]
    is_customers: bool


def view_of(link: PrivateLink) -> View:
    """Whose page this is. Three queries."""
    customer = link.conversation.customer_id
    rows = Address.objects.filter(customer=customer, proven_at__isnull=False).values_list("value", flat=True)
    threads = Thread.objects.filter(conversation=link.conversation_id, is_main=True).values_list("address", flat=True)
    theirs = {spelled(each) for each in (*rows, *threads)}
    current = mail_address(customer)
    sent_to = spelled(link.sent_to)
    is_customers = not sent_to or sent_to in theirs or (current is not None and spelled(current.value) == sent_to)
    return View(link=link, addresses=frozenset({sent_to} | (theirs if is_customers else set())) - {""}, is_customers=is_customers)


def messages_for(view: View, *, before: UUID | None = None, limit: int) -> list[Message]:
    """Up to `limit` messages that this page shows, oldest first, ending before the given one. Three queries for most."""
    found: list[Message] = []
    for _ in range(ROUNDS):
        rows = messages_page(view.link.conversation, before=before, limit=limit, internal=False)
        found = [*shown_of(rows, view), *found]
        if len(rows) < limit or len(found) >= limit:
            break
        before = rows[0].id
    return found[-limit:]


def messages_after(view: View, after: UUID, *, limit: int) -> list[Message]:
    """Of the latest `limit` that this page shows, those after the given one; none when it is not among them."""
    rows = messages_for(view, limit=limit)
    places = [row.id for row in rows]
    return rows[places.index(after) + 1 :] if after in places else []


def file_for(view: View, attachment: UUID) -> Attachment:
    """A file of a message that this page shows. :raises access.NotFound: any other, or none"""
    found = attachment_of(view.link.conversation, attachment, internal=False)
    message = Message.objects.get(pk=found.message_id)
    if not shown_of([message], view):
        raise NotFound
    return found


def shown_of(messages: Collection[Message], view: View) -> list[Message]:
    """Those of these public messages that this page shows. Two queries."""
    ours = [each.id for each in messages if each.author_kind != Message.Author.CUSTOMER]
    sent = reached(ours)
    own = own_sources(view.link)
    return [each for each in messages if is_shown(each, view, sent.get(each.id), own)]


def is_shown(message: Message, view: View, sent_to: Collection[str] | None, own: Collection[str]) -> bool:
    """Pure. :param sent_to: where a message of ours went; None: nowhere but to the customer's screen and this page"""
    if message.author_kind != Message.Author.CUSTOMER:
        return view.is_customers if sent_to is None else not view.addresses.isdisjoint(sent_to)
    if came_by_mail(message):
        return not view.addresses.isdisjoint(writers(message.head or {}))
    return view.is_customers or any((message.source or "").startswith(each) for each in own)


def came_by_mail(message: Message) -> bool:
    """Its sender is known by what it says alone."""
    return (message.source or "").startswith(MAIL_SOURCE) or "@" in str((message.head or {}).get("from", ""))


def writers(head: Mapping[str, object]) -> set[str]:
    """The addresses in the From of a mail; two in one are nobody's (threat A3)."""
    written = head.get("from", "")
    lines = [str(each) for each in written] if isinstance(written, list) else [str(written)]
    found = {spelled(address) for _, address in getaddresses(lines) if "@" in address}
    return found if len(found) == 1 else set()


def reached(messages: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Where these messages went, or are about to go; nothing for those that went nowhere."""
    ids = list(messages)
    rows = Delivery.objects.filter(message__in=ids).exclude(state=Delivery.State.FAILED) if ids else Delivery.objects.none()
    found: dict[UUID, set[str]] = {}
    for message, to in rows.values_list("message_id", "to"):
        found.setdefault(message, set()).add(spelled(to))
    return found


def own_sources(link: PrivateLink) -> list[str]:
    """How the sources begin of what was written through links to the same address."""
    same = PrivateLink.objects.filter(conversation=link.conversation_id, sent_to=link.sent_to)
    return [f"t:{id}:" for id in same.values_list("id", flat=True)]


def spelled(address: str) -> str:
    return address.strip().lower()


def subject_for(view: View, conversation: Conversation) -> str:
    """The subject, which is often the customer's first words: for their own eyes."""
    return conversation.subject if view.is_customers else ""
