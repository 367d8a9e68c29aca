"""A reply goes to Telegram: words in parts that fit, files each by itself."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from ascolto.channels.contract import Door, Never, OutboundFile, OutboundMessage, Taken
from ascolto.channels.parts import Begun, split_text
from ascolto.channels.said import Said, number
from ascolto.channels.telegram import bot
from ascolto.egress.multipart import Upload

MAX_UNITS = 4096  # of one text
CAPTION_UNITS = 1024
PHOTO_BYTES = 10 * 1024 * 1024
PHOTOS = frozenset({"image/jpeg", "image/png"})
NOTHING_TO_SEND = gettext_noop("There is nothing in this message.")


def send(message: OutboundMessage, door: Door, begun: Begun) -> Taken:
    """One attempt; what went before a break is not sent again by this process. :raises TryLater, Never:"""
    return Taken(id=begun.send(message.id, parts_of(message, door))[0])


def parts_of(message: OutboundMessage, door: Door) -> list[Callable[[], str]]:
    chat: dict[str, Any] = {"chat_id": message.to}
    answered = answered_in(message)
    if answered and door.settings.get("quotes"):
        chat["reply_parameters"] = {"message_id": answered, "allow_sending_without_reply": True}
    if len(message.files) == 1 and len(split_text(message.text, max_units=CAPTION_UNITS)) <= 1:
        return [partial(send_file, door, chat, message.files[0], caption=message.text.strip())]
    texts = split_text(message.text, max_units=MAX_UNITS)
    parts: list[Callable[[], str]] = [partial(send_text, door, chat, each) for each in texts]
    parts += [partial(send_file, door, chat, each) for each in message.files]
    if not parts:
        raise Never(NOTHING_TO_SEND)
    return parts


def answered_in(message: OutboundMessage) -> int | None:
    """The number, in this chat, of the latest message that it answers."""
    for id in reversed(message.answers_to):
        chat, _, found = id.partition(":")
        if chat == message.to and found.isascii() and found.isdigit():
            return int(found)
    return None


def send_text(door: Door, chat: Mapping[str, Any], words: str) -> str:
    said = {**chat, "text": words, "link_preview_options": {"is_disabled": True}}
    return name_of(bot.post(door, "sendMessage", said), chat)


def send_file(door: Door, chat: Mapping[str, Any], file: OutboundFile, *, caption: str = "") -> str:
    is_photo = file.type in PHOTOS and file.size_bytes <= PHOTO_BYTES
    method, field = ("sendPhoto", "photo") if is_photo else ("sendDocument", "document")
    content = Path(file.path).read_bytes()
    fields = {"chat_id": str(chat["chat_id"]), **({"caption": caption} if caption else {})}
    return name_of(bot.upload(door, method, fields, Upload(field=field, name=file.name, type=file.type, content=content)), chat)


def name_of(sent: Said, chat: Mapping[str, Any]) -> str:
    """As read.py names messages, so that a sign to it finds it."""
    id = number(sent, "message_id")
    return f"{chat['chat_id']}:{id}" if id is not None else ""
