"""Lists of colleagues, invitations and tokens."""

from datetime import datetime

from django.db.models import QuerySet

from ascolto.accounts.models import Invitation, Token, User


def colleagues() -> QuerySet[User]:
    """Everybody who has or had an account: those who are here first, by name."""
    return User.objects.order_by("-is_active", "name", "id")


def open_invitations(now: datetime) -> QuerySet[Invitation]:
    """Invitations that can still be accepted, newest first."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now).order_by("-created_at")


def tokens() -> QuerySet[Token]:
    """All API tokens, those in use first, newest first."""
    return Token.objects.order_by("revoked_at", "-created_at")
