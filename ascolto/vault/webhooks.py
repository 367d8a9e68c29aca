"""Signatures of calls between programs, as Standard Webhooks 1.0 has them: HMAC-SHA256 over id, time and body."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)  # of the standard: older calls may be somebody else's, sent again
KEY_BYTES = range(24, 65)  # of the standard
SIGNATURES = 20  # looked at in one header; a sender that rotates has two


class BadSecret(Exception):
    """Not a secret of this kind: `whsec_` and 24 to 64 bytes in base64."""


class BadSignature(Exception):
    """The call does not prove that it comes from somebody with the secret, or it is too old; `str()` says which."""


def new_secret() -> str:
    """A new random secret, as both sides keep it."""
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that a secret stands for, with or without its prefix. :raises BadSecret:"""
    text = secret.strip().removeprefix(PREFIX)
    try:
        key = b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise BadSecret from error
    if len(key) not in KEY_BYTES:
        raise BadSecret
    return key


def sign(body: bytes, *, id: str, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """
    The headers of a signed call, one signature for each secret, so that the other side may change its own in between.

    :param id: of what the call is about, the same at every attempt
    :raises BadSecret:
    """
    seconds = str(int(at.timestamp()))
    marks = [f"v1,{mark(body, id, seconds, key_of(each))}" for each in secrets]
    return {"webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": " ".join(marks)}


def verify(body: bytes, headers: Mapping[str, str], *, secrets: Sequence[str], now: datetime) -> None:
    """
    Check a signed call, in a time that tells nothing of the secrets. Any one of them is enough.

    :param headers: by lower-case name
    :raises BadSignature: also when there is no secret at all
    """
    keys = [key for each in secrets if each for key in readable(each)]
    id, seconds, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not keys:
        raise BadSignature("no secret is filled in")
    if not (id and seconds and given):
        raise BadSignature("it is not signed")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 13):
        raise BadSignature("its time cannot be read")
    if abs(now.timestamp() - int(seconds)) > TOLERANCE.total_seconds():
        raise BadSignature("its time is more than five minutes from ours")
    known = [mark(body, id, seconds, key).encode() for key in keys]
    marks = [each[3:].encode("utf-8", "replace") for each in given.split(" ")[:SIGNATURES] if each.startswith("v1,")]
    # A list, not a generator: everything is compared, so that the time does not tell which one fits.
    if not any([hmac.compare_digest(each, wanted) for each in marks for wanted in known]):  # noqa: C419
        raise BadSignature("its signature is another one")


def readable(secret: str) -> list[bytes]:
    try:
        return [key_of(secret)]
    except BadSecret:
        return []


def mark(body: bytes, id: str, seconds: str, key: bytes) -> str:
    return b64encode(hmac.new(key, f"{id}.{seconds}.".encode("utf-8", "replace") + body, sha256).digest()).decode()
