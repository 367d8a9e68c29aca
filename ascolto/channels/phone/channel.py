"""The kind of channel that phone calls are: what it is set up with, how it answers, what it reads, how it calls."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import ClassVar
from urllib.parse import quote
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext
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
    Never,
    OutboundMessage,
    Raw,
    Setting,
    Taken,
    Unreadable,
    Words,
)
from ascolto.channels.phone import flow
from ascolto.channels.phone.facts import Facts, facts_for
from ascolto.channels.phone.read import read_report
from ascolto.channels.twilio import messages, rest, settings
from ascolto.channels.twilio.forms import read_form
from ascolto.channels.twilio.numbers import refuse_costly
from ascolto.channels.twilio.signature import check_signature

XML = "text/xml; charset=utf-8"
AGENT_RINGS_S = 25
WAITING = _("Ringing and waiting")
GREETINGS = _("Greetings")
KEPT = _("Voicemail and recordings")
GREETING = _("Empty: the name of the desk.")


class PhoneKind:
    """Phone calls; see contract.Kind for what each method promises."""

    name: ClassVar[str] = "phone"
    label: ClassVar[Words] = _("Phone")
    hint: ClassVar[Words] = _("Customers call a number of yours. You need an account with Twilio, or a provider like it.")
    address_kind: ClassVar[str] = "phone"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_chars=messages.MAX_CHARS * 3, files=False, receipts=frozenset({"sent", "delivered", "failed"})
    )
    settings: ClassVar[Sequence[Setting]] = (
        *settings.ACCOUNT,
        Setting(
            name="forward_to",
            label=_("Phones that ring"),
            help=_("One number a line; during opening hours all of them ring. Empty: callers wait until a colleague takes them."),
            form="long",
            placeholder="+39 333 1234567",
        ),
        Setting(
            name="ring_s",
            part=WAITING,
            label=_("They ring for"),
            form="choice",
            choices=[("15", _("15 seconds")), ("25", _("25 seconds")), ("40", _("40 seconds"))],
            default=str(flow.RING_S),
        ),
        Setting(
            name="max_wait_min",
            part=WAITING,
            label=_("Callers wait at most"),
            form="choice",
            choices=[("3", _("3 minutes")), ("5", _("5 minutes")), ("10", _("10 minutes")), ("20", _("20 minutes"))],
            default=str(flow.MAX_WAIT_MIN),
        ),
        Setting(name="greeting_it", part=GREETINGS, label=_("Greeting in Italian"), help=GREETING, form="long"),
        Setting(name="greeting_en", part=GREETINGS, label=_("Greeting in English"), help=GREETING, form="long"),
        Setting(name="voicemail", part=KEPT, label=_("Callers may leave a message"), form="flag", default=True),
        Setting(
            name="transcribe",
            part=KEPT,
            label=_("Have messages written down"),
            help=_("By the provider, which then hears them; it costs, and not every provider knows Italian."),
            form="flag",
            default=False,
        ),
        Setting(
            name="record",
            part=KEPT,
            label=_("Record calls"),
            help=_("Callers are told first. Ask whether the law lets you."),
            form="flag",
            default=False,
        ),
        Setting(
            name="sms_replies",
            part=settings.MORE,
            label=_("Written replies go as text messages"),
            help=_("If the number can send them. Without this, a call is answered by calling."),
            form="flag",
            default=False,
        ),
        settings.COUNTRIES,
        settings.API_URL,
    )

    def verify(self, call: HookCall, door: Door) -> None:
        check_signature(call, door.get("auth_token"))

    def key(self, call: HookCall) -> str:
        """A call has many reports, and the provider gives them no ids: the same address with the same body is the same one."""
        return sha256(f"{sorted(call.query.items())}\n".encode("utf-8", "replace") + call.body).hexdigest()

    def greet(self, call: HookCall, door: Door) -> HookAnswer | None:
        """Who waits is told their place again and again; nothing of that is kept."""
        if call.query.get("step") != "wait" or call.method != "POST":
            return None
        self.verify(call, door)
        return self.answer(replace(call, facts=Facts(now=call.at)), door)

    def facts(self, call: HookCall, door: Door) -> Facts:
        return facts_for(call, door)

    def answer(self, call: HookCall, door: Door) -> HookAnswer:
        facts = call.facts if isinstance(call.facts, Facts) else Facts(now=call.at)
        try:
            form = read_form(call.body)
        except Unreadable:
            return HookAnswer(status=400)
        turn = flow.Turn(door=door, form=form, query=dict(call.query), facts=facts)
        return HookAnswer(body=flow.go_on(turn).encode(), content_type=XML)

    def read(self, raws: Sequence[Raw], door: Door) -> Sequence[Sequence[Arrival] | Unreadable]:
        with translation.override(door.language):
            return [self.read_one(raw, door) for raw in raws]

    def read_one(self, raw: Raw, door: Door) -> Sequence[Arrival] | Unreadable:
        query = raw.head.get("query")
        try:
            return read_report(read_form(raw.content), query if isinstance(query, dict) else {}, door)
        except Unreadable as error:
            return error

    def fetch(self, media: Media, door: Door) -> ArrivedFile:
        return messages.fetch(media, door)

    def send(self, message: OutboundMessage, door: Door) -> Taken:
        if not door.settings.get("sms_replies"):
            raise Never(gettext("A call is not answered in writing here: call back, or let replies go as text messages."))
        return messages.send(message, door, status_callback=flow.step_url(door, "sms"))

    def call(self, door: Door, *, ours: UUID, agent: str, customer: str) -> str:
        """
        Ring a colleague, and then the customer for them; what the provider calls it. Twice calls twice.

        :param ours: the id of our row, which the provider hands back
        :raises TryLater, Never:
        """
        refuse_costly(door, agent)
        refuse_costly(door, customer)
        values = [("To", agent), ("From", door.get("number")), ("Timeout", str(AGENT_RINGS_S))]
        values.append(("Url", flow.step_url(door, "connect", call=str(ours))))
        values.append(("StatusCallback", flow.step_url(door, "agent", call=str(ours))))
        return str(rest.post(door, "/Calls.json", values).get("sid") or "")

    def take(self, door: Door, *, call: str, agent: UUID) -> None:
        """Put a waiting caller through to a colleague. :raises TryLater, Never: also when they have hung up meanwhile"""
        values = [("Url", flow.step_url(door, "ring", agent=str(agent))), ("Method", "POST")]
        rest.post(door, f"/Calls/{quote(call, safe='')}.json", values)

    def check(self, door: Door) -> Sequence[Finding]:
        return settings.check_account(door, addresses=self.addresses(door), capability="voice")

    def connect(self, door: Door) -> Sequence[Finding]:
        return settings.connect_number(door, self.addresses(door))

    def addresses(self, door: Door) -> dict[str, str]:
        return {"voice_url": door.hook_url, "status_callback": flow.step_url(door, "status")}
