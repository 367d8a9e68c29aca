"""A desk with a number at the stand-in provider; its calls go through the kinds as edge/doors.py has them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from ascolto.channels import raw
from ascolto.channels.arrivals import read_waiting
from ascolto.channels.connect import change_settings, door_of, make_channel
from ascolto.channels.contract import Forged, HookCall
from ascolto.channels.registry import KINDS
from ascolto.conversations.models import Conversation, Inbox
from tests.conftest import NOON
from tests.standins.twilio import OUR_NUMBER, SID, TOKEN, StandIn, serving

MARIO = "+393331234567"
LUISA = "+393337654321"


@dataclass
class Provider:
    """The stand-in with its two inboxes, and the clock that its calls reach the desk by."""

    standin: StandIn
    now: datetime
    sms: Any = None
    phone: Any = None
    is_reading: bool = True

    def deliver(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """What edge/doors.py does with a call, in one thread."""
        parts = urlsplit(url)
        _, _, name, key, _ = parts.path.split("/")
        inbox = Inbox.objects.get(key=key)
        door, kind = door_of(inbox), KINDS[name]
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        call = HookCall(
            method="POST", url=url, query=query, headers={k.lower(): v for k, v in headers.items()}, body=body, at=self.now
        )
        try:
            greeting = kind.greet(call, door)
            if greeting is not None:
                return greeting.status, greeting.body
            kind.verify(call, door)
        except Forged:
            return 403, b""
        raw.keep(raw.Arrived(inbox=inbox.id, content=body, at=self.now, key=kind.key(call), head={"query": query}))
        self.now += timedelta(seconds=1)
        if hasattr(kind, "facts"):
            call = replace(call, facts=kind.facts(call, door))
        answer = kind.answer(call, door)
        if self.is_reading:
            self.read()
        return answer.status, answer.body

    def read(self) -> None:
        for inbox in (self.sms, self.phone):
            while inbox is not None and read_waiting(inbox_id=inbox.id, now=self.now):
                pass

    def set(self, inbox: Any, **values: Any) -> None:
        change_settings(inbox=inbox, values=values)

    def conversation(self) -> Conversation:
        return Conversation.objects.get(inbox__in=[each for each in (self.sms, self.phone) if each])


@pytest.fixture
def provider(world: Any, settings: Any) -> Any:
    provider = Provider(StandIn(), NOON)
    provider.standin.deliver = provider.deliver
    with serving(provider.standin) as standin:
        settings.EGRESS_ALLOW = frozenset({urlsplit(standin.url).netloc})
        account = {"account_sid": SID, "auth_token": TOKEN, "number": OUR_NUMBER, "api_url": standin.url}
        provider.sms = make_channel(kind="sms", name="Messaggi", language="it", values=account, at=NOON, key="messaggi")
        provider.phone = make_channel(kind="phone", name="Telefono", language="it", values=account, at=NOON, key="telefono")
        for kind, inbox in (("sms", provider.sms), ("phone", provider.phone)):
            inbox.teams.add(world.team)
            KINDS[kind].connect(door_of(inbox))
        yield provider
