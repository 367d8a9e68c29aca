"""DKIM: the operator's domain vouches for the mail, headers that matter included (RFC 6376; E4: List-Unsubscribe too)."""

import binascii

from ascolto.channels.contract import Door

# Those of RFC 6376, 5.4.1 that we write. From stands twice: nobody can add a second one behind us.
SIGNED = (
    b"from",
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"in-reply-to",
    b"references",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"auto-submitted",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)


class BadKey(Exception):
    """Nothing can be signed with this key."""


def signed(raw: bytes, door: Door) -> bytes:
    """The mail with a signature in front, or as it is when no key is filled in. :raises BadKey:"""
    key, selector = door.get("dkim_key").strip(), door.get("dkim_selector").strip()
    if not key or not selector:
        return raw
    import dkim  # type: ignore[import-untyped]  # it brings a resolver along, 4 MB in a desk without keys

    domain = door.get("dkim_domain").strip() or door.get("address").rpartition("@")[2]
    head = raw.partition(b"\r\n\r\n")[0].lower()
    there = [name for name in SIGNED if b"\n" + name + b":" in b"\n" + head]
    try:
        line = dkim.sign(
            raw,
            selector.encode("ascii"),
            domain.encode("idna"),
            key.encode("ascii") + b"\n",
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=there,
        )
    except (dkim.DKIMException, UnicodeError, ValueError, TypeError, IndexError, binascii.Error) as error:
        raise BadKey(type(error).__name__) from error
    return bytes(line) + raw
