"""Random tokens that are shown once and kept as a digest only: API keys, invitations, visits."""

import hmac
import secrets
from hashlib import sha256

TOKEN_BYTES = 24  # 192 bits: more than anyone can guess, so that a plain digest is enough


def new_token(prefix: str = "") -> str:
    """Return a new random token that fits into a URL; `prefix` says what it is for when one is found lying about."""
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Return what may be stored of a token: its SHA-256 as 64 hexadecimal digits."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def matches(token: str, kept: str) -> bool:
    """Whether `kept` is the digest of `token`, in a time that tells nothing; nothing matches an empty one of either."""
    return bool(token) and bool(kept) and hmac.compare_digest(digest(token).encode(), kept.encode("utf-8", "surrogatepass"))
