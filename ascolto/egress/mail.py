"""The only module that opens SMTP. Without a server, mail is kept as files that the desk can show."""

import contextlib
import os
import re
import smtplib
import ssl
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
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from ascolto.database.ids import new_id

TIMEOUT_S = 30  # per step of the SMTP conversation
KEPT_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.eml", re.ASCII)
ADDRESS = re.compile(r"[^\s<>@\x00-\x1f\x7f]{1,64}@[^\s<>@\x00-\x1f\x7f]{1,253}")
HEADER_NAME = re.compile(r"[!-9;-~]{1,76}", re.ASCII)


class TryLater(Exception):
    """The mail did not leave, and may later: the server is away, busy, or its settings must be mended. Nothing is lost."""


class Refused(Exception):
    """The server will never take this mail, or it cannot be sent at all; `str()` says why."""


class PartlyRefused(Refused):
    """The server took the mail for some and never will for those in `refused` (address to reason). Do not send it again."""

    def __init__(self, refused: dict[str, str]) -> None:
        super().__init__("; ".join(f"{address}: {reason}" for address, reason in refused.items()))
        self.refused = refused


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
    raw = written(message)
    sender = ascii_address(envelope_from) if envelope_from else ""
    recipients = [ascii_address(address) for address in envelope_to]
    if not recipients:
        raise Refused("nobody to send it to")
    if settings.SMTP_URL:
        hand_over(raw, sender, recipients)
    else:
        keep(raw)


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


def hand_over(raw: bytes, sender: str, recipients: list[str]) -> None:
    try:
        server = connect(settings.SMTP_URL)
    except (smtplib.SMTPException, OSError) as error:
        # Even a 5xx here is about the server or the password, not about this mail: it is kept until that is mended.
        raise TryLater(said(error)) from error
    try:
        refused = server.sendmail(sender, recipients, raw)
    except smtplib.SMTPRecipientsRefused as error:
        reasons = {address: words_of(*reply) for address, reply in error.recipients.items()}
        kind = Refused if all(code >= 500 for code, _ in error.recipients.values()) else TryLater
        raise kind("; ".join(f"{address}: {reason}" for address, reason in reasons.items())) from error
    except smtplib.SMTPResponseException as error:
        raise (Refused if error.smtp_code >= 500 else TryLater)(said(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(said(error)) from error
    finally:
        # The server has answered for the mail already; how it says goodbye changes nothing.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()
    if refused:
        raise PartlyRefused({address: words_of(*reply) for address, reply in refused.items()})


def connect(url: str) -> smtplib.SMTP:
    """A connection that is encrypted whenever the server can, and always before a password is said."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_S)
    try:
        server.ehlo()
        is_private = parts.scheme == "smtps"
        if not is_private and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            is_private = True
        if parts.username:
            if not is_private and not is_loopback(host):
                raise smtplib.SMTPException("ASCOLTO_SMTP_URL has a password, but the server offers no encryption")
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (smtplib.SMTPException, OSError, UnicodeError):
        server.close()
        raise
    return server


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return words_of(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"


def words_of(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())[:300]}"


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
