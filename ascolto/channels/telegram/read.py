"""What an update of the Bot API says: messages, changes of them, signs, buttons."""

import mimetypes
import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, gettext_noop, override

from ascolto.channels.contract import Arrival, ArrivedMessage, Door, Edited, Media, Reacted, Sender, Unreadable
from ascolto.channels.places import place_in_words
from ascolto.channels.said import Said, inner, line, moment, number, object_in, objects, text

START = re.compile(r"^/start(?:@\w+)?(?: +([A-Za-z0-9_-]{1,64}))?\s*$")
FILES = ("document", "voice", "audio", "video", "video_note", "animation", "sticker")
NAMES = {"voice": "voice.ogg", "video_note": "video.mp4", "sticker": "sticker.webp", "animation": "animation.mp4"}
# Other things that a customer can send, by their field; what is none of these and says nothing is about the chat itself.
OTHERS = ("poll", "dice", "game", "story", "invoice", "successful_payment", "paid_media", "giveaway", "checklist", "gift")

NOT_TELEGRAM = gettext_noop("It is not from Telegram.")


def read(content: bytes, door: Door) -> Sequence[Arrival]:
    """What one update says; nothing when it is about groups, channels or the bot itself. :raises Unreadable:"""
    update = object_in(content)
    if number(update, "update_id") is None:
        raise Unreadable(NOT_TELEGRAM)
    with override(door.language):
        for name, reader in READERS.items():
            if name in update:
                found = reader(inner(update, name))
                return [found] if found else []
    return []


def message_in(message: Said) -> Arrival | None:
    sender = sender_of(message)
    if sender is None:
        return None
    words, start = text(message, "text"), START.match(line(message, "text"))
    token = start.group(1) if start else ""
    if start and not token:
        return None  # the chat was opened; hook.answer greets
    files = files_of(message)
    words = words or text(message, "caption") or other_words(message)
    if not words and not files:
        return None
    answered = number(inner(message, "reply_to_message"), "message_id")
    return ArrivedMessage(
        id=name_of(message),
        sender=sender,
        text=gettext("(The customer goes on in Telegram.)") if token else words,
        files=files,
        claimed_at=moment(message, "date"),
        answers_to=[name_of(message, answered)] if answered else [],
        tokens=[token] if token else [],
        head={"forwarded": "yes"} if "forward_origin" in message else {},
    )


def edit_in(message: Said) -> Arrival | None:
    if sender_of(message) is None:
        return None
    words = text(message, "text") or text(message, "caption") or other_words(message)
    return Edited(id=name_of(message), text=words, at=moment(message, "edit_date")) if words else None


def sign_in(reaction: Said) -> Arrival | None:
    chat = inner(reaction, "chat")
    sender = sender_of({"chat": chat, "from": reaction.get("user")})
    if sender is None:
        return None
    given = [line(each, "emoji", max_chars=20) or "⭐" for each in objects(reaction, "new_reaction")]
    return Reacted(id=name_of(reaction), sign="".join(given)[:20], sender=sender, at=moment(reaction, "date"))


def button_in(pressed: Said) -> Arrival | None:
    """A button below a message; what it says is what was meant."""
    message = inner(pressed, "message")
    sender = sender_of({"chat": message.get("chat"), "from": pressed.get("from")})
    words = text(pressed, "data")
    if sender is None or not words:
        return None
    return ArrivedMessage(id=f"button:{line(pressed, 'id')}", sender=sender, text=words, answers_to=[name_of(message)])


READERS = {
    "message": message_in,
    "edited_message": edit_in,
    "message_reaction": sign_in,
    "callback_query": button_in,
}


def sender_of(message: Said) -> Sender | None:
    """Who wrote to the bot alone; None for groups, channels and other bots."""
    chat, person = inner(message, "chat"), inner(message, "from")
    id = number(chat, "id")
    if line(chat, "type") != "private" or id is None or person.get("is_bot") is True:
        return None
    name = " ".join(each for each in (line(person, "first_name"), line(person, "last_name")) if each)
    language = line(person, "language_code")[:2].lower()
    return Sender(
        kind="telegram",
        value=str(id),
        name=name or line(person, "username"),
        language=language if language in ("it", "en") else "",
        is_proven=True,
    )


def name_of(message: Said, id: Any = None) -> str:
    """Telegram counts messages for each chat; with the chat before it the number is one in all of the inbox."""
    return f"{number(inner(message, 'chat'), 'id')}:{id or number(message, 'message_id')}"


def files_of(message: Said) -> list[Media]:
    sizes = list(objects(message, "photo"))
    if sizes:
        largest = max(sizes, key=lambda each: (number(each, "width") or 0) * (number(each, "height") or 0))
        return media_of(largest, "photo.jpg", "image/jpeg")
    sort = next((each for each in FILES if each in message and not (each == "document" and "animation" in message)), "")
    found = inner(message, sort) if sort else {}
    mime = line(found, "mime_type") or (mimetypes.guess_type(NAMES.get(sort, ""))[0] or "")
    name = line(found, "file_name") or NAMES.get(sort) or f"{sort}{mimetypes.guess_extension(mime) or ''}"
    return media_of(found, name, mime)


def media_of(found: Said, name: str, mime: str) -> list[Media]:
    id = line(found, "file_id", max_chars=300)
    return [Media(id=id, name=name, type=mime, size_bytes=number(found, "file_size"))] if id else []


def other_words(message: Said) -> str:
    """What is neither words nor a file, as words."""
    venue, contact = inner(message, "venue"), inner(message, "contact")
    if "location" in message:
        place = inner(message, "location")
        return place_in_words(place, title=line(venue, "title"), address=line(venue, "address"))
    if contact:
        name = " ".join(each for each in (line(contact, "first_name"), line(contact, "last_name")) if each)
        return "👤 " + " · ".join(each for each in (name, line(contact, "phone_number")) if each)
    question = line(inner(message, "poll"), "question", max_chars=500)
    if question:
        options = [f"– {line(each, 'text')}" for each in objects(inner(message, "poll"), "options")]
        return "\n".join([question, *options])
    sort = next((each for each in OTHERS if each in message), "")
    return gettext("(The customer sent something that Telegram does not hand on: {kind}.)").format(kind=sort) if sort else ""
