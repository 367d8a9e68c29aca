"""Mails of our own making, for the tests of this folder."""

import base64
import struct
from datetime import UTC, datetime
from uuid import uuid4

from ascolto.channels.contract import ArrivedMessage, Raw
from ascolto.channels.email.automatic import Ours
from ascolto.channels.email.parse import parse

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OURS = Ours(addresses=frozenset({"help@desk.example"}), mail_domains=frozenset({"desk.example"}), authserv_id="mx.desk.example")


def raw(content: bytes, **head: object) -> Raw:
    return Raw(id=uuid4(), content=content, received_at=NOON, head=head)


def mail(*lines: str | bytes, body: str | bytes = "Hello") -> bytes:
    """A mail with these header lines; From, To and the like only if they are given."""
    head = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return head + b"\n\n" + (body if isinstance(body, bytes) else body.encode())


def many(*parts: str | bytes, kind: str = "mixed", head: str = "From: anna@example.com") -> bytes:
    """A multipart mail; each of `parts` is its header lines, an empty line and its body."""
    bodies = b"".join(b"--edge\n" + (part if isinstance(part, bytes) else part.encode()) + b"\n" for part in parts)
    return mail(head, f"Content-Type: multipart/{kind}; boundary=edge", body=bodies + b"--edge--\n")


def read(content: bytes, *, ours: Ours = OURS, **head: object) -> ArrivedMessage:
    (message,) = parse(raw(content, **head), ours=ours)
    assert isinstance(message, ArrivedMessage)
    return message


def in_base64(content: bytes) -> str:
    return base64.encodebytes(content).decode()


def tnef_object(level: int, name: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 0, len(content)) + content + b"\0\0"


def winmail(*files: tuple[bytes, bytes], text: bytes = b"") -> bytes:
    """A winmail.dat with these files."""
    out = struct.pack("<IH", 0x223E9F78, 1) + tnef_object(1, 0x9007, struct.pack("<II", 1252, 0))
    if text:
        out += tnef_object(1, 0x800C, text + b"\0")
    for name, content in files:
        out += tnef_object(2, 0x9002, b"\0" * 14) + tnef_object(2, 0x8010, name + b"\0") + tnef_object(2, 0x800F, content)
    return out
