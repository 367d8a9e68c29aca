"""What a session, a token or a visit may hear, as the database says now; in bulk, for all who listen at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from ascolto.accounts import tokens
from ascolto.accounts.models import Token, User
from ascolto.channels.models import Visit
from ascolto.conversations.access import visible_inbox_ids
from ascolto.conversations.models import Inbox
from ascolto.realtime.topics import EVERYTHING, customer_topic, inbox_topic

CHUNK = 500  # keys in one query; SQLite takes no more than some thousand


@dataclass(frozen=True, kw_only=True)
class Rights:
    """Who someone is and which topics they may hear."""

    principal: str
    topics: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Colleague(Rights):
    """A signed-in session."""

    id: UUID
    name: str
    initials: str
    inboxes: frozenset[UUID]


@dataclass(frozen=True, kw_only=True)
class Program(Rights):
    """A valid API token."""

    scopes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Visitor(Rights):
    """A visit that has not ended."""

    id: UUID
    inbox: UUID
    customer: UUID | None
    is_proven: bool
    language: str


def colleagues(session_keys: Collection[str]) -> Mapping[str, Rights]:
    """Of these sessions those that are still signed in, as the person who is active."""
    now = datetime.now(UTC)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    rows = Session.objects.filter(session_key__in=session_keys, expire_date__gt=now).values_list("session_key", "session_data")
    sessions: dict[str, dict[str, Any]] = {key: store.decode(data) for key, data in rows}
    ids = {kept[SESSION_KEY] for kept in sessions.values() if SESSION_KEY in kept}
    users = {str(user.pk): user for user in User.objects.filter(pk__in=ids, is_active=True)}
    seen = {key: visible_inbox_ids(user) for key, user in users.items()}
    found: dict[str, Rights] = {}
    for key, kept in sessions.items():
        user = users.get(kept.get(SESSION_KEY, ""))
        if user is None or not is_of_this_password(user, kept):
            continue
        inboxes = seen[str(user.pk)]
        found[key] = Colleague(
            principal=f"user:{user.pk}",
            topics=frozenset(inbox_topic(inbox) for inbox in inboxes),
            id=user.pk,
            name=user.name,
            initials=user.initials,
            inboxes=inboxes,
        )
    return found


def is_of_this_password(user: User, kept: Mapping[str, Any]) -> bool:
    """A session ends with the password it was opened with, as Django's own middleware has it."""
    given = kept.get(HASH_SESSION_KEY, "")
    return any(
        constant_time_compare(given, each) for each in (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    )


def programs(digests: Collection[str]) -> Mapping[str, Rights]:
    """Of these API tokens those that are valid and may read."""
    now = datetime.now(UTC)
    found: dict[str, Rights] = {}
    keys: dict[str, UUID] | None = None
    for token in Token.objects.filter(digest__in=digests):
        if not token.is_valid(now) or not tokens.may_use(token, "read"):
            continue
        narrowed = tokens.inboxes_of(token)
        if narrowed is None:
            topics = frozenset({EVERYTHING})
        else:
            keys = dict(Inbox.objects.values_list("key", "id")) if keys is None else keys
            topics = frozenset(inbox_topic(keys[key]) for key in narrowed if key in keys)
        found[token.digest] = Program(principal=f"token:{token.pk}", topics=topics, scopes=frozenset(token.scopes))
    return found


def visitors(digests: Collection[str]) -> Mapping[str, Rights]:
    """Of these visits those that have neither ended nor been revoked."""
    now = datetime.now(UTC)
    found: dict[str, Rights] = {}
    wanted = list(digests)
    for start in range(0, len(wanted), CHUNK):
        rows = Visit.objects.filter(
            digest__in=wanted[start : start + CHUNK], revoked_at=None, expires_at__gt=now, inbox__is_active=True
        )
        for digest, id, inbox, customer, is_proven, language in rows.values_list(
            "digest", "id", "inbox_id", "customer_id", "is_proven", "language"
        ):
            found[digest] = Visitor(
                principal=f"visit:{id}",
                topics=frozenset({customer_topic(customer)} if customer else ()),
                id=id,
                inbox=inbox,
                customer=customer,
                is_proven=is_proven,
                language=language,
            )
    return found
