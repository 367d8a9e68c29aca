"""Who may do what: one table of roles, one function per right. What may be seen of a row is its room's access.py."""

from typing import Literal

from ascolto.accounts.models import Role, User

Right = Literal["manage_people", "manage_tokens", "manage_desk"]

RIGHTS: dict[str, frozenset[Right]] = {
    # Answering, and the numbers of the inboxes one sees, are everyone's. What a lead may beyond an agent comes with queues.
    Role.AGENT: frozenset(),
    Role.LEAD: frozenset(),
    Role.ADMIN: frozenset({"manage_people", "manage_tokens", "manage_desk"}),
}


class NotAllowed(Exception):
    """This colleague has no right to do that."""


def may(user: User, right: Right) -> bool:
    """Whether an active colleague has the right; whoever has left has none."""
    return user.is_active and right in RIGHTS.get(user.role, frozenset())


def may_manage_people(user: User) -> bool:
    """Invite, change roles, deactivate."""
    return may(user, "manage_people")


def may_manage_tokens(user: User) -> bool:
    """Make and revoke API tokens."""
    return may(user, "manage_tokens")


def may_manage_desk(user: User) -> bool:
    """Change the desk's own settings and its inboxes."""
    return may(user, "manage_desk")


def refuse_without(right: Right, user: User | None) -> None:
    """
    Let pass who has the right, and the command line (None), whose operator holds the machine anyway.

    :raises NotAllowed: everyone else
    """
    if user is not None and not may(user, right):
        raise NotAllowed(right)
