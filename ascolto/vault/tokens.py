"""Ids as tokens for links: signed, bound to a purpose, with an end if wanted."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from ascolto.vault.keys import keys_for

ID_BYTES = 16
END_BYTES = 5  # seconds since 1970, enough until the year 36000; 0: no end
SIGNATURE_BYTES = 16  # 128 bits of HMAC-SHA256
LENGTH = ID_BYTES + END_BYTES + SIGNATURE_BYTES


class BadToken(Exception):
    """Not a token of this purpose and installation, or one that was changed."""


class ExpiredToken(BadToken):
    """It was good once."""


@dataclass(frozen=True)
class SignedId:
    """What a token stood for."""

    id: UUID
    expires_at: datetime | None


def sign_id(*, purpose: str, id: UUID, expires_at: datetime | None = None) -> str:
    """
    The id as a token of 50 characters for that purpose alone; the same input gives the same token.

    :raises ValueError: an end without zone or before 1970
    """
    body = id.bytes + end_of(expires_at).to_bytes(END_BYTES, "big")
    return urlsafe_b64encode(body + signature(body, keys_for(f"token:{purpose}")[0])).decode().rstrip("=")


def read_id(*, purpose: str, token: str, now: datetime) -> SignedId:
    """
    The id that a token stands for; tokens signed with an earlier secret are good as well.

    :raises BadToken: forged, mutilated, of another purpose, or written in any but its one spelling
    :raises ExpiredToken: past its end at `now`
    """
    raw = decoded(token)
    body, given = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    # A list, not a generator: every key is compared, so that the time does not tell which one fits.
    if not any([hmac.compare_digest(given, signature(body, key)) for key in keys_for(f"token:{purpose}")]):  # noqa: C419
        raise BadToken
    end = int.from_bytes(body[ID_BYTES:], "big")
    expires_at = datetime.fromtimestamp(end, UTC) if end else None
    if expires_at is not None and now >= expires_at:
        raise ExpiredToken
    return SignedId(UUID(bytes=body[:ID_BYTES]), expires_at)


def end_of(moment: datetime | None) -> int:
    if moment is None:
        return 0
    if moment.tzinfo is None:
        raise ValueError("expires_at has no time zone")
    seconds = int(moment.timestamp())
    if seconds <= 0:  # zero would mean: for ever
        raise ValueError(f"expires_at is out of range: {moment}")
    return seconds


def decoded(token: str) -> bytes:
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError as error:
        raise BadToken from error
    if len(raw) != LENGTH or urlsafe_b64encode(raw).decode().rstrip("=") != token:
        raise BadToken
    return raw


def signature(body: bytes, key: bytes) -> bytes:
    return hmac.new(key, body, sha256).digest()[:SIGNATURE_BYTES]
