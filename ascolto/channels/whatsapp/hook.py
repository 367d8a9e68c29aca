"""Calls from Meta: whether they are, and the challenge of the set-up."""

import hmac
from hashlib import sha256

from ascolto.channels.contract import Door, Forged, HookAnswer, HookCall

CHALLENGE_CHARS = 200


def verify(call: HookCall, door: Door) -> None:
    """Meta signs the bytes with the app's secret (threats H1, H4). :raises Forged:"""
    secret = door.get("app_secret")
    if not secret:
        raise Forged("no app secret is filled in")
    wanted = "sha256=" + hmac.new(secret.encode(), call.body, sha256).hexdigest()
    given = call.headers.get("x-hub-signature-256", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode()):
        raise Forged("its signature is another one")


def greet(call: HookCall, door: Door) -> HookAnswer | None:
    """
    The set-up asks whether we know the verify token, and wants its challenge back, as plain text (threat H8).

    :raises Forged: another token, or none is filled in
    """
    if call.query.get("hub.mode") != "subscribe" or call.method != "GET":
        return None
    wanted, given = door.get("verify_token"), call.query.get("hub.verify_token", "")
    if not wanted or not hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode()):
        raise Forged("its verify token is another one")
    return HookAnswer(body=call.query.get("hub.challenge", "")[:CHALLENGE_CHARS].encode("utf-8", "replace"))
