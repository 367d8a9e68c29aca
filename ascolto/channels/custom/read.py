"""What a bridge says, as docs/use/custom-channel.md has it: messages, receipts, changes, signs."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop

from ascolto.channels.contract import (
    Arrival,
    ArrivedFile,
    ArrivedMessage,
    Door,
    Edited,
    Media,
    Reacted,
    Receipt,
    Sender,
    State,
    Unreadable,
)
from ascolto.channels.said import Said, inner, is_cut, line, moment, number, object_in, objects, text

STATES: Mapping[str, State] = {"sent": "sent", "delivered": "delivered", "read": "read", "failed": "failed"}
ANSWERS = 50

NO_TYPE = gettext_noop("“type” has to be message, receipt, edit, reaction or test.")
NO_ID = gettext_noop("“data.id” is missing.")
NO_SENDER = gettext_noop("“data.from.id” is missing.")
NO_WORDS = gettext_noop("“data.text”, “data.html” and “data.files” are all empty.")
NO_STATE = gettext_noop("“data.state” has to be sent, delivered, read or failed.")
NOT_BASE64 = gettext_noop("A file was not in base64, or had no address that begins with https:// or http://.")
CUT = gettext_noop("The text was too long and is cut; the original is kept.")


def read(content: bytes, door: Door) -> Sequence[Arrival]:
    """What one call says; nothing for a test. :raises Unreadable: with what is missing"""
    said = object_in(content)
    kind, data = line(said, "type"), inner(said, "data")
    if kind == "test":
        return []
    if kind not in READERS:
        raise Unreadable(NO_TYPE)
    if not line(data, "id"):
        raise Unreadable(NO_ID)
    return [READERS[kind](said, data, door)]


def message_in(said: Said, data: Said, door: Door) -> Arrival:
    files, lost = files_of(data)
    words, html = text(data, "text"), text(data, "html")
    if not (words or html or files or lost):
        raise Unreadable(NO_WORDS)
    return ArrivedMessage(
        id=line(data, "id"),
        sender=sender_in(data, door),
        text=words,
        html=html,
        subject=line(data, "subject"),
        files=files,
        claimed_at=moment(said, "timestamp"),
        answers_to=answers_in(data),
        tokens=[token] if (token := line(data, "token")) else [],
        language=line(data, "language")[:2].lower(),
        automatic="auto-reply" if data.get("automatic") is True else "",
        warnings=[*lost, *([CUT] if is_cut(data, "text") or is_cut(data, "html") else [])],
    )


def receipt_in(said: Said, data: Said, door: Door) -> Arrival:
    state = STATES.get(line(data, "state"))
    if state is None:
        raise Unreadable(NO_STATE)
    reason = line(data, "reason", max_chars=300) if state == "failed" else ""
    return Receipt(id=line(data, "id"), state=state, at=moment(said, "timestamp"), reason=reason)


def edit_in(said: Said, data: Said, door: Door) -> Arrival:
    return Edited(id=line(data, "id"), text=text(data, "text"), at=moment(said, "timestamp"))


def sign_in(said: Said, data: Said, door: Door) -> Arrival:
    sign = line(data, "sign", max_chars=20)
    return Reacted(id=line(data, "id"), sign=sign, sender=sender_in(data, door), at=moment(said, "timestamp"))


READERS = {"message": message_in, "receipt": receipt_in, "edit": edit_in, "reaction": sign_in}


def sender_in(data: Said, door: Door) -> Sender:
    """Who wrote, as the bridge knows them; two bridges may call two people the same. :raises Unreadable:"""
    who = inner(data, "from")
    id = line(who, "id")
    if not id:
        raise Unreadable(NO_SENDER)
    return Sender(
        kind="custom",
        value=f"{door.key}:{id}",
        name=line(who, "name"),
        language=line(who, "language")[:2].lower(),
        is_proven=True,
    )


def answers_in(data: Said) -> list[str]:
    found = data.get("answers")
    if isinstance(found, list):
        return [each for name in found[-ANSWERS:] if (each := line({"id": name}, "id"))]
    return [each] if (each := line(data, "answers")) else []


def files_of(data: Said) -> tuple[list[ArrivedFile | Media], list[str]]:
    """The files, with their bytes or where they are; and what is said of those that are neither."""
    files: list[ArrivedFile | Media] = []
    lost: list[str] = []
    for each in objects(data, "files"):
        name, kind = line(each, "name") or "file", line(each, "type")
        if "content" in each:
            content = bytes_of(each)
            if content is None:
                lost.append(f"{name}: {NOT_BASE64}")
            else:
                files.append(ArrivedFile(name=name, content=content, type=kind))
        elif is_web(url := line(each, "url", max_chars=2000)):
            files.append(Media(id=url, name=name, type=kind, size_bytes=number(each, "size")))
        else:
            lost.append(f"{name}: {NOT_BASE64}")
    return files, lost


def bytes_of(file: Said) -> bytes | None:
    found = file.get("content")
    try:
        return b64decode(found.encode("ascii"), validate=True) if isinstance(found, str) and found else None
    except ValueError:
        return None


def is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:
        return False
