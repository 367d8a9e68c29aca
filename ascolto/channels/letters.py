"""What a mail to a customer looks like: one list of blocks, written as plain text and as simple HTML; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import mark_safe

from ascolto.text.normalise import normalise_line
from ascolto.text.render import to_html

WHOLE = ("message-id", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post")
LINE_CHARS = 64  # beside the header's own name
ADDRESSES = ("from", "to", "reply-to")
PLAIN_NAME = re.compile(r"[A-Za-z0-9_'-]+(?: [A-Za-z0-9_'-]+){0,9}")


class Whole(EmailPolicy):
    """
    As SMTP's, but with addresses, ids and links written by hand.

    Python encodes ids that are longer than a line, unreadably, and folds names so that they lose their quotes: then what
    somebody calls themselves becomes an address (threat A14). Of subjects it loses a space where it breaks the line.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in WHOLE:
            written = f"{self.linesep} ".join(str(value).split())
        elif name.lower() in ADDRESSES:
            written = f",{self.linesep} ".join(mailbox(each, self.linesep) for each in value.addresses)
        elif name.lower() == "subject":
            written = subject(str(value), self.linesep)
        else:
            return super().fold_binary(name, value)
        return f"{name}: {written}{self.linesep}".encode("ascii", "replace")


def subject(text: str, linesep: str) -> str:
    """A subject as it is, if that is short and plain; else encoded whole."""
    if text.isascii() and text.isprintable() and "=?" not in text and len(text) <= LINE_CHARS:
        return text
    return Header(text, "utf-8", maxlinelen=70, header_name="Subject").encode().replace("\n", linesep)


def mailbox(each: Address, linesep: str) -> str:
    """An address with its name, which is encoded unless it is plain words."""
    if not each.display_name:
        return each.addr_spec
    name = each.display_name
    if not PLAIN_NAME.fullmatch(name):
        name = Header(name, "utf-8", maxlinelen=70).encode().replace("\n", linesep)
    fits = "\n" not in name and len(name) + len(each.addr_spec) < LINE_CHARS
    return f"{name} <{each.addr_spec}>" if fits else f"{name}{linesep} <{each.addr_spec}>"


POLICY = Whole(linesep="\r\n")


class BadAddress(Exception):
    """No mail can be addressed to this."""


@dataclass(frozen=True)
class Words:
    """A paragraph of ours."""

    text: str


@dataclass(frozen=True)
class Said:
    """What a colleague wrote, under their name."""

    author: str
    text: str


@dataclass(frozen=True)
class Way:
    """A link to one of our pages, with the words that say what it is for."""

    text: str
    url: str


Block = Words | Said | Way


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything that a mail is made of. `mail_id` is fixed before the first attempt; every retry carries the same."""

    sender_name: str
    sender: str
    to: str
    subject: str
    language: str
    mail_id: str
    at: datetime
    blocks: Sequence[Block]
    answers_to: Sequence[str] = ()  # Message-IDs of earlier mails of the same conversation, oldest first
    is_automatic: bool = False  # nobody wrote it: other machines shall not answer it
    unsubscribe_url: str = ""  # where its reader says: no more of these


def compose(letter: Letter) -> EmailMessage:
    """
    The mail, with a plain and an HTML part that say the same.

    Line ends in names and subjects become spaces: nobody's words make a header (threat A14).
    :raises BadAddress: the recipient's address cannot be written in a header
    """
    mail = EmailMessage(policy=POLICY)
    mail["From"] = address(letter.sender, letter.sender_name)
    mail["To"] = address(letter.to)
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = letter.mail_id
    if letter.answers_to:
        mail["In-Reply-To"] = letter.answers_to[-1]
        mail["References"] = " ".join(letter.answers_to)
    mail["Content-Language"] = letter.language
    if letter.is_automatic:
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(as_text(letter.blocks), cte="quoted-printable")
    mail.add_alternative(as_html(letter), subtype="html", cte="quoted-printable")
    return mail


def one_line(text: str) -> str:
    """The text as a header holds it: no line ends, and no encoded word that only its reader would make into one (A14)."""
    return normalise_line(text).replace("=?", "= ?")


def address(written: str, name: str = "") -> Address:
    """The address as a header holds it, its domain in ASCII. :raises BadAddress:"""
    local, _, domain = written.strip().rpartition("@")
    try:
        found = Address(display_name=one_line(name), addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValueError, IndexError, MessageError) as error:
        raise BadAddress(written) from error
    if not found.username or not found.domain or not found.username.isascii():
        raise BadAddress(written)
    return found


def as_text(blocks: Sequence[Block]) -> str:
    return "\n\n".join(text_of(block) for block in blocks) + "\n"


def text_of(block: Block) -> str:
    if isinstance(block, Said):
        return f"{block.author}:\n\n{block.text}"
    if isinstance(block, Way):
        return f"{block.text}\n{block.url}"
    return block.text


def as_html(letter: Letter) -> str:
    body = mark_safe("\n".join(html_of(block) for block in letter.blocks))  # noqa: S308  each block is escaped below
    return format_html(
        '<!doctype html>\n<html lang="{}">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>{}</title></head>\n<body>\n{}\n</body>\n</html>\n",
        letter.language,
        normalise_line(letter.subject),
        body,
    )


def html_of(block: Block) -> str:
    if isinstance(block, Said):
        return format_html("<p><b>{}</b></p>\n<div>{}</div>", block.author, mark_safe(to_html(block.text)))  # noqa: S308
    if isinstance(block, Way):
        return format_html('<p><a href="{}">{}</a></p>', block.url, block.text)
    return format_html("<p>{}</p>", block.text)
