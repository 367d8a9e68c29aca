"""An access token for a mailbox whose provider wants OAuth2 (RFC 6749, section 6), kept in memory until it runs out."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext_noop

from ascolto.channels.contract import Door
from ascolto.egress import client

RESERVE = timedelta(minutes=2)  # a token that runs out so soon is not used any more
USUAL = timedelta(minutes=50)  # where the provider does not say how long it is good for


NO_ACCESS = gettext_noop("The provider does not give access to this mailbox any more. Connect it again.")
NO_ANSWER = gettext_noop("The provider’s sign-in service does not answer.")


class NoToken(Exception):
    """No access token, for a reason in plain words (English of the catalogue)."""

    def __init__(self, words: str, *, is_for_good: bool) -> None:
        super().__init__(words)
        self.words = words
        self.is_for_good = is_for_good


@dataclass(frozen=True, kw_only=True)
class Granted:
    """`refresh_token` is new when the provider changed it; then it must be stored in place of the old one."""

    access_token: str
    until: datetime
    refresh_token: str = ""


KEPT: dict[tuple[UUID, str], Granted] = {}  # by inbox and digest of the refresh token; never on disk
LOCK = threading.Lock()


def access(door: Door, *, now: datetime, call: Callable[..., client.Reply] = client.call) -> Granted:
    """
    Return a token that is good for two more minutes at least, from memory or from the provider.

    Twice asks the provider once. :raises NoToken: it was refused, or there is no answer
    """
    key = (door.inbox, sha256(door.get("oauth_refresh_token").encode()).hexdigest())
    with LOCK:
        known = KEPT.get(key)
    if known is not None and known.until > now + RESERVE:
        return known
    granted = ask(door, now, call)
    renewed = sha256(granted.refresh_token.encode()).hexdigest() if granted.refresh_token else key[1]
    with LOCK:
        KEPT.pop(key, None)
        KEPT[door.inbox, renewed] = Granted(access_token=granted.access_token, until=granted.until)
    return granted


def forget(door: Door) -> None:
    """The mailbox did not take the token: the next one comes from the provider."""
    with LOCK:
        for key in [each for each in KEPT if each[0] == door.inbox]:
            del KEPT[key]


def ask(door: Door, now: datetime, call: Callable[..., client.Reply]) -> Granted:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": door.get("oauth_refresh_token"),
        "client_id": door.get("oauth_client_id"),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if secret := door.get("oauth_client_secret"):
        form["client_secret"] = secret  # in the form, where Google and Microsoft read it (RFC 6749, section 2.3.1 allows it)
    try:
        reply = call("POST", door.get("oauth_token_url"), headers=headers, content=urlencode(form).encode())
    except (client.NoAnswer, client.NotAllowed) as error:
        raise NoToken(NO_ANSWER, is_for_good=False) from error
    if reply.status >= 500 or reply.status == 429:
        raise NoToken(NO_ANSWER, is_for_good=False)
    if reply.status != 200:
        raise NoToken(NO_ACCESS, is_for_good=True)
    return granted_in(reply.body, now)


def granted_in(body: bytes, now: datetime) -> Granted:
    try:
        said = json.loads(body)
        token = str(said["access_token"])
        seconds = float(said.get("expires_in") or USUAL.total_seconds())
        return Granted(
            access_token=token, until=now + timedelta(seconds=seconds), refresh_token=str(said.get("refresh_token") or "")
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise NoToken(NO_ANSWER, is_for_good=False) from error
