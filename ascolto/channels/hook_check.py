"""Does our public address lead here: the desk calls itself, as its provider would (threat H2)."""

import hmac
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import uuid4

from django.utils.translation import gettext as _

from ascolto.channels.contract import Door, Finding
from ascolto.egress.addresses import may_call
from ascolto.egress.client import NoAnswer, NotAllowed, call
from ascolto.vault.keys import keys_for

HERE_ALONE = ("localhost", "127.0.0.1", "[::1]", "::1")


def mark_of(door: Door, said: str) -> str:
    """What this desk answers to `said` at this door, and no other desk. Pure."""
    key = keys_for("hook-check")[0]
    return hmac.new(key, f"{door.hook_url} {said[:100]}".encode("utf-8", "replace"), sha256).hexdigest()


def check_hook_url(door: Door) -> Finding:
    """Call our own public address, and see whether this desk answers there. Never raises."""
    host = urlsplit(door.hook_url).hostname or ""
    if host in HERE_ALONE or host.endswith((".local", ".localhost")) or is_private(host):
        return Finding(
            is_well=False,
            words=_("The provider cannot reach this desk at {address}.").format(address=door.site_url),
            todo=_("Run the desk under a public https address and set ASCOLTO_URL to it."),
        )
    said = uuid4().hex
    try:
        # The address is the operator's own setting, so it may be called wherever it is: behind one's own router too.
        reply = call("GET", f"{door.hook_url}?ascolto-check={said}", allow=lambda ip, port: True)
    except (NoAnswer, NotAllowed):
        return Finding(
            is_well=False,
            words=_("From here, nobody answers at {address}.").format(address=door.hook_url),
            todo=_("Look whether the address in ASCOLTO_URL leads to this desk, and whether its certificate is valid."),
        )
    if reply.status == 200 and hmac.compare_digest(reply.body, mark_of(door, said).encode()):
        return Finding(is_well=True, words=_("The desk can be reached at {address}.").format(address=door.hook_url))
    return Finding(
        is_well=False,
        words=_("Something else answers at {address}, with the status {status}.").format(
            address=door.hook_url, status=reply.status
        ),
        todo=_("Have the proxy in front hand everything under /hooks/ to the desk, unchanged and without redirects."),
    )


def is_private(host: str) -> bool:
    return host.replace(".", "").isdigit() and not may_call(host)
