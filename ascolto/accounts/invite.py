"""Ask a colleague to join, and let them in once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ascolto.accounts import join, permissions
from ascolto.accounts.actor import actor_of
from ascolto.accounts.events import InvitationRevoked, Invited
from ascolto.accounts.models import Invitation, Role, User
from ascolto.eventlog import append
from ascolto.vault import secrets

LASTS = timedelta(days=7)
PREFIX = "inv_"


class NotInvited(Exception):
    """No open invitation has this token: unknown, used, taken back or expired; the reader is not told which."""


@transaction.atomic
def invite(*, email: str, name: str = "", role: str = Role.AGENT, by: User | None, at: datetime) -> tuple[Invitation, str]:
    """
    Make an invitation that is good once and for seven days; the second value goes into the link and is kept nowhere.

    Twice for the same address: the earlier invitation is taken back, the new one counts.
    :param by: the admin who asks; None from the command line
    :raises NotAllowed, AlreadyHere, BadDetails: see permissions.py and join.py
    """
    permissions.refuse_without("manage_people", by)
    address = join.checked_email(email)
    if User.objects.filter(email=address).exists():
        raise join.AlreadyHere(address)
    Invitation.objects.filter(email=address, accepted_at=None, revoked_at=None).update(revoked_at=at)
    token = secrets.new_token(PREFIX)
    invitation = Invitation.objects.create(
        email=address,
        name=join.checked_name(name) if name.strip() else "",
        role=join.one_of("role", role, Role.values),
        digest=secrets.digest(token),
        invited_by=by,
        created_at=at,
        expires_at=at + LASTS,
    )
    append.append(Invited(subject=invitation.id, actor=actor_of(by), role=invitation.role), at=at)
    return invitation, token


def find(*, token: str, at: datetime) -> Invitation:
    """
    The open invitation of a link.

    :raises NotInvited: whatever is wrong; an empty token is never looked up
    """
    if not token or not token.startswith(PREFIX):
        raise NotInvited
    invitation = Invitation.objects.filter(digest=secrets.digest(token)).first()
    if invitation is None or not invitation.is_open(at):
        raise NotInvited
    return invitation


@transaction.atomic
def accept(*, token: str, password: str, name: str, language: str, at: datetime) -> User:
    """
    Make the colleague that the invitation speaks of, with its address and its role, and use the invitation up.

    :raises NotInvited: see `find`; also for the second of two who come at once
    :raises AlreadyHere, BadDetails: then the invitation stays open
    """
    invitation = find(token=token, at=at)
    if not password:
        raise join.BadDetails("password", [_("Choose a password.")])
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=at).update(
        accepted_at=at
    )
    if taken != 1:
        raise NotInvited
    return join.join(
        email=invitation.email,
        name=name,
        role=invitation.role,
        language=language,
        password=password,
        at=at,
        invitation=invitation.pk,
    )


@transaction.atomic
def revoke(*, invitation: Invitation, by: User | None, at: datetime) -> bool:
    """Take an invitation back; False when it was no longer open."""
    permissions.refuse_without("manage_people", by)
    changed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=at)
    if changed:
        append.append(InvitationRevoked(subject=invitation.pk, actor=actor_of(by)), at=at)
    return bool(changed)
