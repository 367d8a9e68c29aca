"""Where the installation's keys come from: one secret, one derived key per purpose, earlier secrets kept for reading."""

import hmac
from functools import lru_cache

from django.conf import settings

LENGTH_BYTES = 32  # of SHA-256: one block of HKDF is one key


def keys_for(purpose: str) -> tuple[bytes, ...]:
    """The keys of a purpose, the one to write with first, then those of earlier secrets (RFC 5869, HKDF with SHA-256)."""
    return tuple(derive(secret, purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=256)
def derive(secret: str, purpose: str) -> bytes:
    """HKDF's two steps in full; the library that also has them weighs 6 MB in a process that needs nothing else of it."""
    extracted = hmac.digest(bytes(LENGTH_BYTES), secret.encode(), "sha256")
    return hmac.digest(extracted, f"ascolto {purpose}".encode() + b"\x01", "sha256")
