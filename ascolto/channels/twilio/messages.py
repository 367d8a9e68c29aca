"""Text messages: what the provider calls in as values, and what leaves to it; pure but for the calls to the provider."""

from collections.abc import Sequence
from functools import partial

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ascolto.channels.contract import (
    Arrival,
    ArrivedFile,
    ArrivedMessage,
    Door,
    Media,
    Never,
    OutboundMessage,
    Receipt,
    State,
    Taken,
    Unreadable,
)
from ascolto.channels.parts import Begun, split_text
from ascolto.channels.twilio import rest
from ascolto.channels.twilio.forms import Form
from ascolto.channels.twilio.numbers import refuse_costly, sender_of
from ascolto.channels.twilio.pace import refuse_flood
from ascolto.channels.twilio.reasons import is_for_good, reason_of
from ascolto.text.normalise import TooLong, normalise

MAX_CHARS = 1600  # of one message, as Twilio takes it: ten segments and a little
MAX_MEDIA = 10  # of one message, as Twilio sends it
STATES: dict[str, State] = {"sent": "sent", "delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed"}
ARRIVING = frozenset({"", "received", "receiving"})
# What the provider itself acts upon, unless the operator has told it other words.
STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
}
ENDINGS |= {"audio/mpeg": "mp3", "audio/wav": "wav", "audio/x-wav": "wav", "audio/ogg": "ogg", "audio/amr": "amr"}
ENDINGS |= {"application/pdf": "pdf", "text/vcard": "vcf", "text/x-vcard": "vcf", "text/plain": "txt"}

NEITHER = gettext_noop("This is neither a text message nor the state of one.")
STOPPED = gettext_noop("They want no more messages: the network refuses ours until they answer START.")
BEGUN = Begun()


def read_message(form: Form) -> Sequence[Arrival]:
    """A customer's message, or what became of one of ours. :raises Unreadable: neither"""
    id = form.line("MessageSid") or form.line("SmsSid") or form.line("SmsMessageSid")
    if not id:
        raise Unreadable(NEITHER)
    status = (form.line("MessageStatus") or form.line("SmsStatus")).lower()
    if status not in ARRIVING:
        return read_state(id, status, form)
    sender = sender_of(form.get("From", ""))
    return [
        ArrivedMessage(
            id=id,
            sender=sender,
            text=text_of(form),
            files=media_of(form),
            warnings=[STOPPED] if is_stop(form) else (),
        )
    ]


def read_state(id: str, status: str, form: Form) -> Sequence[Arrival]:
    """A state that nobody waits for, or that we do not know, is nothing (threat H6)."""
    if status not in STATES:
        return []
    code = form.line("ErrorCode")
    has_failed = STATES[status] == "failed"
    reason = reason_of(code, form.line("ErrorMessage")) if has_failed else ""
    return [Receipt(id=id, state=STATES[status], reason=reason, is_for_good=has_failed and is_for_good(code))]


def text_of(form: Form) -> str:
    try:
        return normalise(form.get("Body", "")).strip()
    except TooLong as error:
        return normalise(form.get("Body", "")[: error.limit]).strip()


def is_stop(form: Form) -> bool:
    """Whether they want no more; the provider says so itself where it looks after that."""
    return form.line("OptOutType").upper() == "STOP" or form.line("Body").lower().strip(" .!") in STOP_WORDS


def media_of(form: Form) -> list[Media]:
    found = []
    for place in range(min(form.number("NumMedia") or 0, MAX_MEDIA)):
        url, kind = form.get(f"MediaUrl{place}", ""), form.line(f"MediaContentType{place}").lower()
        if url:
            found.append(Media(id=url[:2000], name=f"media-{place + 1}.{ENDINGS.get(kind, 'bin')}", type=kind))
    return found


def fetch(media: Media, door: Door) -> ArrivedFile:
    """Bring a file. :raises TryLater, Never:"""
    content, kind = rest.bring(door, media.id)
    return ArrivedFile(name=media.name, content=content, type=kind or media.type)


def send(message: OutboundMessage, door: Door, *, status_callback: str) -> Taken:
    """One attempt; what is too long leaves in several messages, each once. :raises TryLater, Never:"""
    refuse_costly(door, message.to)
    refuse_flood(door, message.to, now=timezone.now())
    with translation.override(message.language):
        body = body_of(message)
    if not body:
        raise Never(_("There is nothing to send in it."))
    texts = split_text(body, max_units=MAX_CHARS)
    ids = BEGUN.send(message.id, [partial(send_text, text, message.to, door, status_callback) for text in texts])
    return Taken(id=ids[-1])


def body_of(message: OutboundMessage) -> str:
    """The words; files stand on the customer's page, to which it leads."""
    text = message.text.strip()
    if not message.page_url:
        return text
    way = _("Files and everything else: %(url)s") % {"url": message.page_url}
    return f"{text}\n\n{way}" if text else way


def send_text(text: str, to: str, door: Door, status_callback: str) -> str:
    """What the provider calls it. :raises TryLater, Never:"""
    service = door.get("messaging_service_sid")
    values = [("To", to), ("Body", text), ("StatusCallback", status_callback)]
    values.append(("MessagingServiceSid", service) if service else ("From", door.get("number")))
    said = rest.post(door, "/Messages.json", values)
    if str(said.get("status")) in ("failed", "undelivered"):
        raise Never(reason_of(str(said.get("error_code") or ""), str(said.get("error_message") or "")))
    return str(said.get("sid") or "")
