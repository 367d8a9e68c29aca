"""Add and change the doors that customers come in by; secrets sealed."""

from datetime import datetime
from urllib.parse import urlsplit

from ascolto.conversations.models import Inbox
from ascolto.database.ids import new_id
from ascolto.text.normalise import normalise_line
from ascolto.vault.seal import seal, unseal
from ascolto.vault.secrets import new_token


class BadOrigin(Exception):
    """Not an origin: it must be like https://shop.example, without a path."""


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
