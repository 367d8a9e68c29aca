"""The kind of channel that text messages are: what it is set up with, how it reads, how it sends."""

from collections.abc import Sequence
from hashlib import sha256
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
from ascolto.channels.twilio import messages, settings
from ascolto.channels.twilio.forms import read_form
from ascolto.channels.twilio.pace import PER_DAY
from ascolto.channels.twilio.signature import check_signature

NOTHING = HookAnswer(body=b"<?xml version='1.0' encoding='UTF-8'?><Response/>", content_type="text/xml; charset=utf-8")


class SmsKind:
    """Text messages; see contract.Kind for what each method promises."""

    name: ClassVar[str] = "sms"
    label: ClassVar[Words] = _("Text messages")
    hint: ClassVar[Words] = _("Customers write to a number of yours. You need an account with Twilio, or a provider like it.")
    address_kind: ClassVar[str] = "phone"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_chars=messages.MAX_CHARS * 3, files=False, receipts=frozenset({"sent", "delivered", "read", "failed"}), can_begin=True
    )
    settings: ClassVar[Sequence[Setting]] = (
        *settings.ACCOUNT,
        Setting(
            name="messaging_service_sid",
            part=settings.MORE,
            label=_("Messaging service"),
            help=_("Only if your number belongs to one; it begins with MG."),
            placeholder="MG…",
        ),
        settings.COUNTRIES,
        Setting(
            name="per_day",
            part=settings.MORE,
            label=_("Text messages a day"),
            help=_("To each country; more wait until the next day. It keeps a mistake from becoming expensive."),
            default=str(PER_DAY),
        ),
        settings.API_URL,
    )

    def verify(self, call: HookCall, door: Door) -> None:
        check_signature(call, door.get("auth_token"))

    def key(self, call: HookCall) -> str:
        """A message by its own id; a state of one of ours by its id and the state; all else by its digest."""
        try:
            form = read_form(call.body)
        except Unreadable:
            form = None
        id = form.line("MessageSid") or form.line("SmsSid") if form else ""
        if form is None or not id:
            return sha256(call.body).hexdigest()
        return f"{id}:{form.line('MessageStatus') or form.line('SmsStatus') or 'received'}"[:200]

    def greet(self, call: HookCall, door: Door) -> HookAnswer | None:
        return None

    def answer(self, call: HookCall, door: Door) -> HookAnswer:
        return NOTHING

    def read(self, raws: Sequence[Raw], door: Door) -> Sequence[Sequence[Arrival] | Unreadable]:
        return [self.read_one(raw) for raw in raws]

    def read_one(self, raw: Raw) -> Sequence[Arrival] | Unreadable:
        try:
            return messages.read_message(read_form(raw.content))
        except Unreadable as error:
            return error

    def fetch(self, media: Media, door: Door) -> ArrivedFile:
        return messages.fetch(media, door)

    def send(self, message: OutboundMessage, door: Door) -> Taken:
        return messages.send(message, door, status_callback=door.hook_url)

    def check(self, door: Door) -> Sequence[Finding]:
        return settings.check_account(door, addresses={"sms_url": door.hook_url}, capability="sms")

    def connect(self, door: Door) -> Sequence[Finding]:
        return settings.connect_number(door, {"sms_url": door.hook_url})
