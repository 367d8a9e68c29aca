"""Facts about colleagues, invitations and tokens. Subjects are ids of users unless the class says otherwise."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ascolto.eventlog.event import Event, kind

NOBODY = UUID(int=0)  # the subject of a refused sign-in whose address is nobody's


@kind("account.joined")
@dataclass(frozen=True, kw_only=True)
class Joined(Event):
    sentence = _("%(actor)s joined the desk")

    role: str
    invitation: UUID | None = None


@kind("account.signed_in")
@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    sentence = _("%(actor)s signed in")


@kind("account.sign_in_refused")
@dataclass(frozen=True, kw_only=True)
class SignInRefused(Event):
    sentence = _("A sign-in was refused")


@kind("account.role_changed")
@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    sentence = _("%(actor)s changed the role of a colleague")

    before: str
    after: str


@kind("account.deactivated")
@dataclass(frozen=True, kw_only=True)
class Deactivated(Event):
    sentence = _("%(actor)s closed the access of a colleague")


@kind("account.reactivated")
@dataclass(frozen=True, kw_only=True)
class Reactivated(Event):
    sentence = _("%(actor)s opened the access of a colleague again")


@kind("account.invited")
@dataclass(frozen=True, kw_only=True)
class Invited(Event):
    """The subject is the invitation."""

    sentence = _("%(actor)s invited a colleague")

    role: str


@kind("account.invitation_revoked")
@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(Event):
    """The subject is the invitation."""

    sentence = _("%(actor)s took an invitation back")


@kind("account.token_created")
@dataclass(frozen=True, kw_only=True)
class TokenCreated(Event):
    """The subject is the token."""

    sentence = _("%(actor)s made an API token")

    scopes: tuple[str, ...]


@kind("account.token_revoked")
@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """The subject is the token."""

    sentence = _("%(actor)s revoked an API token")
