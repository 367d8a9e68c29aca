"""For each kind of channel: how it is set up, what its provider brings, and how the provider proves that."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from ascolto.channels.contract import Door
from ascolto.channels.telegram.hook import HEADER, secret_of
from ascolto.vault.webhooks import sign
from tests.conftest import NOON
from tests.standins import telegram, whatsapp

SAMPLES = Path(__file__).parent.parent / "data" / "hooks"
NOBODY = "http://127.0.0.1:9"  # allowed in these tests, and nobody listens there
SECRETS = {
    "account": "segreto-del-conto",
    "custom": "whsec_c2VncmV0by1kaS11bi1wb250ZS1sdW5nby1hYmJhc3Rhbnph",
    "mail": "segreto-della-posta",
}

Headers = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Example:
    """
    One kind as its provider knows it.

    :param settings: all that is required, with a provider that does not answer
    :param secrets: the values among them that nobody may see again
    :param samples: what arrives, by name, as bytes
    :param prove: the headers by which the provider proves a call; None: nobody calls
    """

    settings: Mapping[str, Any]
    secrets: tuple[str, ...]
    samples: Mapping[str, bytes]
    prove: Callable[[bytes, Door], Headers] | None = None
    to: str = ""
    head: Mapping[str, Any] = field(default_factory=dict)


def as_json(name: str) -> dict[str, bytes]:
    found = json.loads((SAMPLES / f"{name}.json").read_text())
    return {sample: json.dumps(said, ensure_ascii=False).encode() for sample, said in found.items()}


def as_forms(name: str) -> dict[str, bytes]:
    found = json.loads((SAMPLES / f"{name}.json").read_text())
    return {sample: urlencode(said).encode() for sample, said in found.items()}


def by_twilio(body: bytes, door: Door) -> Headers:
    from urllib.parse import parse_qsl

    params = dict(parse_qsl(body.decode(), keep_blank_values=True))
    signature = RequestValidator(SECRETS["account"]).compute_signature(door.hook_url, params)
    return {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}


TWILIO = {
    "account_sid": "AC00000000000000000000000000000001",
    "auth_token": SECRETS["account"],
    "number": "+390655500199",
    "api_url": NOBODY,
}
MAIL = b"""From: Rosa Blu <rosa@posta.example>\r\nTo: aiuto@lumen.example\r\nSubject: Lampada\r
Message-ID: <1@posta.example>\r\nDate: Tue, 18 Nov 2025 12:00:00 +0100\r\n\r\nLa lampada non si accende.\r\n"""

EXAMPLES: dict[str, Example] = {
    "whatsapp": Example(
        settings={
            "phone_number_id": whatsapp.NUMBER_ID,
            "waba_id": whatsapp.ACCOUNT_ID,
            "access_token": whatsapp.TOKEN,
            "app_secret": whatsapp.APP_SECRET,
            "verify_token": whatsapp.VERIFY_TOKEN,
            "api_url": NOBODY,
        },
        secrets=(whatsapp.TOKEN, whatsapp.APP_SECRET, whatsapp.VERIFY_TOKEN),
        samples=as_json("whatsapp"),
        prove=lambda body, door: whatsapp.signed(body),
        to="+393331234567",
    ),
    "telegram": Example(
        settings={"bot_token": telegram.TOKEN, "api_url": NOBODY},
        secrets=(telegram.TOKEN,),
        samples=as_json("telegram"),
        prove=lambda body, door: {HEADER: secret_of(door)},
        to="70011",
    ),
    "custom": Example(
        settings={"secret": SECRETS["custom"], "url": f"{NOBODY}/bridge"},
        secrets=(SECRETS["custom"],),
        samples=as_json("custom"),
        prove=lambda body, door: sign(body, id=f"msg_{hash(body)}", at=signed_at(), secrets=[SECRETS["custom"]]),
        to="custom-porta:rosa-1",
    ),
    "sms": Example(settings=TWILIO, secrets=(SECRETS["account"],), samples=as_forms("sms"), prove=by_twilio, to="+393331234567"),
    "phone": Example(
        settings=TWILIO, secrets=(SECRETS["account"],), samples=as_forms("phone"), prove=by_twilio, to="+393331234567"
    ),
    "email": Example(
        settings={
            "address": "aiuto@lumen.example",
            "smtp_host": "127.0.0.1",
            "smtp_port": "9",
            "smtp_security": "none",
            "smtp_password": SECRETS["mail"],
        },
        secrets=(SECRETS["mail"],),
        samples={"mail": MAIL, "answer": MAIL.replace(b"<1@", b"<2@").replace(b"Subject: ", b"Subject: Re: ")},
        to="rosa@posta.example",
    ),
}


def signed_at() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


__all__ = ["EXAMPLES", "NOON", "Example"]
