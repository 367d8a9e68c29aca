"""What a mail of ours looks like: plain text first, simple HTML beside it, files, and the way back; pure but for its files."""

import os
import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ascolto.channels.contract import Door, Never, OutboundFile, OutboundMessage
from ascolto.channels.letters import POLICY, BadAddress, address, one_line
from ascolto.egress.mail import written
from ascolto.text.render import to_html
from ascolto.text.sanitize import sanitize

MAX_LOCAL_CHARS = 64  # RFC 5321, 4.5.3.1.1: what stands before the @
MAX_SUBJECT_CHARS = 200
MAX_NAME_CHARS = 120
MAX_ENDING_CHARS = 20
MAIL_ID = re.compile(r"<[!-;=?A-~]{1,240}@[!-;=?A-~]{1,240}>")  # ASCII that shows, without < > and @
ANSWER = re.compile(r"(?i)^(?:re|r|rif|aw|sv|antw)\s*(?:\[\d+\])?\s*:")


def compose(message: OutboundMessage, door: Door) -> bytes:
    """
    The mail as bytes, the same for the same message.

    Line ends in names and subjects become spaces: nobody's words make a header (threat A14).
    :raises Never: the address cannot be written in a header
    :raises egress.mail.Refused: it cannot be written
    """
    with translation.override(message.language):
        mail = EmailMessage(policy=POLICY)
        try:
            mail["From"] = address(door.get("address"), sender_name(message, door))
            mail["To"] = address(message.to, message.to_name)
            mail["Reply-To"] = address(reply_address(message, door), company(door))
        except BadAddress as error:
            raise Never(_("Not sent: mail cannot be written to this address. Ask the customer for another one.")) from error
        mail["Subject"] = subject_of(message, door)
        name_ids(mail, message)
        mail["Date"] = format_datetime(message.at)
        mail["Content-Language"] = message.language
        if message.is_automatic:
            mail["Auto-Submitted"] = "auto-replied" if message.answers_to else "auto-generated"
            mail["X-Auto-Response-Suppress"] = "All"
        if message.unsubscribe_url:
            mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(as_text(message, door), cte="quoted-printable")
        mail.add_alternative(as_html(message, door), subtype="html", cte="quoted-printable")
        for file in message.files:
            attach(mail, file)
        fix_boundaries(mail, message.mail_id)
        return written(mail)


def name_ids(mail: EmailMessage, message: OutboundMessage) -> None:
    """What the mail is called and what it answers; what has not the form of an id is left out."""
    earlier = [id for id in message.answers_to if MAIL_ID.fullmatch(id)]
    if MAIL_ID.fullmatch(message.mail_id):
        mail["Message-ID"] = message.mail_id
    if earlier:
        mail["In-Reply-To"] = earlier[-1]
        mail["References"] = " ".join(earlier)


def sender_name(message: OutboundMessage, door: Door) -> str:
    return f"{message.author} · {company(door)}" if message.author else company(door)


def company(door: Door) -> str:
    return door.get("from_name") or door.desk_name


def reply_address(message: OutboundMessage, door: Door) -> str:
    """
    Where answers go: an address with the token of the thread, where the mailbox takes such; else its own.

    A domain of its own for them keeps others from proving with them that they work here (threat A17).
    """
    local, _at, domain = door.get("address").rpartition("@")
    if door.get("reply_domain"):
        local, domain = "reply", door.get("reply_domain")
    elif not door.settings.get("plus_replies"):
        return door.get("address")
    wanted = f"{local}+{message.reply_token}"
    return f"{wanted}@{domain}" if message.reply_token and len(wanted) <= MAX_LOCAL_CHARS else door.get("address")


def subject_of(message: OutboundMessage, door: Door) -> str:
    given = one_line(message.subject)[:MAX_SUBJECT_CHARS]
    if message.is_automatic:
        return given
    tag = f"[#{message.number}]"
    if not given:
        given = _("Your request to %(desk)s") % {"desk": one_line(company(door))}
    answer = given if ANSWER.match(given) else f"Re: {given}"
    return answer if tag in answer else f"{answer} {tag}"


def as_text(message: OutboundMessage, door: Door) -> str:
    parts = [message.text.strip(), *(f"{words}\n{url}" if url else words for words, url in notes(message))]
    text = "\n\n".join(part for part in parts if part)
    signed = signature(message, door)
    return f"{text}\n\n-- \n{signed}\n" if signed else f"{text}\n"


def as_html(message: OutboundMessage, door: Door) -> str:
    # Each is escaped or sanitised; what was taken in as safe is not trusted to be so for ever (threat B13).
    body = sanitize(message.html).html if message.html else to_html(message.text)
    parts: list[SafeString] = [format_html("<div>{}</div>", mark_safe(body))]  # noqa: S308
    for words, url in notes(message):
        parts.append(format_html('<p><a href="{}">{}</a></p>', url, words) if url else format_html("<p>{}</p>", words))
    if signed := signature(message, door):
        parts.append(format_html("<div>-- <br>{}</div>", mark_safe(to_html(signed))))  # noqa: S308
    return format_html(
        '<!doctype html>\n<html lang="{}">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>{}</title></head>\n<body>\n{}\n</body>\n</html>\n",
        message.language,
        subject_of(message, door),
        mark_safe("\n".join(parts)),  # noqa: S308
    )


def notes(message: OutboundMessage) -> Sequence[tuple[str, str]]:
    """What we add to the words: where the rest is, and how to be left alone."""
    said: list[tuple[str, str]] = []
    if message.page_url:
        said.append((_("Read everything again, answer or send files on your page:"), message.page_url))
        said.append((_("The page is yours alone: whoever has the link can read it. You can also answer this e-mail."), ""))
    if message.unsubscribe_url:
        said.append((_("No more automatic letters from us:"), message.unsubscribe_url))
    return said


def signature(message: OutboundMessage, door: Door) -> str:
    """The author's, then the inbox's in the customer's language, or in the other where only that is filled in."""
    inbox = door.get(f"signature_{message.language}") or door.get("signature_it") or door.get("signature_en")
    return "\n".join(part for each in (message.signature, inbox) if (part := each.strip()))


def attach(mail: EmailMessage, file: OutboundFile) -> None:
    maintype, _slash, subtype = file.type.partition("/")
    if maintype in ("message", "multipart") or not subtype:
        maintype, subtype = "application", "octet-stream"  # as it is, not as a part of this mail
    content = Path(file.path).read_bytes()
    mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=file_name(file.name))


def file_name(name: str) -> str:
    """The name on one line, shortened before its ending."""
    stem, ending = os.path.splitext(name)
    if len(ending) > MAX_ENDING_CHARS:
        stem, ending = name, ""  # words after a full stop
    ending = one_line(ending)
    return (one_line(stem)[: MAX_NAME_CHARS - len(ending)] + ending) or "file"


def fix_boundaries(mail: EmailMessage, seed: str) -> None:
    """The same mail has the same bytes at every attempt, so that a server that has it knows it again."""
    for count, part in enumerate(each for each in mail.walk() if each.is_multipart()):
        part.set_boundary(f"=_{sha256(f'{seed}{count}'.encode()).hexdigest()[:32]}")
