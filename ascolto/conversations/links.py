"""The customer's own page: private links that expire and can be revoked."""

from datetime import datetime, timedelta
from uuid import UUID

from ascolto.conversations.models import Conversation, PrivateLink
from ascolto.vault.tokens import BadToken, read_id, sign_id

PURPOSE = "private-link"
LIFETIME = timedelta(days=90)  # long enough to come back to a repair; our choice


class LinkGone(Exception):
    """The link is unknown, mutilated, revoked or out of date: one answer for all four."""


def make_link(*, conversation: Conversation, sent_to: str, at: datetime) -> str:
    """A new token for /t/<token>, valid 90 days. Twice makes two, each revocable by itself."""
    link = PrivateLink.objects.create(conversation=conversation, sent_to=sent_to, created_at=at, expires_at=at + LIFETIME)
    return sign_id(purpose=PURPOSE, id=link.id)


def open_link(token: str, *, now: datetime) -> PrivateLink:
    """The link that a token stands for, with its conversation, customer and inbox. :raises LinkGone:"""
    try:
        id: UUID = read_id(purpose=PURPOSE, token=token, now=now).id
    except BadToken as error:
        raise LinkGone from error
    link = (
        PrivateLink.objects.filter(pk=id, revoked_at=None, expires_at__gt=now)
        .select_related("conversation__customer", "conversation__inbox")
        .first()
    )
    if link is None:
        raise LinkGone
    return link


def expired_link(token: str, *, now: datetime) -> PrivateLink | None:
    """
    The link that a token stood for, if time alone has closed it and its customer is still known; else None.

    Whoever is told anything about it must be told the same about tokens that stand for nothing.
    """
    try:
        id: UUID = read_id(purpose=PURPOSE, token=token, now=now).id
    except BadToken:
        return None
    rows = PrivateLink.objects.filter(pk=id, revoked_at=None, expires_at__lte=now, conversation__customer__forgotten_at=None)
    return rows.select_related("conversation__customer", "conversation__inbox").first()


def end_link(*, link: PrivateLink, at: datetime) -> int:
    """Close what was sent to the same address of the same conversation; returns how many were open. Twice is once."""
    rows = PrivateLink.objects.filter(conversation=link.conversation_id, sent_to=link.sent_to, revoked_at=None)
    return rows.update(revoked_at=at)


def revoke_links(*, conversation: Conversation, at: datetime) -> int:
    """Close all private links of a conversation; returns how many were open. Twice is once."""
    return PrivateLink.objects.filter(conversation=conversation, revoked_at=None).update(revoked_at=at)


def open_links(conversation: Conversation, *, now: datetime) -> int:
    """How many private links of a conversation still open."""
    return PrivateLink.objects.filter(conversation=conversation, revoked_at=None, expires_at__gt=now).count()
