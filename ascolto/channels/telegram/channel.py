"""Telegram as a kind of channel."""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from ascolto.channels.contract import (
    Arrival,
    ArrivedFile,
    Capabilities,
    Door,
    Finding,
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
from ascolto.channels.parts import Begun
from ascolto.channels.said import read_each
from ascolto.channels.telegram import check, fetch, hook, read, send

MORE = _("More")
API_URL = "https://api.telegram.org"


class TelegramKind:
    """One bot of the company's own."""

    name: ClassVar[str] = "telegram"
    label: ClassVar[Words] = _("Telegram")
    hint: ClassVar[Words] = _(
        "Customers write to a bot of yours. You need its token, which BotFather gives you within Telegram in a minute."
    )
    address_kind: ClassVar[str] = "telegram"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_chars=16_000, max_files=10, receipts=frozenset({"sent", "failed"}), edits=True, reactions=True
    )
    settings: ClassVar[Sequence[Setting]] = (
        Setting(
            name="bot_token",
            label=_("Token of the bot"),
            help=_("Write /newbot to @BotFather in Telegram; it answers with the token."),
            form="secret",
            is_required=True,
        ),
        Setting(
            name="bot_name",
            label=_("Name of the bot"),
            help=_("As in @lumen_help_bot; links that lead customers to it are made of it."),
            placeholder="@lumen_help_bot",
        ),
        Setting(
            name="greeting",
            label=_("Greeting"),
            help=_("What the bot says to whoever opens the chat, before they have written."),
            form="long",
        ),
        Setting(name="quotes", part=MORE, label=_("Quote the message that is answered"), form="flag", default=False),
        Setting(name="api_url", part=MORE, label=_("Address of the API"), form="url", default=API_URL),
    )

    def __init__(self) -> None:
        self.begun = Begun()

    def greet(self, call: HookCall, door: Door) -> HookAnswer | None:
        return None

    def verify(self, call: HookCall, door: Door) -> None:
        hook.verify(call, door)

    def key(self, call: HookCall) -> str:
        return hook.key(call)

    def answer(self, call: HookCall, door: Door) -> HookAnswer:
        return hook.answer(call, door)

    def read(self, raws: Sequence[Raw], door: Door) -> list[Sequence[Arrival] | Unreadable]:
        return read_each(raws, door, read.read)

    def fetch(self, media: Media, door: Door) -> ArrivedFile:
        return fetch.fetch(media, door)

    def send(self, message: OutboundMessage, door: Door) -> Taken:
        return send.send(message, door, self.begun)

    def check(self, door: Door) -> list[Finding]:
        return check.check(door)

    def connect(self, door: Door) -> list[Finding]:
        return check.connect(door)
