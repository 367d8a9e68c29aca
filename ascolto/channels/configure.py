"""Add and change the doors that customers come in by; secrets sealed."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from ascolto.conversations.models import Inbox
from ascolto.database.ids import new_id
from ascolto.people.models import Team
from ascolto.text.normalise import normalise_line
from ascolto.vault.seal import seal, unseal
from ascolto.vault.secrets import new_token


class BadOrigin(Exception):
    """Not an origin: it must be like https://shop.example, without a path."""


class UnknownTeam(Exception):
    """One of these teams is not there (any more)."""


def make_inbox(
    *,
    name: str,
    kind: str,
    language: str,
    at: datetime,
    allowed_origins: list[str] | None = None,
    key: str = "",
    welcome: str = "",
) -> Inbox:
    """A new inbox with its public key and its identity secret. Twice makes two. :raises BadOrigin, ValueError:"""
    return Inbox.objects.create(
        id=new_id(),
        key=key or new_token(),
        kind=Inbox.Kind(kind),
        name=normalise_line(name)[:100],
        language=language,
        welcome=normalise_line(welcome),
        allowed_origins=[check_origin(each) for each in allowed_origins or []],
        identity_secret=seal(new_token()),
        created_at=at,
    )


@transaction.atomic
def change_inbox(
    *,
    inbox: Inbox,
    name: str | None = None,
    language: str | None = None,
    welcome: str | None = None,
    allowed_origins: list[str] | None = None,
    teams: Collection[UUID] | None = None,
) -> Inbox:
    """
    Change what is given; None leaves it as it is. Twice is once.

    :param teams: who sees it besides the admins; none: every colleague. Ids that no team has are refused: left out, the
        last one gone would show the inbox to everybody
    :raises BadOrigin, UnknownTeam:
    """
    inbox.name = inbox.name if name is None else normalise_line(name)[:100] or inbox.name
    inbox.language = inbox.language if language is None else language
    inbox.welcome = inbox.welcome if welcome is None else normalise_line(welcome)[:200]
    if allowed_origins is not None:
        inbox.allowed_origins = [check_origin(each) for each in allowed_origins]
    inbox.save(update_fields=["name", "language", "welcome", "allowed_origins"])
    if teams is not None:
        found = list(Team.objects.filter(pk__in=teams))
        if len(found) != len(set(teams)):
            raise UnknownTeam
        inbox.teams.set(found)
    return inbox


def close_inbox(*, inbox: Inbox) -> Inbox:
    """Let nobody write through this door any more; what came in stays and can be answered. Twice is once."""
    inbox.is_active = False
    inbox.save(update_fields=["is_active"])
    return inbox


def open_inbox(*, inbox: Inbox) -> Inbox:
    """Open a closed door again, with the same key. Twice is once."""
    inbox.is_active = True
    inbox.save(update_fields=["is_active"])
    return inbox


def check_origin(origin: str) -> str:
    """The origin in its one spelling, lower-cased, without a path. :raises BadOrigin:"""
    parts = urlsplit(origin.strip().lower())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query or "*" in origin:
        raise BadOrigin(origin)
    return f"{parts.scheme}://{parts.netloc}"


def identity_secret(inbox: Inbox) -> str:
    """The secret that signs this inbox's JWTs, for its operator's eyes."""
    return unseal(inbox.identity_secret)


def rotate_identity_secret(*, inbox: Inbox) -> str:
    """A new identity secret; tokens signed with the old one stop working at once. Twice makes two."""
    secret = new_token()
    inbox.identity_secret = seal(secret)
    inbox.save(update_fields=["identity_secret"])
    return secret
