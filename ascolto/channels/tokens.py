"""Reply tokens: whoever answers with one answers that conversation. They fit a mailbox name and a deep link."""

import hmac
from base64 import b32decode, b32encode
from hashlib import sha256
from uuid import UUID

from ascolto.vault.keys import keys_for

ID_BYTES = 16
MARK_BYTES = 9  # 72 bits of HMAC-SHA256: nobody guesses one by mail
LENGTH = 40  # in base32, lower case: mail servers change the case of mailbox names, and 64 characters is all they take


def token_of(thread: UUID) -> str:
    """The token of a thread, 40 letters and digits; the same each time."""
    return b32encode(thread.bytes + mark(thread, keys_for("thread")[0])).decode().lower().rstrip("=")


def thread_in(token: str) -> UUID | None:
    """The thread that a token stands for, in either case, also one made with an earlier secret; None: not one of ours."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        raw = b32decode(token.upper())
    except ValueError:
        return None
    thread, given = UUID(bytes=raw[:ID_BYTES]), raw[ID_BYTES:]
    # A list, not a generator: every key is compared, so that the time does not tell which one fits.
    return thread if any([hmac.compare_digest(given, mark(thread, key)) for key in keys_for("thread")]) else None  # noqa: C419


def mark(thread: UUID, key: bytes) -> bytes:
    return hmac.new(key, thread.bytes, sha256).digest()[:MARK_BYTES]
