"""A reply goes to WhatsApp: words, files, or outside of the 24 hours a template that Meta has approved."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

from django.utils.translation import gettext_noop

from ascolto.channels.contract import Door, Never, OutboundFile, OutboundMessage, Taken, TryLater
from ascolto.channels.parts import Begun, split_text
from ascolto.channels.said import line, objects
from ascolto.channels.whatsapp import graph
from ascolto.channels.whatsapp.errors import OUTSIDE_WINDOW, WORDS, Outside
from ascolto.egress.multipart import Upload

MB = 1024 * 1024
MAX_UNITS = 4096  # of one text
CAPTION_UNITS = 1024
TEMPLATE_CHARS = 900  # of the placeholder: 1,024 for all of a template's body
WINDOW = timedelta(hours=24)

Sort = Literal["image", "video", "audio", "document"]
# What the Cloud API takes, and up to which size; all else goes as a link to the customer's own page.
SHOWN: Sequence[tuple[Sort, frozenset[str], int]] = (
    ("image", frozenset({"image/jpeg", "image/png"}), 5 * MB),
    ("video", frozenset({"video/mp4", "video/3gpp"}), 16 * MB),
    ("audio", frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}), 16 * MB),
)
DOCUMENTS = re.compile(
    r"^(text/plain|image/(jpeg|png)|video/(mp4|3gpp)|audio/(aac|amr|mpeg|mp4|ogg)|application/(pdf|msword|vnd\.ms-(excel|powerpoint)"
    r"|vnd\.openxmlformats-officedocument\.(wordprocessingml\.document|spreadsheetml\.sheet|presentationml\.presentation)))$"
)

NO_FILES_NOW = gettext_noop("The customer last wrote more than 24 hours ago. WhatsApp then takes no files.")
TOO_LONG_NOW = gettext_noop(
    "The customer last wrote more than 24 hours ago. WhatsApp then takes a template alone, and this text is too long for it."
)
NOT_TAKEN = gettext_noop("WhatsApp does not take this file.")
NOTHING_TO_SEND = gettext_noop("There is nothing in this message.")


def send(message: OutboundMessage, door: Door, begun: Begun) -> Taken:
    """One attempt; what went before a break is not sent again by this process. :raises TryLater, Never:"""
    if is_outside(message):
        return send_template(message, door)
    try:
        ids = begun.send(message.id, parts_of(message, door))
    except Outside:
        return send_template(message, door)
    mark_read(message, door)
    return Taken(id=ids[0])


def is_outside(message: OutboundMessage) -> bool:
    """Whether the customer wrote too long before this reply was written; what was too late to be sent Meta says itself."""
    return message.last_in_at is None or message.at - message.last_in_at >= WINDOW


def parts_of(message: OutboundMessage, door: Door) -> list[Callable[[], str]]:
    carried = [each for each in message.files if sort_of(each)]
    words = with_links(message, [each for each in message.files if each not in carried])
    to_all = addressed(message, door)
    if len(carried) == 1 and sort_of(carried[0]) != "audio" and len(split_text(words, max_units=CAPTION_UNITS)) <= 1:
        return [partial(send_file, door, to_all, carried[0], caption=words)]
    texts = split_text(words, max_units=MAX_UNITS)
    parts: list[Callable[[], str]] = [partial(send_text, door, to_all, each) for each in texts]
    parts += [partial(send_file, door, to_all, each) for each in carried]
    if not parts:
        raise Never(NOTHING_TO_SEND)
    return parts


def sort_of(file: OutboundFile) -> Sort | None:
    """How WhatsApp shows this file; None when it does not take it."""
    for sort, types, size_bytes in SHOWN:
        if file.type in types and file.size_bytes <= size_bytes:
            return sort
    return "document" if DOCUMENTS.match(file.type) else None


def with_links(message: OutboundMessage, files: Sequence[OutboundFile]) -> str:
    """The words, and below them where files are that cannot come along. :raises Never: there is no such page"""
    if files and not message.page_url:
        raise Never(NOT_TAKEN)
    names = [f"📎 {each.name}" for each in files]
    return "\n".join([message.text, *([*names, message.page_url] if files else [])]).strip()


def addressed(message: OutboundMessage, door: Door) -> Mapping[str, Any]:
    """What all parts of a message have in common."""
    to = {"to": message.to.removeprefix("+")} if message.to.startswith("+") else {"recipient": message.to}
    common: dict[str, Any] = {"messaging_product": "whatsapp", "recipient_type": "individual", **to}
    common["biz_opaque_callback_data"] = str(message.id)
    answered = last_answered(message)
    if answered and door.settings.get("quotes"):
        common["context"] = {"message_id": answered}
    return common


def last_answered(message: OutboundMessage) -> str:
    return next((each for each in reversed(message.answers_to) if each.startswith("wamid.")), "")


def send_text(door: Door, common: Mapping[str, Any], words: str) -> str:
    return taken(door, {**common, "type": "text", "text": {"body": words, "preview_url": False}})


def send_file(door: Door, common: Mapping[str, Any], file: OutboundFile, *, caption: str = "") -> str:
    content = Path(file.path).read_bytes()
    media = graph.upload(door, Upload(field="file", name=file.name, type=file.type, content=content))
    sort = sort_of(file) or "document"
    said: dict[str, Any] = {"id": line(media, "id")}
    if sort == "document":
        said["filename"] = file.name
    if caption:
        said["caption"] = caption
    return taken(door, {**common, "type": sort, sort: said})


def taken(door: Door, said: Mapping[str, Any]) -> str:
    answer = graph.post(door, door.get("phone_number_id"), "messages", said=said)
    return next((line(each, "id") for each in objects(answer, "messages")), "")


def send_template(message: OutboundMessage, door: Door) -> Taken:
    """The reply within a template of one placeholder. :raises Never: there is none, or the reply is more than words"""
    name, language = template_for(message.language, door)
    if not name:
        raise Never(WORDS[OUTSIDE_WINDOW])
    if message.files and not message.page_url:
        raise Never(NO_FILES_NOW)  # neither they nor a page where they are
    words = on_one_line(message)
    body = {"type": "body", "parameters": [{"type": "text", "text": words}]}
    template = {"name": name, "language": {"code": language}, "components": [body]}
    common = {key: value for key, value in addressed(message, door).items() if key != "context"}
    return Taken(id=taken(door, {**common, "type": "template", "template": template}))


def template_for(language: str, door: Door) -> tuple[str, str]:
    """Name and language of the approved template: the customer's language, else the inbox's, else the other."""
    for code in dict.fromkeys((language, door.language, "it", "en")):
        name, _, exact = door.get(f"template_{code}").partition(":")
        if name.strip():
            return name.strip(), exact.strip() or code
    return "", ""


def on_one_line(message: OutboundMessage) -> str:
    """A placeholder takes no line ends, and not everything: the rest is on the customer's own page. :raises Never:"""
    words = re.sub(r"\s+", " ", message.text).strip()
    if len(words) <= TEMPLATE_CHARS and not message.files:
        return words
    if not message.page_url:
        raise Never(TOO_LONG_NOW)
    room = TEMPLATE_CHARS - len(message.page_url) - 3
    cut = words if len(words) <= room else words[:room].rsplit(" ", 1)[0] + " …"
    return f"{cut} {message.page_url}".strip()


def mark_read(message: OutboundMessage, door: Door) -> None:
    """Show the customer that their message was read; whoever wants that. Failing it changes nothing for the reply."""
    answered = last_answered(message)
    if not (answered and door.settings.get("marks_read")):
        return
    said = {"messaging_product": "whatsapp", "status": "read", "message_id": answered}
    try:
        graph.post(door, door.get("phone_number_id"), "messages", said=said)
    except (TryLater, Never):
        return
