"""From a bearer token to who is calling, with scopes; cookies open nothing here (threat G6)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja.security import HttpBearer

from ascolto.accounts import tokens
from ascolto.accounts.actor import actor_of
from ascolto.accounts.models import Token
from ascolto.api.problems import Problem
from ascolto.conversations.models import Inbox
from ascolto.eventlog.event import Actor

SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Caller:
    """A program with a token. `inboxes` are those it is narrowed to, read anew with each call; None: all."""

    token: Token
    actor: Actor
    inboxes: frozenset[UUID] | None

    @property
    def owner(self) -> str:
        """How files/store.py names this caller."""
        return f"token:{self.token.pk}"

    def sees(self, inbox_id: UUID) -> bool:
        return self.inboxes is None or inbox_id in self.inboxes


class ApiRequest(HttpRequest):
    """A request that has passed the door, as views get it."""

    caller: Caller
    now: datetime


def authenticate(request: HttpRequest, now: datetime) -> Caller:
    """
    Who is calling.

    :raises Problem: 401 without a valid token, 403 when its scopes do not reach
    """
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    token = tokens.authenticate(raw.strip(), now) if scheme.lower() == "bearer" else None
    if token is None:
        raise Problem(
            "unauthenticated",
            "Send Authorization: Bearer asc_… with a token that is neither expired nor revoked.",
            headers={"WWW-Authenticate": 'Bearer realm="ascolto"'},
        )
    scope = "read" if request.method in SAFE else "write"
    if not tokens.may_use(token, scope):
        raise Problem("forbidden", f"This call needs the scope {scope}.")
    return Caller(token=token, actor=actor_of(token), inboxes=inboxes_of(token))


def inboxes_of(token: Token) -> frozenset[UUID] | None:
    keys = tokens.inboxes_of(token)
    return None if keys is None else frozenset(Inbox.objects.filter(key__in=keys).values_list("id", flat=True))


class TokenBearer(HttpBearer):
    """Says in the OpenAPI document how to sign in; who comes here was let in by door.py."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        return getattr(request, "caller", None)
