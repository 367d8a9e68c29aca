"""E-mail as a kind of channel: its settings, what it can carry, and who reads and sends."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ascolto.channels.contract import (
    Arrival,
    ArrivedFile,
    Capabilities,
    Door,
    Finding,
    HookAnswer,
    HookCall,
    Media,
    Never,
    OutboundMessage,
    Raw,
    Setting,
    Taken,
    Unreadable,
    Words,
)
from ascolto.channels.email import provider_hooks
from ascolto.channels.email.automatic import Ours
from ascolto.channels.email.child import read_many
from ascolto.channels.email.known import filled
from ascolto.channels.email.send import provider_of, send, server_of
from ascolto.channels.email.settings import SETTINGS
from ascolto.channels.email.sign import BadKey, signed
from ascolto.egress import smtp

MAX_FILES_BYTES = 18 * 1024 * 1024  # together; base64 makes 25 MB of it, which is what most servers take


class EmailKind:
    """See contract.Kind."""

    name: ClassVar[str] = "email"
    label: ClassVar[Words] = gettext_lazy("E-mail")
    hint: ClassVar[Words] = gettext_lazy("Customers write to an address of yours. You need its mailbox (IMAP) and a mail server.")
    address_kind: ClassVar[str] = "email"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_file_bytes=MAX_FILES_BYTES,
        html=True,
        subject=True,
        receipts=frozenset({"sent", "delivered", "read", "failed"}),
        can_begin=True,
    )
    settings: ClassVar[Sequence[Setting]] = SETTINGS

    def fill(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Servers and user from the address, where nothing else was said."""
        return filled(values)

    def read(self, raws: Sequence[Raw], door: Door) -> Sequence[Sequence[Arrival] | Unreadable]:
        """In a process of its own, with limits; what a provider called in is opened first."""
        if not any(provider_hooks.is_call(raw) for raw in raws):
            return read_many(raws, ours=ours_of(door))
        return provider_hooks.read(raws, door, lambda mails: read_many(mails, ours=ours_of(door)))

    def verify(self, call: HookCall, door: Door) -> None:
        """A provider that hands mail over or tells what became of ours. :raises Forged:"""
        provider_hooks.verify(call, door)

    def key(self, call: HookCall) -> str:
        return provider_hooks.key(call)

    def greet(self, call: HookCall, door: Door) -> HookAnswer | None:
        return None

    def answer(self, call: HookCall, door: Door) -> HookAnswer:
        return HookAnswer(body=b"OK")

    def fetch(self, media: Media, door: Door) -> ArrivedFile:
        """Mails bring their files along."""
        raise Never(_("There is nothing to fetch for a mail."))

    def send(self, message: OutboundMessage, door: Door) -> Taken:
        """See email/send.py. :raises TryLater, Never:"""
        return send(message, door)

    def check(self, door: Door) -> Sequence[Finding]:
        """Open the mailbox, greet the mail server, sign a line."""
        findings = [check_mailbox(door)] if door.get("imap_host") else []
        return [*findings, *check_server(door), *check_key(door)]


def ours_of(door: Door) -> Ours:
    """By what the reader knows our own mails."""
    addresses = {door.get("address"), *door.get("aliases").split()} - {""}
    domains = {f"desk.{each.rpartition('@')[2]}" for each in addresses} | {urlsplit(door.site_url).hostname or ""}
    return Ours(
        addresses=frozenset(each.lower() for each in addresses),
        mail_domains=frozenset(ascii_domain(each) for each in domains - {""}),
        authserv_id=door.get("authserv_id"),
    )


def ascii_domain(domain: str) -> str:
    try:
        return domain.lower().encode("idna").decode()
    except UnicodeError:
        return domain.lower()


def check_mailbox(door: Door) -> Finding:
    from ascolto.channels.email import oauth, poll  # what speaks IMAP is loaded where it is spoken

    token = ""
    if door.get("imap_auth") == "oauth2":
        try:
            token = oauth.access(door, now=datetime.now(UTC)).access_token
        except oauth.NoToken as error:
            return Finding(is_well=False, words=_(error.words))
    return poll.try_settings(door, access_token=token)


def check_server(door: Door) -> list[Finding]:
    if provider := provider_of(door):
        return [Finding(is_well=True, words=_("Replies leave by %(provider)s.") % {"provider": provider.name.capitalize()})]
    server = server_of(door)
    if server is None:
        return [Finding(is_well=True, words=_("Replies leave by the desk’s own mail server."))]
    try:
        smtp.greet(server)
    except smtp.TryLater as error:
        words = _("The mail server for sending does not let us in: %(reason)s.") % {"reason": str(error)[:200].rstrip(".")}
        return [Finding(is_well=False, words=words, todo=_("Look at host, port, security, user and password for sending."))]
    return [Finding(is_well=True, words=_("The mail server for sending lets us in."))]


def check_key(door: Door) -> list[Finding]:
    if not door.get("dkim_key"):
        return []
    try:
        signed(b"From: desk@example.org\r\n\r\nwords\r\n", door)
    except BadKey:
        todo = _("Paste it whole, with its first and last line, and fill in selector and domain.")
        return [Finding(is_well=False, words=_("The DKIM key cannot be used."), todo=todo)]
    if not door.get("dkim_selector"):
        return [Finding(is_well=False, words=_("There is a DKIM key, but no selector."), todo=_("Fill in the selector."))]
    return [Finding(is_well=True, words=_("Mails are signed with the DKIM key."))]
