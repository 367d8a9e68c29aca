"""
The SMTP and LMTP door: a mail server hands mails over, and is answered 250 when they are on disk.

aiosmtpd ends a mail at CR LF . CR LF alone: what stands between half line ends stays part of it (VU#302671, threat A6).
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from ascolto.channels import raw
from ascolto.channels.email.limits import MAX_RAW_BYTES
from ascolto.channels.recipients import Recipients, read_recipients
from ascolto.database.writer import Writer, WriterFull, WriterStopped, WriterUnavailable
from ascolto.edge.reading import Reading
from ascolto.files import store

MAX_CONNECTIONS = 64
MAX_AT_ONCE = 16  # mails in memory; others wait before their DATA is read
MAX_RECIPIENTS = 100  # RFC 5321, 4.5.3.1.8: what every server must take
LINE_BYTES = 1024 * 1024  # senders that never break a line are read all the same; beyond this the mail is refused
QUIET_S = 120.0  # a peer that says nothing is sent away
FRESH_S = 3.0  # how late a changed address is noticed
STOP_S = 5.0  # for mails in hand

KEPT = "250 2.0.0 kept"
NOT_OURS = "550 5.1.1 no such address here"
NO_PATH = "501 5.1.3 not an address"
TOO_MANY = "452 4.5.3 too many recipients"
DISK_FULL = "452 4.3.1 the disk is nearly full, try again later"
AWAY = "451 4.3.0 the desk cannot write now, try again later"
BUSY = b"421 4.7.0 too many connections, try again later\r\n"

log = logging.getLogger(__name__)


class Mail(Envelope):
    """What aiosmtpd notes of a mail, and whose inbox each recipient is."""

    def __init__(self) -> None:
        super().__init__()
        self.inboxes: list[UUID] = []


class MailDoor:
    """
    Takes mails for addresses of open mail inboxes, and for no other.

    Mails that come at the same time share a commit.
    """

    def __init__(self, writer: Writer, *, hostname: str) -> None:
        self.writer = writer
        self.read = Reading()
        self.hostname = hostname
        self.recipients = Recipients()
        self.read_at = float("-inf")
        self.lines: set[Any] = set()
        self.slots = asyncio.Semaphore(MAX_AT_ONCE)
        self.in_hand = 0
        self.server: asyncio.Server | None = None

    async def start(self, *, host: str, port: int, lmtp: bool) -> int:
        """Listen; returns the port. :raises OSError: it is taken"""
        kind = LmtpLine if lmtp else SmtpLine
        self.server = await asyncio.get_running_loop().create_server(lambda: kind(self), host, port, backlog=256)
        return int(self.server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no more, let what is being written end, then hang up. What got no 250 comes again."""
        if self.server is None:
            return
        self.server.close()
        deadline = time.monotonic() + STOP_S
        while self.in_hand and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        for line in list(self.lines):
            if line.transport is not None:
                line.transport.close()
        self.server = None
        await asyncio.to_thread(self.read.stop)

    # What aiosmtpd asks, by its names

    async def handle_MAIL(self, line: Any, session: Session, envelope: Mail, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address or ""
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, line: Any, session: Session, envelope: Mail, address: str, options: list[str]) -> str:  # noqa: N802
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return TOO_MANY
        inbox = (await self.fresh_recipients()).inbox_of(address)
        if inbox is None:
            return NOT_OURS
        envelope.rcpt_tos.append(address)
        envelope.inboxes.append(inbox)
        return "250 2.1.5 OK"

    async def handle_VRFY(self, line: Any, session: Session, envelope: Mail, address: str) -> str:  # noqa: N802
        return "502 5.5.1 not offered"

    async def handle_DATA(self, line: Any, session: Session, envelope: Mail) -> str:  # noqa: N802
        """One answer, which LMTP gives for each recipient: they are kept together or not at all."""
        answer = await self.keep(envelope)
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if isinstance(line, LMTP) else answer

    async def handle_exception(self, error: Exception) -> str:
        log.error("a mail was not taken", exc_info=error)
        return AWAY

    async def keep(self, envelope: Mail) -> str:
        content = envelope.original_content or b""
        self.in_hand += 1
        try:
            await asyncio.to_thread(store.refuse_when_full)
            for arrived in arrived_of(envelope, content):
                await self.writer.write(raw.keep_many, arrived)
        except store.NoSpace:
            return DISK_FULL
        except (WriterFull, WriterStopped, WriterUnavailable, OSError) as error:
            log.warning("a mail was put off: %s", error)
            return AWAY
        finally:
            self.in_hand -= 1
        return KEPT

    async def fresh_recipients(self) -> Recipients:
        """Read anew after moments. While the database is away there is no answer but "later" (handle_exception)."""
        if time.monotonic() - self.read_at > FRESH_S:
            self.recipients = await self.read(read_recipients)
            self.read_at = time.monotonic()
        return self.recipients


def arrived_of(envelope: Mail, content: bytes) -> Sequence[raw.Arrived]:
    """One for each inbox that it goes to, whichever of its addresses were written."""
    now = datetime.now(UTC)
    addressed: dict[UUID, list[str]] = {}
    for inbox, address in zip(envelope.inboxes, envelope.rcpt_tos, strict=True):
        addressed.setdefault(inbox, []).append(address)
    return [
        raw.Arrived(
            inbox=inbox,
            content=content,
            at=now,
            head={"door": "smtp", "envelope_from": envelope.mail_from, "envelope_to": addresses},
        )
        for inbox, addresses in addressed.items()
    ]


class Line:
    """What both protocols add to aiosmtpd's: how many at once, and whose mail it is."""

    line_length_limit = LINE_BYTES
    transport: Any

    def __init__(self, door: MailDoor) -> None:
        self.door = door
        self.is_refused = False
        super().__init__(  # type: ignore[call-arg]
            door,
            data_size_limit=MAX_RAW_BYTES,
            enable_SMTPUTF8=True,
            hostname=door.hostname,
            ident="Ascolto",
            timeout=QUIET_S,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: Any) -> None:
        if len(self.door.lines) >= MAX_CONNECTIONS:
            self.is_refused = True
            transport.write(BUSY)
            transport.close()
            return
        self.door.lines.add(self)
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        self.door.lines.discard(self)
        if not self.is_refused:
            super().connection_lost(error)  # type: ignore[misc]

    def eof_received(self) -> bool | None:
        return None if self.is_refused else super().eof_received()  # type: ignore[misc]

    def data_received(self, data: bytes) -> None:
        if not self.is_refused:
            super().data_received(data)  # type: ignore[misc]

    def _create_envelope(self) -> Mail:
        return Mail()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        async with self.door.slots:
            await super().smtp_DATA(arg)  # type: ignore[misc]


class SmtpLine(Line, SMTP):
    """A connection that speaks SMTP."""


class LmtpLine(Line, LMTP):
    """A connection that speaks LMTP (RFC 2033)."""


@asynccontextmanager
async def open_door(*, host: str, port: int, lmtp: bool, hostname: str) -> AsyncIterator[int]:
    """A door with a writer of its own, for as long as the context lasts; gives the port."""
    writer = Writer()
    writer.start()
    door = MailDoor(writer, hostname=hostname)
    try:
        yield await door.start(host=host, port=port, lmtp=lmtp)
    finally:
        await door.stop()
        await asyncio.to_thread(writer.stop, STOP_S)
