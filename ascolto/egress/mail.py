"""Mail leaves here: written safely, handed to a server, or kept as files that the desk can show when there is none."""

import os
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.generator import BytesGenerator
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from heapq import nlargest
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from ascolto.database.ids import new_id
from ascolto.egress.smtp import PartlyRefused, Refused, Server, TryLater, hand_over, server_of

__all__ = [
    "DeskBackend",
    "Kept",
    "NotKept",
    "PartlyRefused",
    "Refused",
    "Server",
    "TryLater",
    "list_kept",
    "read_kept",
    "send",
    "send_raw",
    "written",
]

KEPT_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.eml", re.ASCII)
ADDRESS = re.compile(r"[^\s<>@\x00-\x1f\x7f]{1,64}@[^\s<>@\x00-\x1f\x7f]{1,253}")
HEADER_NAME = re.compile(r"[!-9;-~]{1,76}", re.ASCII)


class NotKept(Exception):
    """There is no kept mail of that name."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A mail that was kept because there is no server; `at` in UTC."""

    name: str
    at: datetime
    sender: str
    to: str
    subject: str


def send(message: Message, *, envelope_from: str, envelope_to: Sequence[str]) -> None:
    """
    Hand `message` to the mail server of the desk, or keep it in the mail folder when there is none.

    Twice sends it twice, with the same Message-ID. Line ends in header values cannot add a header.
    :param envelope_from: where bounces go; empty for mail that must not bounce
    :raises TryLater: it was not taken, for now
    :raises Refused: it was not taken, for ever
    :raises PartlyRefused: it was taken for some of `envelope_to` only
    """
    send_raw(written(message), envelope_from=envelope_from, envelope_to=envelope_to)


def send_raw(raw: bytes, *, envelope_from: str, envelope_to: Sequence[str], server: Server | None = None) -> None:
    """
    As `send`, for a mail that is written (and signed) already.

    :param server: None: the desk's own
    """
    sender = ascii_address(envelope_from) if envelope_from else ""
    recipients = [ascii_address(address) for address in envelope_to]
    if not recipients:
        raise Refused("nobody to send it to")
    if server is None and not settings.SMTP_URL:
        keep(raw)
    else:
        hand_over(raw, server=server or server_of(settings.SMTP_URL), sender=sender, recipients=recipients)


def written(message: Message) -> bytes:
    """The message as bytes, with exactly the headers it has: values on one line, however they were put in (threat A14)."""
    if any(re.search(r"[\r\n]", str(value)) for part in message.walk() for _, value in part.raw_items()):
        message = deepcopy(message)
        for part in message.walk():
            flatten_headers(part)
    try:
        # Not as_bytes: Django's messages have one of their own, which takes no policy.
        written_to = BytesIO()
        BytesGenerator(written_to, mangle_from_=False, policy=message.policy.clone(linesep="\r\n")).flatten(message)
        raw = written_to.getvalue()
    except (UnicodeError, ValueError, LookupError) as error:
        raise Refused(f"the mail cannot be written: {error}") from error
    names = BytesHeaderParser(policy=policy.compat32).parsebytes(raw).keys()
    wanted = message.keys()
    if names != wanted or not all(HEADER_NAME.fullmatch(name) for name in wanted):
        raise Refused("a header of this mail would have become another one")
    return raw


def flatten_headers(part: Message) -> None:
    items = [(name, re.sub(r"[\r\n]+[ \t]*", " ", str(value)).strip()) for name, value in part.raw_items()]
    for name in set(part.keys()):
        del part[name]
    for name, value in items:
        part[name] = value


def ascii_address(address: str) -> str:
    """The address as SMTP takes it: its domain in ASCII."""
    local, _, domain = address.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise Refused(f"not an address: {address[:100]!r}") from error
    if not plain.isascii() or not ADDRESS.fullmatch(plain):
        raise Refused(f"not an address: {address[:100]!r}")
    return plain


def keep(raw: bytes) -> None:
    """Write the mail into the folder; it is there whole or not at all, also after a crash."""
    folder = Path(settings.MAIL_DIR)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-{new_id()}.eml"
    unfinished = folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(folder / name)
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)
    except OSError as error:
        raise TryLater(f"the mail folder could not be written: {error.strerror}") from error


def list_kept(limit: int) -> list[Kept]:
    """Return the newest kept mails, at most `limit` of them; reading the folder costs by how many there are."""
    folder = Path(settings.MAIL_DIR)
    if not folder.is_dir():
        return []
    names = nlargest(limit, (entry.name for entry in os.scandir(folder) if KEPT_NAME.fullmatch(entry.name)))
    return [kept(folder / name) for name in names]


def kept(path: Path) -> Kept:
    with path.open("rb") as file:
        headers = BytesHeaderParser(policy=policy.default).parse(file)
    return Kept(
        name=path.name,
        at=datetime.strptime(path.name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC),
        sender=str(headers.get("From", "")),
        to=str(headers.get("To", "")),
        subject=str(headers.get("Subject", "")),
    )


def read_kept(name: str) -> EmailMessage:
    """
    Return a kept mail by its name.

    :raises NotKept: there is none, or it is not such a name
    """
    if not KEPT_NAME.fullmatch(name):
        raise NotKept
    try:
        raw = (Path(settings.MAIL_DIR) / name).read_bytes()
    except FileNotFoundError as error:
        raise NotKept from error
    return message_from_bytes(raw, policy=policy.default)


class DeskBackend(BaseEmailBackend):
    """What Django and allauth send goes the same way as all other mail."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        sent = 0
        for message in email_messages:
            recipients = [parseaddr(address)[1] for address in message.recipients()]
            if not recipients:
                continue
            try:
                send(message.message(), envelope_from=parseaddr(message.from_email)[1], envelope_to=recipients)
            except (TryLater, Refused):
                if not self.fail_silently:
                    raise
            else:
                sent += 1
        return sent
