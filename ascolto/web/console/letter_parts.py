"""What a mail's line shows of it: its words in parts, its head, what could not be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ascolto.channels.tokens import LENGTH
from ascolto.conversations.models import Message
from ascolto.text import mail_html
from ascolto.text.quotes import Part, split
from ascolto.text.quotes_html import split_html

SHORT_SIGNATURE = (4, 160)  # lines, characters: what is no longer than this is shown, quietly
SHOWN_ADDRESSES = 20
# Our own address as an answer names it: colleagues know it without the token, and a picture of the screen opens nothing.
REPLY_TOKEN = re.compile(rf"\+[a-z2-7]{{{LENGTH}}}(?=@)", re.IGNORECASE)
MAX_READ_AGAIN_CHARS = 100_000  # of HTML, while a page is drawn: some 20 ms


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A stretch of a message: `fold` when it stands behind a button, `is_open` when the button has been pressed for us."""

    kind: str
    text: str
    fold: bool = False
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class LetterHead:
    """Who wrote to whom about what, as the mail itself says."""

    sender: str = ""
    to: str = ""
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A customer's mail, for its line in the thread."""

    stretches: tuple[Stretch, ...]
    head: LetterHead | None = None
    warnings: tuple[str, ...] = ()
    blocked: int = 0  # pictures that would come from elsewhere
    follows: int | None = None  # number of a conversation that it may follow up: a hint, nothing happened there (threat A1)


def letter_of(message: Message, *, sender: str) -> Letter | None:
    """What to show of a mail beside its words; None for what is no mail."""
    if message.author_kind != Message.Author.CUSTOMER or not (message.head or message.html):
        return None
    head = message.head or {}
    return Letter(
        stretches=tuple(stretches_of(parts_of(message, sender))),
        head=head_of(head),
        warnings=tuple(_(str(each)) for each in head.get("warnings") or ()),
        blocked=mail_html.count_blocked(message.html),
        follows=head["follows"] if isinstance(head.get("follows"), int) else None,
    )


def parts_of(message: Message, sender: str) -> list[Part]:
    """The parts of its words; where these were taken from HTML, its elements say as well what is quoted."""
    parts = split(message.text, sender=sender)
    if (
        all(part.kind != "quoted" for part in parts)
        and "<blockquote" in message.html
        and len(message.html) <= MAX_READ_AGAIN_CHARS
    ):
        told = split_html(message.html, sender=sender)
        if "".join(part.text for part in told).split() == message.text.split():
            return told
    return parts


def stretches_of(parts: list[Part]) -> list[Stretch]:
    """The parts for the eye: a quote stands open where somebody answers below it, a short signature needs no button."""
    last_new = max((at for at, part in enumerate(parts) if part.kind == "new" and part.text.strip()), default=-1)
    return [
        Stretch(
            kind=part.kind,
            text=part.text,
            fold=part.kind == "quoted" or (part.kind == "signature" and not is_short(part.text)),
            is_open=part.kind == "quoted" and at < last_new,
        )
        for at, part in enumerate(parts)
        if part.text.strip()
    ]


def is_short(text: str) -> bool:
    lines, chars = SHORT_SIGNATURE
    return len(text.strip()) <= chars and text.strip().count("\n") < lines


def head_of(head: Mapping[str, Any]) -> LetterHead | None:
    sender, to = listed(head.get("from")), without_tokens(listed(head.get("to")))
    rows = (
        (_("From"), sender),
        (_("Answers to"), listed(head.get("reply_to"))),
        (_("To"), to),
        (_("In copy"), without_tokens(listed(head.get("cc")))),
        (_("Subject"), listed(head.get("subject"))),
        (_("Date"), listed(head.get("date"))),
    )
    filled = tuple((label, words) for label, words in rows if words)
    return LetterHead(sender=sender, to=to, rows=filled) if filled else None


def without_tokens(addresses: str) -> str:
    return REPLY_TOKEN.sub("", addresses)


def listed(value: Any) -> str:
    """One text, or several in a row; what is more than anybody reads is counted."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list | tuple):
        return ""
    words = ", ".join(str(each) for each in value[:SHOWN_ADDRESSES])
    more = len(value) - SHOWN_ADDRESSES
    return _("%(addresses)s and %(count)s more") % {"addresses": words, "count": more} if more > 0 else words
