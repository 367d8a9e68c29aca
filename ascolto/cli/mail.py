"""`ascolto mail receive|serve`: mail from a pipe, and the door that a mail server hands mail over at."""

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading
from urllib.parse import urlsplit

from ascolto.cli.refusal import Refusal

USUAL_DOOR = "smtp://127.0.0.1:2524"

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    receive = actions.add_parser(
        "receive", help="one raw mail on standard input; 0: it is on disk, 75: try later, 1: there is no such inbox"
    )
    receive.add_argument("--inbox", required=True, metavar="KEY", help="`ascolto inbox list` shows the keys")
    receive.add_argument("--from", dest="sender", default=None, metavar="ADDRESS", help="of the envelope; empty for a bounce")
    receive.add_argument("--to", action="append", default=[], metavar="ADDRESS", help="of the envelope; as often as needed")
    serve = actions.add_parser("serve", help="listen for a mail server of this machine, until SIGTERM")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default 2524, or that of ASCOLTO_MAIL_DOOR)")
    serve.add_argument("--lmtp", action="store_true", default=None, help="speak LMTP instead of SMTP")
    serve.add_argument("--watched", action="store_true", help="stop when standard input ends, as when `ascolto serve` is gone")


def run(options: argparse.Namespace) -> int:
    """`receive` gives 0 once the mail is committed, else 75; `serve` gives 0 when it was stopped. :raises Refusal:"""
    return receive(options) if options.action == "receive" else serve(options)


def receive(options: argparse.Namespace) -> int:
    """
    Keep the mail on standard input; when this returns, it is on disk.

    Whatever else happens, `ascolto` answers 75, and the mail server tries again. :raises Refusal: for good
    """
    from django.utils import timezone

    from ascolto.channels import raw
    from ascolto.channels.email.limits import MAX_HEADER_BLOCK_BYTES, MAX_RAW_BYTES
    from ascolto.conversations.models import Inbox
    from ascolto.files import store

    inbox = Inbox.objects.filter(key=options.inbox, kind="email", is_active=True).values_list("pk", flat=True).first()
    if inbox is None:
        raise Refusal(f"no open mail inbox has the key {options.inbox}; `ascolto inbox list` shows them")
    store.refuse_when_full()
    content = sys.stdin.buffer.read(MAX_RAW_BYTES + 1)
    if not content.strip():
        raise Refusal("there is no mail on standard input")
    head: dict[str, object] = {"door": "pipe"}
    if len(content) > MAX_RAW_BYTES:  # sent back it would only come again (threat A18)
        head["too_large"] = len(content) + drained()
        content = content[:MAX_HEADER_BLOCK_BYTES]
    if options.sender is not None:
        head["envelope_from"] = options.sender
    if options.to:
        head["envelope_to"] = options.to
    raw.keep(raw.Arrived(inbox=inbox, content=content, at=timezone.now(), head=head))
    return 0


def drained() -> int:
    """Read what is left, so that the mail server does not take a closed pipe for a failure; how many bytes it was."""
    count = 0
    while chunk := sys.stdin.buffer.read(1 << 20):
        count += len(chunk)
    return count


def serve(options: argparse.Namespace) -> int:
    from django.conf import settings

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's: a line for every command
    usual = urlsplit(settings.MAIL_DOOR or USUAL_DOOR)
    host, port = options.host or usual.hostname or "127.0.0.1", options.port or usual.port or 2524
    lmtp = usual.scheme == "lmtp" if options.lmtp is None else True
    try:
        asyncio.run(listen(host, port, lmtp=lmtp, is_watched=options.watched))
    except OSError as error:
        raise Refusal(f"cannot listen on {host}:{port} ({error.strerror}) – choose another --port") from error
    return 0


async def listen(host: str, port: int, *, lmtp: bool, is_watched: bool) -> None:
    from django.conf import settings

    from ascolto.edge.mail_door import open_door

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if is_watched:
        threading.Thread(target=stop_with_parent, args=(loop, stop), daemon=True).start()
    async with open_door(host=host, port=port, lmtp=lmtp, hostname=urlsplit(settings.SITE_URL).hostname or "localhost") as taken:
        print(f"Ascolto takes mail at {'lmtp' if lmtp else 'smtp'}://{host}:{taken}", flush=True)
        await stop.wait()


def stop_with_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """As `ascolto worker --watched`: standard input ends when the parent does, even by kill -9."""
    while os.read(sys.stdin.fileno(), 1024):
        continue
    loop.call_soon_threadsafe(stop.set)
