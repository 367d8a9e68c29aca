"""WhatsApp as a kind of channel."""

from collections.abc import Sequence
from datetime import timedelta
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
from ascolto.channels.whatsapp import check, fetch, hook, read, send

TEMPLATES = _("Answers later than 24 hours")
MORE = _("More")
API_URL = "https://graph.facebook.com/v25.0"  # Meta keeps it until July 2028


class WhatsAppKind:
    """One number at the Cloud API of Meta."""

    name: ClassVar[str] = "whatsapp"
    label: ClassVar[Words] = _("WhatsApp")
    hint: ClassVar[Words] = _(
        "Customers write to a WhatsApp number of yours. You need a business account at Meta and an app with WhatsApp in it."
    )
    address_kind: ClassVar[str] = "phone"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_chars=16_000,
        max_files=10,
        receipts=frozenset({"sent", "delivered", "read", "failed"}),
        edits=True,
        reactions=True,
        reply_window=timedelta(hours=24),
        has_templates=True,
    )
    settings: ClassVar[Sequence[Setting]] = (
        Setting(name="number", label=_("Number"), form="phone", placeholder="+39 06 12345678"),
        Setting(
            name="phone_number_id",
            label=_("Phone number ID"),
            help=_("In the developer pages of Meta under WhatsApp, API set-up."),
            is_required=True,
        ),
        Setting(
            name="waba_id",
            label=_("WhatsApp Business account ID"),
            help=_("On the same page, below the phone number ID."),
            is_required=True,
        ),
        Setting(
            name="access_token",
            label=_("Access token"),
            help=_("Of a system user, without an end; the one shown on the page ends after a day."),
            form="secret",
            is_required=True,
        ),
        Setting(
            name="app_secret",
            label=_("App secret"),
            help=_("Under App settings, Basic. It proves that a call is from Meta."),
            form="secret",
            is_required=True,
        ),
        Setting(
            name="verify_token",
            label=_("Verify token"),
            help=_("Any word of your own; Meta says it once when the address is set up."),
            form="secret",
            is_required=True,
        ),
        Setting(
            name="template_it",
            part=TEMPLATES,
            label=_("Italian template"),
            help=_("The name of an approved template with one placeholder; the answer’s words go there."),
        ),
        Setting(
            name="template_en",
            part=TEMPLATES,
            label=_("English template"),
            help=_("As “name”, or “name:en_US” when its language has a region."),
        ),
        Setting(name="quotes", part=MORE, label=_("Quote the message that is answered"), form="flag", default=False),
        Setting(
            name="marks_read",
            part=MORE,
            label=_("Show the customer that a message was read, with the answer"),
            form="flag",
            default=False,
        ),
        Setting(name="api_url", part=MORE, label=_("Address of the API"), form="url", default=API_URL),
    )

    def __init__(self) -> None:
        self.begun = Begun()

    def greet(self, call: HookCall, door: Door) -> HookAnswer | None:
        return hook.greet(call, door)

    def verify(self, call: HookCall, door: Door) -> None:
        hook.verify(call, door)

    def key(self, call: HookCall) -> str:
        return ""  # Meta gives a call no id; the messages in it have theirs

    def answer(self, call: HookCall, door: Door) -> HookAnswer:
        return HookAnswer()

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
