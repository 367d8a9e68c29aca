"""Calls from Telegram: whether they are, what makes one the same as another, and the quick answers that need no colleague."""

import hmac
import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from ascolto.channels.contract import Door, Forged, HookAnswer, HookCall, Unreadable
from ascolto.channels.said import inner, line, number, object_in
from ascolto.vault.keys import keys_for

HEADER = "x-telegram-bot-api-secret-token"


def secret_for(door: Door, key: bytes) -> str:
    """What Telegram says with each call to this inbox about this bot; nobody has to think of it, or copy it."""
    whole = hmac.new(key, door.inbox.bytes + door.get("bot_token").encode(), sha256).digest()
    return urlsafe_b64encode(whole).decode().rstrip("=")


def secret_of(door: Door) -> str:
    return secret_for(door, keys_for("telegram")[0])


def verify(call: HookCall, door: Door) -> None:
    """Telegram says the secret that `connect` gave it, also one of the desk's earlier key. :raises Forged:"""
    if not door.get("bot_token"):
        raise Forged("no bot is filled in")
    given = call.headers.get(HEADER, "").encode("utf-8", "replace")
    # A list, not a generator: every key is compared, so that the time does not tell which one fits.
    if not any([hmac.compare_digest(given, secret_for(door, key).encode()) for key in keys_for("telegram")]):  # noqa: C419
        raise Forged("its secret token is another one")


def key(call: HookCall) -> str:
    """The update's number with the digest of its bytes: after a quiet week Telegram counts from anywhere."""
    try:
        update = number(object_in(call.body), "update_id")
    except Unreadable:
        return ""
    return f"{update}-{sha256(call.body).hexdigest()[:16]}" if update is not None else ""


def answer(call: HookCall, door: Door) -> HookAnswer:
    """A button that was pressed stops waiting, and whoever opens the chat is greeted, if that is wanted."""
    try:
        update = object_in(call.body)
    except Unreadable:
        return HookAnswer()
    pressed = line(inner(update, "callback_query"), "id")
    if pressed:
        return method("answerCallbackQuery", callback_query_id=pressed)
    message = inner(update, "message")
    chat = inner(message, "chat")
    if door.get("greeting") and line(message, "text") == "/start" and line(chat, "type") == "private":
        return method("sendMessage", chat_id=number(chat, "id"), text=door.get("greeting")[:4000])
    return HookAnswer()


def method(name: str, **said: Any) -> HookAnswer:
    return HookAnswer(body=json.dumps({"method": name, **said}).encode(), content_type="application/json")
