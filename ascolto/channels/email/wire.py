"""
How the reader's child and its parent talk: frames of bytes, lengths first. Nothing that is read here can run.

The child has read hostile bytes, so the parent believes it no more than the mail: each field is made what it must be, and
nothing like pickle, which can call, is used.
"""

import json
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ascolto.channels.contract import Arrival, ArrivedFile, ArrivedMessage, Raw, Receipt, Sender
from ascolto.channels.email.automatic import Ours

LENGTHS = struct.Struct(">II")  # of the JSON, and of the bytes behind it
MAX_JSON_BYTES = 64 * 1024 * 1024
HEAD_ALONE = ("too_large", "unfetched", "door")  # what the mailbox's door notes of a mail whose head alone it took
STATES = ("sent", "delivered", "read", "failed")


class Broken(Exception):
    """What came is no frame: the other side is not what it should be."""


def pack(said: Mapping[str, Any], blobs: list[bytes]) -> list[bytes]:
    """The pieces of one frame; `said` names the lengths of its blobs itself."""
    text = json.dumps({**said, "blobs": [len(blob) for blob in blobs]}, ensure_ascii=True).encode()
    return [LENGTHS.pack(len(text), sum(map(len, blobs))), text, *blobs]


def unpack(text: bytes, behind: bytes) -> tuple[Mapping[str, Any], list[bytes]]:
    """The other way round. :raises Broken:"""
    try:
        said = json.loads(text)
        lengths = [int(each) for each in said["blobs"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Broken from error
    if sum(lengths) != len(behind) or min(lengths, default=0) < 0:
        raise Broken
    blobs, place = [], 0
    for length in lengths:
        blobs.append(behind[place : place + length])
        place += length
    return said, blobs


def pack_task(raw: Raw, ours: Ours, *, head_only: bool) -> list[bytes]:
    said = {
        "at": raw.received_at.isoformat(),
        "head": {key: value for key, value in raw.head.items() if key.startswith("envelope_") or key in HEAD_ALONE},
        "head_only": head_only,
        "ours": [sorted(ours.addresses), sorted(ours.mail_domains), ours.authserv_id],
    }
    return pack(said, [raw.content])


def unpack_task(said: Mapping[str, Any], blobs: list[bytes]) -> tuple[Raw, Ours, bool]:
    addresses, domains, authserv_id = said["ours"]
    ours = Ours(addresses=frozenset(addresses), mail_domains=frozenset(domains), authserv_id=authserv_id)
    at = datetime.fromisoformat(said["at"])
    return Raw(id=UUID(int=0), content=blobs[0], received_at=at, head=said["head"]), ours, bool(said["head_only"])


def pack_arrivals(arrivals: list[Arrival]) -> list[bytes]:
    blobs: list[bytes] = []
    said: list[dict[str, Any]] = []
    for each in arrivals:
        match each:
            case Receipt():
                said.append(receipt_as_json(each))
            case ArrivedMessage():
                said.append(message_as_json(each, blobs))
            case other:
                raise TypeError(f"mail says nothing like {other!r}")
    return pack({"arrivals": said}, blobs)


def receipt_as_json(each: Receipt) -> dict[str, Any]:
    return {
        "is": "receipt",
        "id": each.id,
        "state": each.state,
        "at": each.at.isoformat() if each.at else None,
        "to": each.to,
        "reason": each.reason,
        "is_for_good": each.is_for_good,
    }


def message_as_json(each: ArrivedMessage, blobs: list[bytes]) -> dict[str, Any]:
    files = []
    for file in each.files:
        if not isinstance(file, ArrivedFile):
            raise TypeError("a mail brings its files along")
        blobs.append(file.content)
        files.append([file.name, file.type, file.content_id, file.is_inline])
    return {
        "is": "message",
        "id": each.id,
        "sender": [each.sender.value, each.sender.name, each.sender.is_proven],
        "text": each.text,
        "html": each.html,
        "subject": each.subject,
        "files": files,
        "claimed_at": each.claimed_at.isoformat() if each.claimed_at else None,
        "answers_to": list(each.answers_to),
        "tokens": list(each.tokens),
        "subject_number": each.subject_number,
        "automatic": each.automatic,
        "head": dict(each.head),
        "warnings": list(each.warnings),
    }


def unpack_arrivals(said: Mapping[str, Any], blobs: list[bytes]) -> list[Arrival] | None:
    """What the child read; None: it could not. :raises Broken:"""
    if "failed" in said:
        return None
    waiting = iter(blobs)
    try:
        return [receipt_of(each) if each["is"] == "receipt" else message_of(each, waiting) for each in said["arrivals"]]
    except (ValueError, TypeError, KeyError, IndexError, StopIteration, AttributeError) as error:
        raise Broken from error


def receipt_of(said: Mapping[str, Any]) -> Receipt:
    state = said["state"]
    if state not in STATES:
        raise ValueError("no such state")
    return Receipt(
        id=str(said["id"]),
        state=state,
        at=moment(said["at"]),
        to=str(said["to"]),
        reason=str(said["reason"]),
        is_for_good=said["is_for_good"] is True,
    )


def message_of(said: Mapping[str, Any], blobs: Any) -> ArrivedMessage:
    value, name, is_proven = said["sender"]
    number = said["subject_number"]
    return ArrivedMessage(
        id=str(said["id"]),
        sender=Sender(kind="email", value=str(value), name=str(name), is_proven=is_proven is True),
        text=str(said["text"]),
        html=str(said["html"]),
        subject=str(said["subject"]),
        files=[file_of(each, next(blobs)) for each in said["files"]],
        claimed_at=moment(said["claimed_at"]),
        answers_to=texts(said["answers_to"]),
        tokens=texts(said["tokens"]),
        subject_number=None if number is None else int(number),
        automatic=str(said["automatic"]),
        head={str(key): texts(each) if isinstance(each, list) else str(each) for key, each in said["head"].items()},
        warnings=texts(said["warnings"]),
    )


def file_of(said: Any, content: bytes) -> ArrivedFile:
    name, mime_type, content_id, is_inline = said
    return ArrivedFile(
        name=str(name), content=content, type=str(mime_type), content_id=str(content_id), is_inline=is_inline is True
    )


def moment(written: Any) -> datetime | None:
    return None if written is None else datetime.fromisoformat(str(written))


def texts(each: Any) -> list[str]:
    return [str(text) for text in each]
