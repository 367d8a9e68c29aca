"""Lists of colleagues, invitations and tokens."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from ascolto.accounts.models import Invitation, Role, Token, User


def colleagues() -> QuerySet[User]:
    """Everybody who has or had an account: those who are here first, by name."""
    return User.objects.order_by("-is_active", "name", "id")


def last_admin() -> UUID | None:
    """The one active admin, whose role and access cannot change; None when there are more."""
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).values_list("pk", flat=True)[:2]
    return admins[0] if len(admins) == 1 else None


def open_invitations(now: datetime) -> QuerySet[Invitation]:
    """Invitations that can still be accepted, newest first."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now).order_by("-created_at")


def tokens() -> QuerySet[Token]:
    """All API tokens, those in use first, newest first."""
    return Token.objects.order_by("revoked_at", "-created_at")
