"""The only module that speaks SMTP: a connection carries many mails and is kept open for some seconds."""

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import unquote, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

TIMEOUT_S = 30  # per step of the SMTP conversation
KEEP_S = 20.0  # an idle connection; servers close theirs after minutes
MAILS_PER_CONNECTION = 100  # many servers allow no more

Security = Literal["tls", "starttls", "offered", "none"]


class TryLater(Exception):
    """The mail did not leave, and may later: the server is away, busy, or its settings must be mended. Nothing is lost."""


class Refused(Exception):
    """The server will never take this mail, or it cannot be sent at all; `str()` says why."""


class PartlyRefused(Refused):
    """The server took the mail for some and never will for those in `refused` (address to reason). Do not send it again."""

    def __init__(self, refused: dict[str, str]) -> None:
        super().__init__("; ".join(f"{address}: {reason}" for address, reason in refused.items()))
        self.refused = refused


@dataclass(frozen=True, kw_only=True)
class Server:
    """
    A mail server and who we are there.

    :param security: tls from the first byte, starttls always, offered: starttls when the server can, or none
    """

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


def server_of(url: str) -> Server:
    """The server that ASCOLTO_SMTP_URL names."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "smtps"
    return Server(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if is_tls else 587),
        security="tls" if is_tls else "offered",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def hand_over(raw: bytes, *, server: Server, sender: str, recipients: Sequence[str]) -> None:
    """
    Hand one mail to a server. Twice hands it over twice.

    :raises TryLater: it was not taken, for now; also when the line broke and nobody knows
    :raises Refused: it was not taken, for ever
    :raises PartlyRefused: it was taken for some of `recipients` only
    """
    with line_to(server) as line:
        try:
            refused = line.smtp.sendmail(sender, list(recipients), raw)
        except smtplib.SMTPRecipientsRefused as error:
            reasons = {address: words_of(*reply) for address, reply in error.recipients.items()}
            kind = Refused if all(code >= 500 for code, _ in error.recipients.values()) else TryLater
            raise kind("; ".join(f"{address}: {reason}" for address, reason in reasons.items())) from error
        except smtplib.SMTPResponseException as error:
            raise (Refused if error.smtp_code >= 500 else TryLater)(said(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            line.is_broken = True
            raise TryLater(said(error)) from error
    if refused:
        raise PartlyRefused({address: words_of(*reply) for address, reply in refused.items()})


def greet(server: Server) -> None:
    """Connect, say who we are, and go: whether the settings are right. :raises TryLater: what is wrong"""
    try:
        smtp = connect(server)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise TryLater(said(error)) from error
    hang_up(smtp)


@dataclass
class Line:
    """An open connection."""

    smtp: smtplib.SMTP
    mails: int = 0
    used_at_s: float = 0.0  # of time.monotonic()
    is_broken: bool = False


IDLE: dict[Server, list[Line]] = {}
IDLE_LOCK = threading.Lock()


@contextlib.contextmanager
def line_to(server: Server) -> Iterator[Line]:
    """A connection for one mail: one that is open, or a new one; kept open afterwards when it still works."""
    line = idle_line(server) or Line(new_connection(server))
    try:
        yield line
    finally:
        line.mails += 1
        line.used_at_s = time.monotonic()
        if line.is_broken or line.mails >= MAILS_PER_CONNECTION or line.smtp.sock is None:
            hang_up(line.smtp)
        else:
            keep_open(server, line)


def new_connection(server: Server) -> smtplib.SMTP:
    try:
        return connect(server)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        # Even a 5xx here is about the server or the password, not about this mail: it is kept until that is mended.
        raise TryLater(said(error)) from error


def idle_line(server: Server) -> Line | None:
    """An open connection that still answers."""
    while True:
        with IDLE_LOCK:
            lines = IDLE.get(server)
            line = lines.pop() if lines else None  # the list stays, empty: its closer is on its way already
        if line is None:
            return None
        with contextlib.suppress(smtplib.SMTPException, OSError):
            if time.monotonic() - line.used_at_s < KEEP_S and line.smtp.rset()[0] == 250:
                return line
        hang_up(line.smtp)


def keep_open(server: Server, line: Line) -> None:
    with IDLE_LOCK:
        is_first = not IDLE
        IDLE.setdefault(server, []).append(line)
    if is_first:
        close_later()


def close_later() -> None:
    closer = threading.Timer(KEEP_S, close_idle)
    closer.daemon = True
    closer.start()


def close_idle(*, older_than_s: float = KEEP_S) -> None:
    """Say goodbye on connections that nobody has used for so long; look again later while others are open."""
    with IDLE_LOCK:
        until = time.monotonic() - older_than_s
        old = [line for lines in IDLE.values() for line in lines if line.used_at_s <= until]
        for server, lines in list(IDLE.items()):
            if left := [line for line in lines if line.used_at_s > until]:
                IDLE[server] = left
            else:
                del IDLE[server]
        is_last = not IDLE
    if not is_last:
        close_later()
    for line in old:
        hang_up(line.smtp)


def hang_up(smtp: smtplib.SMTP) -> None:
    # The server has answered for the mail already; how it says goodbye changes nothing.
    with contextlib.suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


def connect(server: Server) -> smtplib.SMTP:
    """A connection that is encrypted as the settings want it, and always before a password is said."""
    context = ssl.create_default_context()
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        smtp.ehlo()
        is_private = server.security == "tls"
        if server.security == "starttls" or (server.security == "offered" and smtp.has_extn("starttls")):
            smtp.starttls(context=context)
            smtp.ehlo()
            is_private = True
        if server.user:
            if not is_private and not is_loopback(server.host):
                raise smtplib.SMTPException("there is a password to say, but the server offers no encryption")
            smtp.login(server.user, server.password)
    except (smtplib.SMTPException, OSError, UnicodeError):
        smtp.close()
        raise
    return smtp


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


# What goes wrong most often, for those who set a mail server up; the first that fits.
PLAIN_WORDS: tuple[tuple[type[Exception], Promise], ...] = (
    (smtplib.SMTPServerDisconnected, gettext_lazy("it hung up")),
    (smtplib.SMTPNotSupportedError, gettext_lazy("it does not offer what the settings ask for: sign-in or STARTTLS")),
    (ssl.SSLCertVerificationError, gettext_lazy("its certificate is not valid for this name")),
    (ssl.SSLError, gettext_lazy("it does not speak TLS on this port")),
    (socket.gaierror, gettext_lazy("there is no server of this name")),
    (ConnectionRefusedError, gettext_lazy("nothing answers on this port")),
    (TimeoutError, gettext_lazy("it does not answer")),
)


def said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return words_of(error.smtp_code, error.smtp_error)
    for kind, words in PLAIN_WORDS:
        if isinstance(error, kind):
            return str(words)
    return f"{type(error).__name__}: {error}"


def words_of(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())[:300]}"
