"""Where the installation's keys come from: one secret, one derived key per purpose, earlier secrets kept for reading."""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

LENGTH_BYTES = 32


def keys_for(purpose: str) -> tuple[bytes, ...]:
    """The keys of a purpose, the one to write with first, then those of earlier secrets (RFC 5869, HKDF with SHA-256)."""
    return tuple(derive(secret, purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=256)
def derive(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=LENGTH_BYTES, salt=None, info=f"ascolto {purpose}".encode()).derive(secret.encode())
