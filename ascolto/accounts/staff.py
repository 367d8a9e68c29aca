"""Change what a colleague is here: role, access. The last active admin stays one."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from ascolto.accounts import join, permissions
from ascolto.accounts.actor import actor_of
from ascolto.accounts.events import Deactivated, Reactivated, RoleChanged
from ascolto.accounts.models import Role, User
from ascolto.database.order import hold_order
from ascolto.eventlog import append


class LastAdmin(Exception):
    """Without this colleague nobody could run the desk."""


@transaction.atomic
def change_role(*, user: User, role: str, by: User | None, at: datetime) -> User:
    """
    Give a colleague another role and end their sessions: new rights begin with a new sign-in. Twice is once.

    :raises LastAdmin: they are the only active admin
    :raises NotAllowed, BadDetails: see permissions.py and join.py
    """
    permissions.refuse_without("manage_people", by)
    join.one_of("role", role, Role.values)
    hold_order()  # two demotions at once must see each other
    user.refresh_from_db(fields=["role", "is_active"])
    before = user.role
    if before != role:
        refuse_last_admin(user)
        user.role = role
        user.save(update_fields=["role"])
        end_sessions(user)
        append.append(RoleChanged(subject=user.pk, actor=actor_of(by), before=before, after=role), at=at)
    return user


@transaction.atomic
def deactivate(*, user: User, by: User | None, at: datetime) -> User:
    """
    Close a colleague's access at once: sessions end, sign-in is refused; what they wrote stays. Twice is once.

    API tokens act as themselves and go on; revoke those that the colleague could read.
    :raises LastAdmin: they are the only active admin
    :raises NotAllowed: see permissions.py
    """
    permissions.refuse_without("manage_people", by)
    hold_order()
    user.refresh_from_db(fields=["role", "is_active"])
    if user.is_active:
        refuse_last_admin(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        append.append(Deactivated(subject=user.pk, actor=actor_of(by)), at=at)
    end_sessions(user)
    return user


@transaction.atomic
def reactivate(*, user: User, by: User | None, at: datetime) -> User:
    """Open the access of a colleague who left; they sign in as before. Twice is once."""
    permissions.refuse_without("manage_people", by)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        append.append(Reactivated(subject=user.pk, actor=actor_of(by)), at=at)
    user.is_active = True
    return user


def refuse_last_admin(user: User) -> None:
    if not (user.is_admin and user.is_active):
        return
    if not User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk).exists():
        raise LastAdmin


def end_sessions(user: User) -> int:
    """Sign a colleague out everywhere; gives how many sessions ended."""
    sessions = list(UserSession.objects.filter(user_id=user.pk))
    for session in sessions:
        session.end()
    return len(sessions)
