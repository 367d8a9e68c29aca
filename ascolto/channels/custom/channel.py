"""A channel of the company's own making as a kind of channel."""

import json
from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from ascolto.channels.contract import (
    Arrival,
    ArrivedFile,
    Capabilities,
    Door,
    Finding,
    Forged,
    HookAnswer,
    HookCall,
    Media,
    OutboundMessage,
    Raw,
    Setting,
    Taken,
    Unreadable,
    Words,
)
from ascolto.channels.custom import check, read, send
from ascolto.channels.provider_calls import file_at
from ascolto.channels.said import read_each
from ascolto.vault.webhooks import BadSignature, verify


class CustomKind:
    """A bridge that speaks signed calls (Standard Webhooks) in both directions."""

    name: ClassVar[str] = "custom"
    label: ClassVar[Words] = _("Custom channel")
    hint: ClassVar[Words] = _(
        "Any other channel, by a small program of your own that hands messages in and takes replies, in signed calls."
    )
    address_kind: ClassVar[str] = "custom"
    capabilities: ClassVar[Capabilities] = Capabilities(
        html=True,
        receipts=frozenset({"sent", "delivered", "read", "failed"}),
        edits=True,
        reactions=True,
        can_begin=True,
    )
    settings: ClassVar[Sequence[Setting]] = (
        Setting(
            name="secret",
            label=_("Secret"),
            help=_("whsec_ and 32 random bytes in base64; the bridge has the same. Make one with: openssl rand -base64 32"),
            form="secret",
            is_required=True,
        ),
        Setting(
            name="earlier_secret",
            part=_("More"),
            label=_("Earlier secret"),
            help=_("While you change the secret both are good. Write the new one here too when the earlier one shall end."),
            form="secret",
        ),
        Setting(
            name="url",
            label=_("Address for replies"),
            help=_("Where the bridge takes replies. Empty: messages only come in."),
            form="url",
            placeholder="https://bridge.example/ascolto",
        ),
    )

    def greet(self, call: HookCall, door: Door) -> HookAnswer | None:
        return None

    def verify(self, call: HookCall, door: Door) -> None:
        try:
            verify(call.body, call.headers, secrets=[door.get("secret"), door.get("earlier_secret")], now=call.at)
        except BadSignature as error:
            raise Forged(str(error)) from error

    def key(self, call: HookCall) -> str:
        return call.headers.get("webhook-id", "")

    def answer(self, call: HookCall, door: Door) -> HookAnswer:
        """It is kept whatever it says; who writes a bridge wants to hear at once what cannot be read."""
        try:
            read.read(call.body, door)
            said: dict[str, object] = {"kept": True}
        except Unreadable as error:
            said = {"kept": True, "problem": str(error)}
        return HookAnswer(body=json.dumps(said, ensure_ascii=False).encode(), content_type="application/json")

    def read(self, raws: Sequence[Raw], door: Door) -> list[Sequence[Arrival] | Unreadable]:
        return read_each(raws, door, read.read)

    def fetch(self, media: Media, door: Door) -> ArrivedFile:
        return ArrivedFile(name=media.name, content=file_at(media.id), type=media.type)

    def send(self, message: OutboundMessage, door: Door) -> Taken:
        return send.send(message, door)

    def check(self, door: Door) -> list[Finding]:
        return check.check(door)
