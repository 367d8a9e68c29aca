"""A reply goes to the bridge as a signed call, the same at every attempt but for its time."""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from ascolto.channels.contract import Door, Never, OutboundFile, OutboundMessage, Taken, TryLater, Unreadable
from ascolto.channels.provider_calls import ask, wait_of
from ascolto.channels.said import line, object_in
from ascolto.egress.client import Reply
from ascolto.vault.webhooks import BadSecret, sign

INLINE_BYTES = 700 * 1024  # with base64 about a megabyte; larger files go as an address

NO_ADDRESS = gettext_noop("This channel has no address for replies.")
BAD_SECRET = gettext_noop("The secret of this channel is not one: it has to be whsec_ and base64.")
BUSY = gettext_noop("The bridge cannot take the message right now.")
REFUSED = gettext_noop("The bridge refused the message.")


def send(message: OutboundMessage, door: Door) -> Taken:
    """
    One attempt. The bridge knows a second one by its `webhook-id`, and speaks of the message by our id.

    :raises TryLater, Never:
    """
    body = {"type": "reply", "timestamp": message.at.isoformat(), "data": data_of(message, door)}
    judge(call(door, id=f"msg_{message.id.hex}", said=body, at=datetime.now(UTC)))
    return Taken(id=str(message.id))


def data_of(message: OutboundMessage, door: Door) -> dict[str, Any]:
    """What a bridge needs to hand a reply on; nothing that stays within the desk."""
    found = {
        "id": str(message.id),
        "conversation": message.number,
        "to": {"id": message.to.removeprefix(f"{door.key}:"), "name": message.to_name},
        "author": message.author,
        "text": message.text,
        "html": message.html,
        "subject": message.subject,
        "language": message.language,
        "automatic": message.is_automatic,
        "answers": list(message.answers_to),
        "token": message.reply_token,
        "page": message.page_url,
        "files": [file_data(each) for each in message.files],
    }
    return {name: value for name, value in found.items() if value not in ("", [], None, False)}


def file_data(file: OutboundFile) -> dict[str, Any]:
    """A file as an address that opens for minutes; without one, a small file comes along."""
    said: dict[str, Any] = {"name": file.name, "type": file.type, "size": file.size_bytes}
    if file.url:
        said["url"] = file.url
    elif file.size_bytes <= INLINE_BYTES:
        said["content"] = b64encode(Path(file.path).read_bytes()).decode()
    return said


def call(door: Door, *, id: str, said: Mapping[str, Any], at: datetime) -> Reply:
    """Call the bridge, signed with the secret, and with the earlier one while it is there. :raises TryLater, Never:"""
    if not door.get("url"):
        raise Never(NO_ADDRESS)
    body = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
    try:
        signed = sign(body, id=id, at=at, secrets=[each for each in (door.get("secret"), door.get("earlier_secret")) if each])
    except BadSecret:
        raise TryLater(BAD_SECRET) from None
    return ask("POST", door.get("url"), headers={"Content-Type": "application/json", **signed}, content=body)


def judge(reply: Reply) -> None:
    """What the bridge's answer means. :raises TryLater, Never:"""
    if 200 <= reply.status < 300:
        return
    if reply.status >= 500 or reply.status in (401, 403, 404, 408, 409, 425, 429) or 300 <= reply.status < 400:
        # A bridge that is not set up yet, or was moved, says 401 or 404: that is about it, and not about this message.
        raise TryLater(BUSY, after=wait_of(reply))
    raise Never(reason_in(reply))


def reason_in(reply: Reply) -> str:
    """The bridge's own words, where it gives some: {"reason": "…"}."""
    try:
        return line(object_in(reply.body), "reason", max_chars=300) or REFUSED
    except Unreadable:
        return REFUSED
