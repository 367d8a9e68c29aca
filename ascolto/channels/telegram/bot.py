"""Calls to the Bot API. The token is part of every address, so no address goes into words or logs."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_noop

from ascolto.channels.contract import Door, Never, TryLater, Unreadable
from ascolto.channels.provider_calls import FILE_WAIT_S, LONGEST_WAIT, ask
from ascolto.channels.said import NOTHING, Said, inner, line, number, object_in
from ascolto.egress.client import Reply
from ascolto.egress.multipart import Upload, multipart

TOKEN = re.compile(r"^[0-9]{1,20}:[A-Za-z0-9_-]{10,100}$")
MEND_WAIT = timedelta(minutes=15)

BAD_TOKEN = gettext_noop("Telegram does not accept the token of this bot.")
BUSY = gettext_noop("Telegram takes no more messages for a while.")
AWAY = gettext_noop("Telegram cannot take the message right now.")
BLOCKED = gettext_noop("The customer has blocked the bot, or ended the chat.")
OTHER = gettext_noop("Telegram refused the message.")
# Beginnings of what the Bot API says, and what it means here.
WORDS: Sequence[tuple[str, str]] = (
    ("chat not found", gettext_noop("Telegram does not know this chat. The customer has to write to the bot first.")),
    ("user is deactivated", gettext_noop("The customer has deleted their Telegram account.")),
    ("file is too big", gettext_noop("Telegram does not give bots files of more than 20 MB.")),
    ("request entity too large", gettext_noop("The file is too large for Telegram.")),
    ("wrong file", gettext_noop("Telegram does not have this file any more.")),
    ("invalid file", gettext_noop("Telegram does not have this file any more.")),
)


def post(door: Door, method: str, said: Mapping[str, Any] | None = None) -> Said:
    """What the method returned; empty when that is no object, or cannot be read. :raises TryLater, Never:"""
    head = {"Content-Type": "application/json"}
    return result_of(ask("POST", url_of(door, method), headers=head, content=json.dumps(said or {}).encode()))


def upload(door: Door, method: str, fields: Mapping[str, str], file: Upload) -> Said:
    """:raises TryLater, Never:"""
    kind, content = multipart(fields, [file])
    head = {"Content-Type": kind}
    return result_of(ask("POST", url_of(door, method), headers=head, content=content, timeout_s=FILE_WAIT_S))


def url_of(door: Door, method: str) -> str:
    return f"{door.get('api_url').rstrip('/')}/bot{token_of(door)}/{method}"


def file_url(door: Door, path: str) -> str:
    return f"{door.get('api_url').rstrip('/')}/file/bot{token_of(door)}/{quote(path)}"


def token_of(door: Door) -> str:
    """:raises TryLater: it is no token, and would change the address that it is part of"""
    token = door.get("bot_token")
    if not TOKEN.match(token):
        raise TryLater(BAD_TOKEN, after=MEND_WAIT)
    return token


def result_of(reply: Reply) -> Said:
    """What an answer of the Bot API brings. :raises TryLater, Never:"""
    try:
        said = object_in(reply.body)
    except Unreadable:
        said = NOTHING
    if said.get("ok") is True or (200 <= reply.status < 300 and not said):
        return inner(said, "result")
    raise refusal(number(said, "error_code") or reply.status, said)


def refusal(code: int, said: Said) -> TryLater | Never:
    """What the desk makes of a refusal."""
    words = line(said, "description", max_chars=250).removeprefix("Bad Request: ").removeprefix("Forbidden: ")
    if code == 429:
        seconds = number(inner(said, "parameters"), "retry_after")
        return TryLater(BUSY, after=min(timedelta(seconds=max(seconds, 1)), LONGEST_WAIT) if seconds is not None else None)
    if code in (401, 404):
        return TryLater(BAD_TOKEN, after=MEND_WAIT)
    if code >= 500 or code in (408, 409):
        return TryLater(AWAY)
    for beginning, meaning in WORDS:
        if beginning in words.lower():
            return Never(meaning)
    if code == 403:
        return Never(BLOCKED)
    return Never(f"Telegram: {words}" if words else OTHER)
