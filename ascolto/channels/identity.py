"""The public key with which a site's proofs of who is signed in are checked, where it shares no secret with us."""

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from ascolto.conversations.models import Inbox

RAW_BYTES = 32
LONGEST_CHARS = 1000


class BadKey(Exception):
    """Not an Ed25519 public key: neither PEM nor its 32 bytes in base64."""


def set_identity_key(*, inbox: Inbox, pem: str) -> None:
    """
    Check EdDSA proofs of this inbox with this key from now on; those of an earlier key stop working at once. Twice is once.

    :param pem: an Ed25519 public key as PEM or as its 32 bytes in base64; empty: no key, EdDSA proofs are worth nothing
    :raises BadKey:
    """
    inbox.identity_public_key = written(read_key(pem)) if pem.strip() else ""
    inbox.save(update_fields=["identity_public_key"])


def identity_key(inbox: Inbox) -> Ed25519PublicKey | None:
    """The key of this inbox's EdDSA proofs; None when it has none."""
    return read_key(inbox.identity_public_key) if inbox.identity_public_key else None


def read_key(given: str) -> Ed25519PublicKey:
    """An Ed25519 public key from PEM, or from its bytes in base64, of either alphabet. :raises BadKey: anything else"""
    text = given.strip()
    if len(text) > LONGEST_CHARS or not text.isascii():
        raise BadKey
    try:
        found = load_pem_public_key(text.encode()) if text.startswith("-----") else from_raw(text)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey from error
    if not isinstance(found, Ed25519PublicKey):
        raise BadKey
    return found


def from_raw(text: str) -> Ed25519PublicKey:
    try:
        raw = base64.b64decode(text.rstrip("=").translate(str.maketrans("-_", "+/")) + "=", validate=True)
    except binascii.Error as error:
        raise BadKey from error
    if len(raw) != RAW_BYTES:
        raise BadKey
    return Ed25519PublicKey.from_public_bytes(raw)


def written(key: Ed25519PublicKey) -> str:
    """The one spelling in which keys are kept."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
