"""What a visitor may read: their own customer's conversations in their own inbox, and nothing of what colleagues say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from ascolto.channels.messenger.expectation import expectation
from ascolto.channels.messenger.shown import previews_in_messenger, shown_in_messenger
from ascolto.channels.messenger.visit import leave_address
from ascolto.conversations import access
from ascolto.conversations.models import Conversation, Inbox, Message
from ascolto.conversations.read_marks import mark_seen_by_customer
from ascolto.conversations.timeline import messages_after, messages_page
from ascolto.edge.rights import Visitor
from ascolto.files import links
from ascolto.files.models import StoredFile
from ascolto.people.models import Address
from ascolto.surveys.display import mark_displayed
from ascolto.surveys.queries import pending_for_customer

PAGE = 50
CONVERSATIONS = 50  # the latest; a visitor with more finds the rest on the private page of each


class NotTheirs(Exception):
    """There is no such thing, or it is someone else's: the two look the same."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """An inbox as the edge remembers it for moments."""

    id: UUID
    key: str
    language: str
    welcome: str
    is_open: bool


def door_of(key: str) -> Door | None:
    """The messenger with this public key, closed ones too."""
    row = Inbox.objects.filter(key=key, kind=Inbox.Kind.MESSENGER).first()
    if row is None:
        return None
    return Door(id=row.id, key=row.key, language=row.language, welcome=row.welcome, is_open=row.is_active)


def own(visitor: Visitor, conversation: UUID) -> Conversation:
    """This visitor's conversation. :raises NotTheirs:"""
    try:
        return access.own_conversation(customer=visitor.customer, inbox=visitor.inbox, conversation=conversation)
    except access.NotFound as error:
        raise NotTheirs from error


def has_email(visitor: Visitor) -> bool:
    """Whether there is an address to answer to when they are gone."""
    return Address.objects.filter(customer=visitor.customer, kind=Address.Kind.EMAIL).exists() if visitor.customer else False


def conversations(visitor: Visitor) -> list[dict[str, Any]]:
    """Their conversations, last message first. Two queries for most."""
    if visitor.customer is None:
        return []
    rows = access.own_conversations(customer=visitor.customer, inbox=visitor.inbox, limit=CONVERSATIONS)
    previews = previews_in_messenger(rows, customer=visitor.customer)
    return [
        {
            "id": str(row.id),
            "number": row.number,
            "subject": row.subject,
            "preview": previews[row.id],
            "status": row.status,
            "last_message_at": moment(row.last_message_at),
            "unread": row.last_author != "customer"
            and (row.customer_seen_at is None or row.customer_seen_at < row.last_message_at),
        }
        for row in rows
    ]


def messages(visitor: Visitor, conversation: UUID, *, before: UUID | None, after: UUID | None, now: datetime) -> dict[str, Any]:
    """A page of a conversation, oldest first: the latest, or before one message, or all after one. :raises NotTheirs:"""
    row = own(visitor, conversation)
    if after is not None:
        page, earlier = messages_after(row, after, limit=PAGE), False
    else:
        page = messages_page(row, before=before, limit=PAGE + 1, internal=False)
        earlier = len(page) > PAGE
        page = page[-PAGE:]
    return {
        "items": [shown(message, visitor, now) for message in shown_in_messenger(page, customer=row.customer_id)],
        "before": str(page[0].id) if earlier else None,
        "conversation": facts_of(row, visitor, now),
    }


def facts_of(row: Conversation, visitor: Visitor, now: datetime) -> dict[str, Any]:
    token = pending_for_customer(row.customer_id, row.id, now)
    return {
        "id": str(row.id),
        "number": row.number,
        "status": row.status,
        "subject": row.subject,
        "survey": {"token": token} if token else None,
        "agent": row.assignee.name if row.assignee else None,
    }


def shown(message: Message, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """One message as the messenger shows it; the sender's own id only to the visit that sent it."""
    found = {
        "id": str(message.id),
        "author": message.author_kind,
        "name": message.author.name if message.author else "",
        "body": message.text,
        "at": moment(message.at),
        "delivery": message.delivery,
        "files": [file_facts(each.file, visitor, now) for each in message.attachments.all()],
    }
    if message.source and message.source.startswith(f"m:{visitor.id}:"):
        found["client_id"] = message.source.removeprefix(f"m:{visitor.id}:")
    return found


def file_facts(file: StoredFile, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """A file with links that open for this visit alone, for minutes."""
    found = {
        "id": str(file.id),
        "name": file.name,
        "size": file.size_bytes,
        "type": file.type,
        "is_image": file.is_picture,
        "url": links.path_of(file_id=file.id, viewer=viewer_of(visitor), now=now),
    }
    if file.preview_digest:
        found["preview_url"] = links.path_of(file_id=file.id, viewer=viewer_of(visitor), now=now, is_preview=True)
    return found


def viewer_of(visitor: Visitor) -> str:
    return f"visit:{visitor.id}"


def fresh_link(visitor: Visitor, file_id: UUID, *, now: datetime) -> str:
    """A new link to a file that this visit gave or that stands in one of its conversations. :raises NotTheirs:"""
    is_own = StoredFile.objects.filter(owner=viewer_of(visitor), pk=file_id).exists()
    if not is_own and not stands_with(visitor, file_id):
        raise NotTheirs
    return links.path_of(file_id=file_id, viewer=viewer_of(visitor), now=now)


def stands_with(visitor: Visitor, file_id: UUID) -> bool:
    """Whether the file stands with a message that this visit is shown."""
    if visitor.customer is None:
        return False
    rows = access.own_messages_with(customer=visitor.customer, inbox=visitor.inbox, file=file_id)
    return bool(shown_in_messenger(rows, customer=visitor.customer))


def read_up_to(visitor: Visitor, conversation: UUID, message: UUID | None, *, now: datetime) -> None:
    """
    The visitor has seen what stands there up to a message, without one all of it, and the open questions too.

    :raises NotTheirs:
    """
    row = own(visitor, conversation)
    mark_seen_by_customer(conversation=row, at=now, up_to=message)
    mark_displayed(conversation_id=row.id, customer_id=row.customer_id, at=now)


def leave(visitor: Visitor, email: str, *, now: datetime) -> None:
    """Keep an address for the reply. :raises ValueError: not an address"""
    leave_address(visit=visitor.id, email=email, at=now)


def reply_expectation(language: str) -> dict[str, Any]:
    """What the head of the messenger says."""
    found = expectation(language=language, at=timezone.now())
    return {"text": found.text, "is_open": found.is_open, "detail": found.detail}


def moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
