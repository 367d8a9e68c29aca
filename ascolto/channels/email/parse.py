"""A mail's bytes become what they say: a message, or what became of one of ours. Pure; run in child.py, for safety."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ascolto.channels.contract import Arrival, ArrivedMessage, Raw, Sender
from ascolto.channels.email import limits
from ascolto.channels.email.addresses import Mailbox, domain_of, read_addresses
from ascolto.channels.email.automatic import Ours, why_automatic
from ascolto.channels.email.bounces import read_bounce
from ascolto.channels.email.headers import Headers, read_headers, text_of
from ascolto.channels.email.mime import LEADING, read_tree
from ascolto.channels.email.parts import Content, read_content
from ascolto.text.normalise import normalise_line

ID = re.compile(rb"<([^<>\s]{1,996})>")
BARE_ID = re.compile(rb"[^<>\s,;]{1,996}@[^<>\s,;]{1,255}")
CHARSET = re.compile(rb"(?i)(?:charset\s*=\s*[\"']?|=\?)([A-Za-z][A-Za-z0-9_.:-]{2,39})")
HINTED_BYTES = 64 * 1024
SUBJECT_NUMBER = re.compile(r"\[#(\d{1,9})\]|(?:^|[\s(:])#(\d{1,9})\b")
TOKEN = re.compile(r"\+(?:r-)?([A-Za-z0-9_-]{8,100})@")
# Where a mail was sent to: its own head, and what the servers on the way wrote down. Nothing else of the head steers us:
# headers that we write ourselves have no meaning on the way in (threat A4).
SENT_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "resent-to")
SENDERS = ("reply-to", "sender", "return-path")  # in this order, where there is no From at all
COMMENT = re.compile(r"\([^()]*\)")
ODD_QUOTED = re.compile(r'"(?=[^"]*[\s;()\\])(?:[^"\\]|\\.)*+"')
MAX_COMMENTS = 10  # within each other; beyond this nothing is believed
YEAR_ZERO = re.compile(rb"[A-Za-z]{3} 0\d{3}\b")  # the standard library takes the year 0001 for 2001
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # a clock that runs ahead, or a time zone that is wrong

# What the door may note beside the bytes (contract.Raw.head)
ENVELOPE_FROM = "envelope_from"  # the address of MAIL FROM; "" when it was <>
ENVELOPE_TO = "envelope_to"  # the addresses of RCPT TO


def parse(raw: Raw, *, ours: Ours) -> list[Arrival]:
    """
    Return what a mail says: one message, or a receipt for each recipient of a mail of ours.

    Twice gives the same. What lies beyond the limits is left out, with a warning.
    """
    tree = read_tree(raw.content)
    reader = HeadReader(tree.root.headers, raw, ours, hints_in(raw.content, tree.root.headers))
    sender = reader.sender()
    receipts = read_bounce(tree.root, sender=sender.value, envelope_from=reader.envelope_from, ours=ours, at=raw.received_at)
    if receipts:
        return list(receipts)
    content = read_content(tree.root, reader.hints)
    content.warnings[:0] = tree.warnings
    return [reader.message(sender, tree.root.type, content)]


def parse_head(raw: Raw, *, ours: Ours, warning: str = limits.NOT_DISPLAYED) -> list[Arrival]:
    """Return a mail of which only the head was read, for one that is too large or too much; its text says nothing."""
    start = found.end() if (found := LEADING.match(raw.content)) else 0
    end = min(len(raw.content), start + limits.MAX_HEADER_BLOCK_BYTES)
    headers, _ = read_headers(raw.content, start, end)
    reader = HeadReader(headers, raw, ours, ())
    mime_type = headers.ascii("content-type").partition(";")[0].strip()
    return [reader.message(reader.sender(), mime_type, Content(warnings=[warning]))]


def hints_in(content: bytes, headers: Headers) -> Sequence[str]:
    """The charsets named anywhere near the beginning, if there is text in the head that names none."""
    if all(value.isascii() for _, value in headers.fields):
        return ()
    return list(dict.fromkeys(found.decode("ascii").lower() for found in CHARSET.findall(content[:HINTED_BYTES])))[:10]


class HeadReader:
    """Reads what the head says."""

    def __init__(self, headers: Headers, raw: Raw, ours: Ours, hints: Sequence[str]) -> None:
        self.headers = headers
        self.raw = raw
        self.ours = ours
        self.hints = hints
        self.envelope_from = envelope_from(raw.head)
        self.warnings: list[str] = []

    def message(self, sender: Sender, mime_type: str, content: Content) -> ArrivedMessage:
        subject = self.line("subject")
        id = self.id()
        head = self.head(subject)
        return ArrivedMessage(
            id=id,
            sender=sender,
            subject=subject,
            text=content.text,
            html=content.html,
            files=content.files,
            claimed_at=self.claimed_at(),
            answers_to=self.answers_to(),
            tokens=self.tokens(),
            subject_number=number_in(subject),
            automatic=why_automatic(
                self.headers, mime_type=mime_type, id=id, sender=sender.value, envelope_from=self.envelope_from, ours=self.ours
            ),
            head=head,
            warnings=list(dict.fromkeys(self.warnings + content.warnings)),
        )

    def line(self, name: str) -> str:
        return normalise_line(text_of(self.headers.first(name), self.hints))

    def mailboxes(self, name: str) -> list[Mailbox]:
        found = [mailbox for value in self.headers.all(name)[:20] for mailbox in read_addresses(value, self.hints)]
        return found[: limits.MAX_ADDRESSES]

    def sender(self) -> Sender:
        """
        Who it is from: the one valid address in From; of several in one From the first, who is never proven, with a warning;
        else nobody (threat A3). Without any From, who gets the answer.

        Proven only where our own server says that DMARC passed for the domain of just that address (threat A5).
        """
        written = self.headers.all("from")
        if not any(written):
            return self.stand_in()
        boxes = self.mailboxes("from")
        named = [box for box in boxes if box.address]
        if not named or (len(written) > 1 and len({box.address for box in named}) > 1):
            self.warnings.append(limits.NO_SENDER)
            return Sender(kind="email", value="", name=boxes[0].name if boxes else "")
        if len({box.address for box in named}) > 1:
            self.warnings.append(limits.SEVERAL_SENDERS)
            return Sender(kind="email", value=named[0].address, name=normalise_line(named[0].name))
        # "Smith, John <john@example.com>": the comma cut the name in two.
        name = ", ".join(box.name for box in boxes if box.name) if len(named) == 1 else named[0].name
        is_plain = len(written) == len(boxes) == 1 and named[0].is_strict
        address = named[0].address
        return Sender(kind="email", value=address, name=normalise_line(name), is_proven=is_plain and self.is_proven(address))

    def stand_in(self) -> Sender:
        for header in SENDERS:
            boxes = [box for box in self.mailboxes(header) if box.address]
            if len({box.address for box in boxes}) == 1:
                return Sender(kind="email", value=boxes[0].address, name=boxes[0].name)
        self.warnings.append(limits.NO_SENDER)
        return Sender(kind="email", value="")

    def is_proven(self, address: str) -> bool:
        """What the topmost Authentication-Results of our own server say of DMARC; others may have been forged."""
        if not self.ours.authserv_id:
            return False
        for value in self.headers.all("authentication-results"):
            server, _, results = without_comments(value.decode("latin-1").lower()).partition(";")
            if server.split()[:1] == [self.ours.authserv_id.lower()]:
                return any(is_pass(result, domain_of(address)) for result in results.split(";"))
        return False

    def id(self) -> str:
        value = self.headers.first("message-id")
        found = ID.search(value)
        bare = None if found else BARE_ID.search(value[:2000])
        inner = found.group(1) if found else bare.group() if bare else b""
        return f"<{tidy_id(inner)}>" if inner else ""

    def answers_to(self) -> list[str]:
        """References, then In-Reply-To, each once; the latest 200."""
        written = self.headers.all("references")[:5] + self.headers.all("in-reply-to")[:5]
        ids = [f"<{tidy_id(found)}>" for value in written for found in ID.findall(value)]
        return list(dict.fromkeys(reversed(ids)))[: limits.MAX_REFERENCES][::-1]

    def tokens(self) -> list[str]:
        """What stands after the last "+" of addresses that it was sent to; whether it is one of ours is for others to check."""
        written = [value.decode("latin-1") for name in SENT_TO for value in self.headers.all(name)[:20]]
        noted = self.raw.head.get(ENVELOPE_TO)
        written += [each for each in noted if isinstance(each, str)] if isinstance(noted, list | tuple) else []
        found = [token for value in written if "+" in value for token in TOKEN.findall(value)]
        return list(dict.fromkeys(found))[: limits.MAX_ADDRESSES]

    def claimed_at(self) -> datetime | None:
        """When its sender says that it was written, if that can be so (threat A19)."""
        at = date_of(self.headers.first("date"))
        return at if at is not None and EARLIEST <= at <= self.raw.received_at + AHEAD else None

    def head(self, subject: str) -> Mapping[str, Any]:
        shown: dict[str, Any] = {"subject": subject, "date": self.line("date")}
        for name in ("from", "reply-to", "to", "cc"):
            boxes = self.mailboxes(name)
            if len(boxes) > limits.MAX_SHOWN_ADDRESSES:
                self.warnings.append(limits.TOO_MANY_ADDRESSES)
            shown[name.replace("-", "_")] = [normalise_line(str(box)) for box in boxes[: limits.MAX_SHOWN_ADDRESSES]]
        shown["from"] = ", ".join(shown["from"]) or self.line("from")
        return {name: value for name, value in shown.items() if value}


def envelope_from(head: Mapping[str, Any]) -> str | None:
    noted = head.get(ENVELOPE_FROM)
    return noted if isinstance(noted, str) else None


def without_comments(text: str) -> str:
    """Without comments, nested ones too, and without quoted words that would end a result: senders may have written them."""
    text = ODD_QUOTED.sub('""', text)
    for _ in range(MAX_COMMENTS):
        shorter = COMMENT.sub("", text)
        if shorter == text:
            return text
        text = shorter
    return ""


def is_pass(result: str, domain: str) -> bool:
    """Whether one result (RFC 8601) says dmarc=pass, and says it of this domain if it names one."""
    method, *properties = result.split()[:20] or [""]
    if not re.fullmatch(r"dmarc(?:/\d+)?=pass", method):
        return False
    about = [each.partition("=")[2] for each in properties if each.startswith("header.from=")]
    return all(each.strip('"').rpartition("@")[2] == domain for each in about)


def tidy_id(inner: bytes) -> str:
    return normalise_line(inner.decode("latin-1"), max_chars=limits.MAX_ID_CHARS)


def number_in(subject: str) -> int | None:
    found = SUBJECT_NUMBER.search(subject)
    return int(found.group(1) or found.group(2)) if found else None


def date_of(raw: bytes) -> datetime | None:
    """The moment, in UTC; None: it is none."""
    if YEAR_ZERO.search(raw):
        return None
    try:
        at = parsedate_to_datetime(raw[:200].decode("latin-1"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
