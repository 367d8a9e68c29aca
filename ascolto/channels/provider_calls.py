"""Calls to a provider's API, and what its ways to fail mean for the message; addresses with passwords stay out of all words."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_noop

from ascolto.channels.contract import Never, TryLater
from ascolto.egress import client
from ascolto.egress.client import Reply

FILE_BYTES = 25 * 1024 * 1024  # threats.md, hard limits
FILE_WAIT_S = 60.0
LONGEST_WAIT = timedelta(hours=1)  # a provider that wants more is asked again after this

NO_ANSWER = gettext_noop("The provider does not answer.")
NOT_ALLOWED = gettext_noop("The address of the provider is not one that the desk may call. See ASCOLTO_EGRESS_ALLOW.")
TOO_LARGE = gettext_noop("The file is larger than 25 MB.")
MOVED = gettext_noop("The file is not where the provider said.")
GONE = gettext_noop("The provider does not have this file any more.")


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    timeout_s: float = client.TOTAL_TIMEOUT_S,
    max_bytes: int = client.MAX_REPLY_BYTES,
) -> Reply:
    """
    One call; whatever status comes back is for the caller to judge.

    :raises TryLater: no answer, or an address that the operator has to allow first
    """
    try:
        return client.call(method, url, headers=headers, content=content, timeout_s=timeout_s, max_bytes=max_bytes)
    except client.NoAnswer:
        raise TryLater(NO_ANSWER) from None  # what went wrong may quote the address, and the password in it
    except client.NotAllowed:
        raise TryLater(NOT_ALLOWED) from None


def file_at(url: str, *, headers: Mapping[str, str] | None = None) -> bytes:
    """
    The bytes of a file, 25 MB at most. Nothing is followed to where it may have moved (threat H7).

    :raises TryLater, Never:
    """
    reply = ask("GET", url, headers=headers, timeout_s=FILE_WAIT_S, max_bytes=FILE_BYTES)
    if reply.status in (404, 410):
        raise Never(GONE)
    if 300 <= reply.status < 400:
        raise Never(MOVED)
    if reply.status != 200:
        raise TryLater(NO_ANSWER, after=wait_of(reply))
    if reply.is_cut:
        raise Never(TOO_LARGE)
    return reply.body


def wait_of(reply: Reply) -> timedelta | None:
    """How long the provider wants to be left alone; None when it does not say."""
    said = reply.headers.get("retry-after", "")
    if not (said.isascii() and said.isdigit()):
        return None
    return min(timedelta(seconds=int(said[:6])), LONGEST_WAIT)
