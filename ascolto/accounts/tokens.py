"""API tokens: shown once, kept hashed, narrowed by scopes; a token acts as itself, not as a person."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ascolto.accounts import permissions
from ascolto.accounts.actor import actor_of
from ascolto.accounts.events import TokenCreated, TokenRevoked
from ascolto.accounts.join import checked_name
from ascolto.accounts.models import Token, User
from ascolto.eventlog import append
from ascolto.vault import secrets

PREFIX = "asc_"
SHOWN_LETTERS = len(PREFIX) + 6  # enough to tell tokens apart in a list, far too few to guess the rest
SCOPES = ("read", "write", "admin")
INBOX_SCOPE = re.compile(r"^inbox:[A-Za-z0-9_-]{1,64}$")
USE_NOTED_EVERY = timedelta(hours=1)  # a write for each call would cost more than the call


class BadScopes(ValueError):
    """A scope that does not exist, or none at all; the text names it."""


@transaction.atomic
def create(
    *, name: str, scopes: Collection[str], expires_at: datetime | None = None, by: User | None = None, at: datetime
) -> tuple[Token, str]:
    """
    Make a token; the second value is the token itself, to be shown once and kept nowhere.

    :param scopes: of "read", "write", "admin", and "inbox:<key>" to narrow
    :param by: the admin who makes it; None from the command line
    :raises BadScopes, BadDetails, NotAllowed: nothing was made
    """
    permissions.refuse_without("manage_tokens", by)
    wanted = checked_scopes(scopes)
    raw = secrets.new_token(PREFIX)
    token = Token.objects.create(
        name=checked_name(name),
        prefix=raw[:SHOWN_LETTERS],
        digest=secrets.digest(raw),
        scopes=wanted,
        created_by=by,
        created_at=at,
        expires_at=expires_at,
    )
    append.append(TokenCreated(subject=token.pk, actor=actor_of(by), scopes=tuple(wanted)), at=at)
    return token, raw


def checked_scopes(scopes: Collection[str]) -> list[str]:
    wanted = sorted({scope.strip() for scope in scopes if scope.strip()})
    for scope in wanted:
        if scope not in SCOPES and not INBOX_SCOPE.match(scope):
            raise BadScopes(f'"{scope}" is no scope – use read, write, admin or inbox:<key>.')
    if not set(wanted) & set(SCOPES):
        raise BadScopes("A token needs read, write or admin.")
    return wanted


def authenticate(raw: str, now: datetime) -> Token | None:
    """The valid token, or None: empty, unknown, expired or revoked. Writes nothing; see `note_use`."""
    if not raw or not raw.startswith(PREFIX):
        return None
    token = Token.objects.filter(digest=secrets.digest(raw)).first()
    return token if token is not None and token.is_valid(now) else None


def note_use(token: Token, *, now: datetime) -> None:
    """Remember that the token is in use, to the hour; call it where something is written anyway."""
    late = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    Token.objects.filter(late, pk=token.pk).update(last_used_at=now)


@transaction.atomic
def revoke(*, token: Token, by: User | None = None, at: datetime) -> bool:
    """Make the token useless from now on; False when it already was."""
    permissions.refuse_without("manage_tokens", by)
    changed = Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
    if changed:
        append.append(TokenRevoked(subject=token.pk, actor=actor_of(by)), at=at)
    return bool(changed)


def may_use(token: Token, scope: str, inbox_key: str | None = None) -> bool:
    """
    Whether the token reaches: admin includes write, write includes read; inbox scopes narrow to those inboxes.

    :param inbox_key: the inbox in question; None for what belongs to no inbox
    """
    held = set(token.scopes)
    reach = {"read": {"read", "write", "admin"}, "write": {"write", "admin"}, "admin": {"admin"}}[scope]
    if not held & reach:
        return False
    inboxes = inboxes_of(token)
    return inbox_key is None or inboxes is None or inbox_key in inboxes


def inboxes_of(token: Token) -> frozenset[str] | None:
    """Keys of the inboxes the token is narrowed to; None: all."""
    keys = frozenset(scope.removeprefix("inbox:") for scope in token.scopes if scope.startswith("inbox:"))
    return keys or None
