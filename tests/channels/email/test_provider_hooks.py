"""Mail providers call: proven first, mails as they are, and what became of ours."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from ascolto.channels.contract import ArrivedMessage, Door, Forged, HookCall, Raw, Receipt, Unreadable
from ascolto.channels.email import provider_hooks
from ascolto.channels.email.channel import EmailKind
from tests.conftest import NOON
from tests.mailservers import mail

URL = "https://desk.example/hooks/email/posta/"
ROSA = "rosa@posta.example"
PAIR = "desk:parola"
MAIL = mail(1)


def door(provider: str, secret: str = PAIR) -> Door:
    settings = {"provider": provider, "provider_webhook_secret": secret, "address": "posta@lumen.example"}
    return Door(inbox=uuid4(), key="posta", name="Posta", language="it", settings=settings, hook_url=URL)


def call(body: bytes, content_type: str = "application/json", **headers: str) -> HookCall:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return HookCall(method="POST", url=URL, query={}, headers={"content-type": content_type, **named}, body=body, at=NOON)


def basic(pair: str = PAIR) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def raw(body: bytes, content_type: str = "application/json") -> Raw:
    return Raw(id=uuid4(), content=body, received_at=NOON, head={"content-type": content_type})


def said(provider: str, body: bytes, content_type: str = "application/json", secret: str = PAIR) -> Any:
    (result,) = EmailKind().read([raw(body, content_type)], door(provider, secret))
    return result


def form(**fields: str) -> tuple[bytes, str]:
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def parts(**fields: bytes) -> tuple[bytes, str]:
    lines = b""
    for name, value in fields.items():
        lines += b'--edge\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"
    return lines + b"--edge--\r\n", "multipart/form-data; boundary=edge"


def mailgun_signed(key: str = "signing-key") -> dict[str, str]:
    signature = hmac.new(key.encode(), b"1700000000token", hashlib.sha256).hexdigest()
    return {"timestamp": "1700000000", "token": "token", "signature": signature}


RAW_MAILS = {
    "mailgun": parts(**{"recipient": b"posta@lumen.example", "body-mime": MAIL}),
    "sendgrid": parts(to=b"posta@lumen.example", email=MAIL),
    "postmark": (json.dumps({"FromFull": {"Email": "x@y.example"}, "RawEmail": MAIL.decode()}).encode(), "application/json"),
    "mandrill": form(mandrill_events=json.dumps([{"event": "inbound", "msg": {"raw_msg": MAIL.decode()}}])),
    "sparkpost": (
        json.dumps(
            [
                {
                    "msys": {
                        "relay_message": {
                            "content": {"email_rfc822": base64.b64encode(MAIL).decode(), "email_rfc822_is_base64": True}
                        }
                    }
                }
            ]
        ).encode(),
        "application/json",
    ),
}


@pytest.mark.parametrize("provider", RAW_MAILS)
def test_a_mail_comes_through_as_it_is(provider):
    (message,) = said(provider, *RAW_MAILS[provider])

    assert isinstance(message, ArrivedMessage)
    assert (message.sender.value, message.subject, message.id) == ("rosa1@posta.example", "Lampada 1", "<m1@posta.example>")


def test_a_mail_in_pieces_is_put_together_where_that_is_all_there_is():
    pieces = {
        "FromFull": {"Email": "rosa@posta.example"},
        "Headers": [{"Name": "Message-ID", "Value": "<p1@posta.example>"}],
        "From": "Rosa Blu <rosa@posta.example>",
        "To": "posta@lumen.example",
        "Subject": "Perché",
        "TextBody": "Buongiorno",
        "Attachments": [{"Name": "nota.txt", "Content": base64.b64encode(b"ciao").decode(), "ContentType": "text/plain"}],
    }

    (message,) = said("postmark", json.dumps(pieces).encode())

    assert (message.subject, message.text.strip(), message.sender.value) == ("Perché", "Buongiorno", "rosa@posta.example")
    assert [(each.name, each.content) for each in message.files] == [("nota.txt", b"ciao")]


@pytest.mark.parametrize("provider", ["mailgun", "sendgrid"])
def test_a_form_in_pieces_says_what_to_switch_on(provider):
    result = said(provider, *parts(**{"headers": b"{}", "message-headers": b"[]", "body-plain": b"x"}))

    assert isinstance(result, Unreadable)
    assert "raw MIME" in str(result)


@pytest.mark.parametrize(
    ("provider", "body", "state", "is_for_good"),
    [
        ("postmark", {"RecordType": "Delivery", "MessageID": "p-1", "Recipient": ROSA.title()}, "delivered", False),
        ("postmark", {"RecordType": "Bounce", "Type": "HardBounce", "MessageID": "p-1", "Email": ROSA}, "failed", True),
        ("postmark", {"RecordType": "Open", "MessageID": "p-1", "Recipient": "rosa@posta.example"}, "read", False),
        ("sendgrid", [{"event": "delivered", "smtp-id": "p-1", "email": ROSA, "timestamp": 1700000000}], "delivered", False),
        ("mailjet", [{"event": "sent", "MessageID": "p-1", "email": ROSA, "time": 1700000000}], "delivered", False),
        ("brevo", {"event": "delivered", "message-id": "p-1", "email": "rosa@posta.example"}, "delivered", False),
    ],
)
def test_what_became_of_ours_is_told(provider, body, state, is_for_good):
    (receipt,) = said(provider, json.dumps(body).encode())

    assert isinstance(receipt, Receipt)
    assert (receipt.id, receipt.state, receipt.to, receipt.is_for_good) == ("p-1", state, "rosa@posta.example", is_for_good)


def test_mailgun_tells_it_by_our_own_message_id():
    body = {
        "signature": mailgun_signed(),
        "event-data": {
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "recipient": "rosa@posta.example",
            "timestamp": 1700000000.5,
            "message": {"headers": {"message-id": "ours@desk.example"}},
            "delivery-status": {"message": "no such user", "code": 550},
        },
    }

    (receipt,) = said("mailgun", json.dumps(body).encode(), secret="signing-key")

    assert (receipt.id, receipt.state, receipt.is_for_good) == ("<ours@desk.example>", "failed", True)
    assert receipt.at == datetime.fromtimestamp(1700000000.5, UTC)
    assert "no such user" in receipt.reason


def test_what_is_no_news_of_a_mail_is_nothing():
    assert (
        said("postmark", json.dumps({"RecordType": "Click", "MessageID": "p-1", "Recipient": "r@x.example"}).encode())[0].state
        == "read"
    )
    assert said("postmark", json.dumps({"RecordType": "SubscriptionChange", "SuppressSending": True}).encode()) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"[" * 100_000, b"\xff\xfe", json.dumps({"RecordType": 7}).encode()])
@pytest.mark.parametrize("provider", provider_hooks.PROVIDERS)
@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=edge", "application/x-www-form-urlencoded", ""]
)
def test_what_cannot_be_read_is_said_and_stops_no_other(provider, body, content_type):
    secret = "signing-key" if provider in ("mailgun", "mandrill") else PAIR
    pipe = Raw(id=uuid4(), content=MAIL, received_at=NOON, head={"door": "imap"})

    first, second = EmailKind().read([raw(body, content_type), pipe], door(provider, secret))

    assert isinstance(first, Unreadable) or first == []
    assert second[0].subject == "Lampada 1"


@pytest.mark.parametrize(
    "provider", [name for name, each in provider_hooks.PROVIDERS.items() if each.given_as == provider_hooks.BASIC]
)
def test_h1_user_and_password_prove_the_provider(provider):
    provider_hooks.verify(call(b"{}", authorization=basic()), door(provider))

    for wrong in ({}, {"authorization": basic("desk:altra")}, {"authorization": "Basic !"}, {"authorization": basic(PAIR + "x")}):
        with pytest.raises(Forged):
            provider_hooks.verify(call(b"{}", **wrong), door(provider))


@pytest.mark.parametrize("provider", ["", "none", *provider_hooks.PROVIDERS])
@pytest.mark.parametrize("secret", ["", "None"])
def test_h1_without_a_secret_nothing_is_taken(provider, secret):
    if secret and provider in ("mailgun", "mandrill"):
        pytest.skip("any text is a key there")
    with pytest.raises(Forged):
        provider_hooks.verify(call(b"{}"), door(provider, secret))


def test_h1_mailgun_signs_forms_and_json():
    good = mailgun_signed()
    own = door("mailgun", "signing-key")
    provider_hooks.verify(call(json.dumps({"signature": good}).encode()), own)
    provider_hooks.verify(call(*form(**good)), own)

    for place in range(0, 64, 7):
        wrong = "0" if good["signature"][place] != "0" else "1"
        forged = {**good, "signature": good["signature"][:place] + wrong + good["signature"][place + 1 :]}
        with pytest.raises(Forged):
            provider_hooks.verify(call(json.dumps({"signature": forged}).encode()), own)
        with pytest.raises(Forged):
            provider_hooks.verify(call(*form(**forged)), own)


def test_h1_mandrill_signs_the_address_and_every_field():
    events = json.dumps([{"event": "send"}])
    signature = base64.b64encode(hmac.new(b"key", f"{URL}mandrill_events{events}".encode(), hashlib.sha1).digest()).decode()
    own = door("mandrill", "key")
    provider_hooks.verify(call(*form(mandrill_events=events), x_mandrill_signature=signature), own)

    with pytest.raises(Forged):
        provider_hooks.verify(call(*form(mandrill_events=events + " "), x_mandrill_signature=signature), own)
