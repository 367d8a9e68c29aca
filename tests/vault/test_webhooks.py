"""Calls between programs prove where they come from, as Standard Webhooks has it."""

from datetime import UTC, datetime, timedelta

import pytest

from ascolto.vault.webhooks import BadSecret, BadSignature, key_of, new_secret, sign, verify

# The example that the libraries of Standard Webhooks are tested with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
AT = datetime.fromtimestamp(1614265330, UTC)
SIGNED = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_i9_the_published_example_is_signed_and_known_as_published():
    assert sign(BODY, id=SIGNED["webhook-id"], at=AT, secrets=[SECRET]) == SIGNED
    verify(BODY, SIGNED, secrets=[SECRET], now=AT)


def test_i9_two_secrets_are_good_while_one_replaces_the_other():
    other = new_secret()

    both = sign(BODY, id="1", at=AT, secrets=[other, SECRET])
    assert both["webhook-signature"].count("v1,") == 2
    for known in ([other], [SECRET], ["", SECRET], [new_secret(), other]):
        verify(BODY, both, secrets=known, now=AT)


def test_h1_a_single_other_byte_anywhere_is_refused():
    for place in range(len(BODY)):
        with pytest.raises(BadSignature):
            verify(BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :], SIGNED, secrets=[SECRET], now=AT)
    for name, value in SIGNED.items():
        for place in range(len(value)):
            changed = {**SIGNED, name: value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]}
            with pytest.raises(BadSignature):
                verify(BODY, changed, secrets=[SECRET], now=AT)


@pytest.mark.parametrize("secrets", [[], [""], ["whsec_"], ["whsec_AAAA"], ["not base64 at all"], ["whsec_\u00e8"]])
def test_h1_without_a_secret_nothing_is_believed(secrets):
    with pytest.raises(BadSignature):
        verify(BODY, SIGNED, secrets=secrets, now=AT)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_h1_a_call_of_another_time_is_refused(minutes):
    with pytest.raises(BadSignature, match="five minutes"):
        verify(BODY, SIGNED, secrets=[SECRET], now=AT + timedelta(minutes=minutes))


@pytest.mark.parametrize("name", list(SIGNED))
@pytest.mark.parametrize("value", ["", "\u00ff\u00fe", "v1", "v1,", "v2,AAAA", "1e9", "-1", "9" * 400, "²", "v1, " * 5000])
def test_h1_odd_headers_are_refused_and_no_error(name, value):
    with pytest.raises(BadSignature):
        verify(BODY, {**SIGNED, name: value}, secrets=[SECRET], now=AT)


def test_a_secret_is_long_enough():
    assert len(key_of(new_secret())) == 32
    with pytest.raises(BadSecret):
        key_of("whsec_" + "AAAA" * 4)
