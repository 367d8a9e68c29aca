"""What a call of the Cloud API says: messages, changes of them, signs, and what became of ours."""

import json
import mimetypes
import re
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext, gettext_noop, override

from ascolto.channels.contract import Arrival, ArrivedMessage, Door, Edited, Media, Reacted, Receipt, Sender, State, Unreadable
from ascolto.channels.places import place_in_words
from ascolto.channels.said import NOTHING, Said, inner, line, moment, number, object_in, objects, text
from ascolto.channels.whatsapp.errors import reason_of

WA_ID = re.compile(r"^[1-9][0-9]{5,14}$")
USER_ID = re.compile(r"^[A-Za-z0-9.]{3,120}$")
MEDIA_ID = re.compile(r"^[A-Za-z0-9_-]{1,100}$")
MEDIA = ("image", "audio", "video", "document", "sticker")
ENDINGS = {"audio/ogg": ".ogg", "image/webp": ".webp"}  # as people know them, on every machine
STATES: Mapping[str, State] = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}

NOT_OURS = gettext_noop("It is for another WhatsApp number than the one of this channel.")
NOT_WHATSAPP = gettext_noop("It is not from WhatsApp.")


def read(content: bytes, door: Door) -> list[Arrival]:
    """Everything that one call says, in its order. What is none of a desk's business is left out. :raises Unreadable:"""
    said = object_in(content)
    if said.get("object") != "whatsapp_business_account":
        raise Unreadable(NOT_WHATSAPP)
    values = [inner(change, "value") for entry in objects(said, "entry") for change in objects(entry, "changes")]
    spoken = [value for value in values if "messages" in value or "statuses" in value]
    ours = [value for value in spoken if is_ours(value, door)]
    if spoken and not ours:
        raise Unreadable(NOT_OURS)
    with override(door.language):
        return [arrival for value in ours for arrival in arrivals_in(value)]


def is_ours(value: Said, door: Door) -> bool:
    """Whether it is about this channel's number: an app of Meta has one address for all its numbers."""
    id = line(inner(value, "metadata"), "phone_number_id")
    return not id or not door.get("phone_number_id") or id == door.get("phone_number_id")


def arrivals_in(value: Said) -> Iterator[Arrival]:
    names = {
        key: line(inner(each, "profile"), "name")
        for each in objects(value, "contacts")
        for key in (line(each, "wa_id"), line(each, "user_id"))
        if key
    }
    for message in objects(value, "messages"):
        yield from said_by(message, sender_of(message, names))
    for status in objects(value, "statuses"):
        if receipt := receipt_of(status):
            yield receipt


def sender_of(message: Said, names: Mapping[str, str]) -> Sender:
    """Their number as E.164; whoever hides it behind a user name has an id that is meant for us alone."""
    number, id = line(message, "from"), line(message, "from_user_id")
    name = names.get(number) or names.get(id) or ""
    if WA_ID.match(number):
        return Sender(kind="phone", value=f"+{number}", name=name, is_proven=True)
    if USER_ID.match(id):
        return Sender(kind="custom", value=id, name=name, is_proven=True)
    return Sender(kind="phone", value="", name=name)


def said_by(message: Said, sender: Sender) -> Iterator[Arrival]:
    sort, at = line(message, "type"), moment(message, "timestamp")
    if sort == "reaction":
        sign = inner(message, "reaction")
        yield Reacted(id=line(sign, "message_id"), sign=line(sign, "emoji", max_chars=20), sender=sender, at=at)
    elif sort == "edit":
        edit = inner(message, "edit")
        changed = inner(edit, "message")
        words = text(inner(changed, "text"), "body") or text(inner(changed, line(changed, "type")), "caption")
        yield Edited(id=line(edit, "original_message_id"), text=words, at=at)
    elif sort == "revoke":
        gone = line(inner(message, "revoke"), "original_message_id")
        yield Edited(id=gone, text=gettext("(The customer has deleted this message.)"), at=at)
    elif sort != "request_welcome":
        yield ArrivedMessage(
            id=line(message, "id"),
            sender=sender,
            text=words_of(message, sort),
            files=files_of(message, sort),
            claimed_at=at,
            answers_to=[answered] if (answered := line(inner(message, "context"), "id")) else [],
            automatic="auto-reply" if sort == "system" else "",
            head=head_of(message),
        )


def words_of(message: Said, sort: str) -> str:
    """What was said, for a person to read; kinds of message that we do not know are named, never dropped."""
    part = inner(message, sort)
    if sort == "text":
        words = text(part, "body")
    elif sort in MEDIA:
        words = text(part, "caption")
    elif sort == "button":
        words = text(part, "text") or text(part, "payload")
    elif sort == "interactive":
        words = choice_in(part)
    elif sort == "location":
        words = place_in_words(part, title=line(part, "name"), address=line(part, "address"))
    elif sort == "contacts":
        words = "\n".join(contact_in_words(each) for each in objects(message, "contacts"))
    elif sort == "order":
        words = order_in_words(part)
    elif sort == "system":
        words = text(part, "body")
    else:
        words = ""
    if words or (sort in MEDIA and files_of(message, sort)):
        return words
    name = line(inner(message, "unsupported"), "type") or sort
    return gettext("(The customer sent something that WhatsApp does not hand on: {kind}.)").format(kind=name)


def choice_in(part: Said) -> str:
    """A button or a row that was chosen, or the answers of a form."""
    sort = line(part, "type")
    chosen = inner(part, sort)
    if sort == "nfm_reply":
        return form_in_words(line(chosen, "response_json", max_chars=20_000))
    if sort == "call_permission_reply":
        return f"☎ {line(chosen, 'response')}"
    return "\n".join(each for each in (text(chosen, "title"), text(chosen, "description")) if each)


def form_in_words(answers: str) -> str:
    try:
        found = json.loads(answers)
    except (ValueError, RecursionError):
        return answers
    if not isinstance(found, dict):
        return answers
    rows = [f"{name}: {value}" for name, value in found.items() if name != "flow_token" and isinstance(value, str | int | float)]
    return text({"rows": "\n".join(rows)}, "rows")


def contact_in_words(contact: Said) -> str:
    phones = [line(each, "phone") for each in objects(contact, "phones")]
    emails = [line(each, "email") for each in objects(contact, "emails")]
    name = line(inner(contact, "name"), "formatted_name")
    return "👤 " + " · ".join(each for each in (name, *phones, *emails) if each)


def order_in_words(order: Said) -> str:
    rows = [order_row(item) for item in objects(order, "product_items")]
    return "\n".join([*([words] if (words := text(order, "text")) else []), *rows])


def order_row(item: Said) -> str:
    count, what = line(item, "quantity") or "1", line(item, "product_retailer_id")
    return f"🛒 {count} × {what} · {price_of(item)} {line(item, 'currency')}".strip()


def price_of(item: Said) -> str:
    price = item.get("item_price")
    return f"{price:g}" if isinstance(price, int | float) and not isinstance(price, bool) else line(item, "item_price")


def files_of(message: Said, sort: str) -> list[Media]:
    part = inner(message, sort) if sort in MEDIA else NOTHING
    id = line(part, "id")
    if not MEDIA_ID.match(id):
        return []
    mime = line(part, "mime_type").split(";")[0].strip()
    name = line(part, "filename") or f"{sort}{ENDINGS.get(mime) or mimetypes.guess_extension(mime) or ''}"
    return [Media(id=id, name=name, type=mime, size_bytes=number(part, "file_size"))]


def head_of(message: Said) -> dict[str, str]:
    """What stands beside the words: where they were forwarded from, the advertisement that led here."""
    head: dict[str, str] = {}
    if inner(message, "context").get("forwarded") or inner(message, "context").get("frequently_forwarded"):
        head["forwarded"] = "yes"
    ad = inner(message, "referral")
    if ad:
        head["advertisement"] = " ".join(each for each in (line(ad, "headline"), line(ad, "source_url")) if each)
    return head


def receipt_of(status: Said) -> Receipt | None:
    """What became of a message of ours; None for what is about calls, or for a state that we do not know."""
    state = STATES.get(line(status, "status"))
    id = line(status, "id")
    if state is None or not id or line(status, "type") == "call":
        return None
    to = line(status, "recipient_id")
    return Receipt(
        id=id,
        state=state,
        at=moment(status, "timestamp"),
        to=f"+{to}" if WA_ID.match(to) else "",
        reason=next((reason_of(each) for each in objects(status, "errors")), "") if state == "failed" else "",
    )
