"""Ask the provider's REST interface for something, through the one way out; its answers as values or as what to do."""

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from django.utils.translation import gettext as _

from ascolto.channels import provider_calls as provider
from ascolto.channels.contract import Door, Never, TryLater
from ascolto.channels.twilio.reasons import reason_of
from ascolto.egress.client import Reply

API = "https://api.twilio.com"
VERSION = "2010-04-01"
HOPS = 2  # from the provider's address of a file to where it keeps it
REDIRECTS = (301, 302, 303, 307, 308)

Values = Sequence[tuple[str, str]]


def api_url(door: Door) -> str:
    """Where the provider's interface is, without a slash at the end."""
    return (door.get("api_url") or API).rstrip("/")


def post(door: Door, path: str, values: Values) -> dict[str, Any]:
    """Have the provider do something; what it says of it. Twice is twice. :raises TryLater, Never:"""
    return ask("POST", door, path, urlencode(values).encode())


def get(door: Door, path: str, values: Values = ()) -> dict[str, Any]:
    """Read something of the account. :raises TryLater, Never:"""
    return ask("GET", door, f"{path}?{urlencode(values)}" if values else path, b"")


def ask(method: str, door: Door, path: str, content: bytes) -> dict[str, Any]:
    account = quote(door.get("account_sid"), safe="")
    url = f"{api_url(door)}/{VERSION}/Accounts/{account}{path}"
    headers = {"Authorization": authorization(door), "Accept": "application/json"}
    if content:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return said(provider.ask(method, url, headers=headers, content=content))


def authorization(door: Door) -> str:
    return "Basic " + b64encode(f"{door.get('account_sid')}:{door.get('auth_token')}".encode()).decode()


def said(reply: Reply) -> dict[str, Any]:
    """The answer's values. :raises TryLater: busy, or the settings must be mended first; nothing is lost; Never: refused"""
    try:
        found = json.loads(reply.body)
    except ValueError:
        found = {}
    values: dict[str, Any] = found if isinstance(found, dict) else {}
    if reply.status in (200, 201, 202, 204):
        return values
    if reply.status in (401, 403):
        raise TryLater(_("The provider does not take our account and its token. Check them in the settings."))
    if reply.status == 429 or reply.status >= 500:
        raise TryLater(_("The provider is busy. We keep trying."), after=provider.wait_of(reply))
    raise Never(reason_of(str(values.get("code") or values.get("error_code") or ""), str(values.get("message") or "")))


def bring(door: Door, url: str) -> tuple[bytes, str]:
    """
    A file that the provider keeps: its bytes and what they are said to be.

    Our token goes to the provider's own host alone; where that one sends us, we go without it (threat H7).
    :raises TryLater, Never:
    """
    if not is_providers(door, url):
        raise Never(_("This file is not kept by the provider."))
    headers = {"Authorization": authorization(door)}
    for _hop in range(HOPS + 1):
        reply = provider.ask("GET", url, headers=headers, timeout_s=provider.FILE_WAIT_S, max_bytes=provider.FILE_BYTES)
        if reply.status not in REDIRECTS:
            break
        url, headers = urljoin(url, reply.headers.get("location", "")), {}
    if reply.status == 404 or reply.status == 429 or reply.status >= 500:
        raise TryLater(_("The provider does not give the file yet."), after=provider.wait_of(reply))
    if reply.status != 200:
        raise Never(_("The provider does not give the file."))
    if reply.is_cut:
        raise Never(_(provider.TOO_LARGE))
    return reply.body, reply.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_providers(door: Door, url: str) -> bool:
    """Whether an address is the provider's own: same scheme, host and port as its interface."""
    wanted, given = urlsplit(api_url(door)), urlsplit(url)
    try:
        return (given.scheme, given.hostname, given.port) == (wanted.scheme, wanted.hostname, wanted.port)
    except ValueError:
        return False
