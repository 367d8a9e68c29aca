"""Only the provider's own calls are believed, whatever stands between it and us."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from ascolto.channels.contract import Forged, HookCall
from ascolto.channels.twilio.signature import check_signature
from tests.conftest import NOON

TOKEN = "un segreto di trentadue caratteri"
URL = "https://desk.example/hooks/sms/messaggi/?step=a&b=%C3%A8"
VALUES = {"MessageSid": "SM1", "Body": "Perché no? 1+1=2 & così", "From": "+393331234567", "NumMedia": "0", "Empty": ""}
FORM = "application/x-www-form-urlencoded"


def signed(url=URL, values=VALUES, token=TOKEN, at=URL):
    signature = RequestValidator(token).compute_signature(url, values)
    headers = {"x-twilio-signature": signature, "content-type": FORM}
    return HookCall(method="POST", url=at, query={}, headers=headers, body=urlencode(values).encode(), at=NOON)


def is_believed(call, token=TOKEN):
    try:
        check_signature(call, token)
    except Forged:
        return False
    return True


def test_h1_a_call_that_the_sdk_has_signed_is_believed():
    assert is_believed(signed())
    assert is_believed(signed(values={}))
    assert is_believed(replace(signed(), body=urlencode(list(reversed(VALUES.items()))).encode()))  # it signs them in order


def test_h1_several_values_under_one_name_are_signed_as_the_sdk_does():
    class Several(dict):
        def getlist(self, name):
            return ["2", "1", "1"] if name == "Digits" else [self[name]]

    signature = RequestValidator(TOKEN).compute_signature(URL, Several(CallSid="CA1", Digits="1"))
    body = b"Digits=2&CallSid=CA1&Digits=1&Digits=1"

    assert is_believed(replace(signed(), body=body, headers={"x-twilio-signature": signature}))


def test_h1_any_changed_byte_makes_it_forged():
    call = signed()

    for place in range(len(call.body)):
        changed = bytearray(call.body)
        changed[place] ^= 1
        assert not is_believed(replace(call, body=bytes(changed))), place
    signature = call.headers["x-twilio-signature"]
    for place in range(len(signature)):
        other = signature[:place] + ("A" if signature[place] != "A" else "B") + signature[place + 1 :]
        assert not is_believed(replace(call, headers={**call.headers, "x-twilio-signature": other})), place


@pytest.mark.parametrize(
    "url",
    [
        "https://desk.example/hooks/sms/altra/?step=a&b=%C3%A8",
        "https://desk.example/hooks/phone/messaggi/?step=a&b=%C3%A8",
        "https://desk.example/hooks/sms/messaggi/?step=b&b=%C3%A8",
        "https://desk.example/hooks/sms/messaggi/",
        "https://other.example/hooks/sms/messaggi/?step=a&b=%C3%A8",
    ],
)
def test_h1_a_call_signed_for_another_place_is_forged_here(url):
    assert not is_believed(signed(url=url))


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.example/hooks/sms/messaggi/?step=a&b=%C3%A8",
        "https://desk.example:443/hooks/sms/messaggi/?step=a&b=%C3%A8",
        "http://desk.example:80/hooks/sms/messaggi/?step=a&b=%C3%A8",
        "https://desk.example/hooks/sms/messaggi?step=a&b=%C3%A8",
    ],
)
def test_h2_our_address_may_be_written_with_port_slash_or_without_the_s(url):
    assert is_believed(signed(url=url))


def test_h2_a_port_of_our_own_may_be_left_out_or_not():
    ours = "https://desk.example:8443/hooks/sms/messaggi/"

    assert is_believed(signed(url=ours, at=ours))
    assert is_believed(signed(url="https://desk.example/hooks/sms/messaggi/", at=ours))


def test_h4_without_a_token_or_a_signature_everything_is_refused():
    assert not is_believed(signed(token=""), token="")
    assert not is_believed(replace(signed(), headers={"content-type": FORM}))
    assert not is_believed(replace(signed(), headers={"x-twilio-signature": "è", "content-type": FORM}))
    assert not is_believed(signed(token="another token"))


def test_h4_a_body_that_is_no_form_is_signed_by_its_digest():
    body = b'{"a": 1, "b": 2}'
    from hashlib import sha256

    url = f"https://desk.example/hooks/sms/messaggi/?bodySHA256={sha256(body).hexdigest()}"
    headers = {"x-twilio-signature": RequestValidator(TOKEN).compute_signature(url, {}), "content-type": "application/json"}
    call = HookCall(method="POST", url=url, query={}, headers=headers, body=body, at=NOON)

    assert is_believed(call)
    assert not is_believed(replace(call, body=b'{"b": 2, "a": 1}'))
    assert not is_believed(replace(call, body=b"\xff\xfe"))


def test_h4_a_form_that_is_none_is_refused_and_does_not_break_anything():
    assert not is_believed(replace(signed(), body=b"\xff=\xfe"))
    assert not is_believed(replace(signed(), body=b"a=%FF"))
    assert not is_believed(replace(signed(), body=b"&".join([b"a=1"] * 2000)))
