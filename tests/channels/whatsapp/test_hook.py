"""Meta proves each call over its bytes, and its set-up gets its challenge back as plain text."""

import json
from dataclasses import replace

import pytest
from django.utils.translation import override

from ascolto.channels.contract import Forged, HookCall
from ascolto.channels.whatsapp.channel import WhatsAppKind
from tests.channels.whatsapp.test_read import SAMPLES
from tests.conftest import NOON
from tests.standins.whatsapp import VERIFY_TOKEN, signed

KIND = WhatsAppKind()
BODY = json.dumps(SAMPLES["text"]).encode()


def call(body: bytes = BODY, *, method: str = "POST", query: dict[str, str] | None = None, **headers: str) -> HookCall:
    return HookCall(method=method, url="", query=query or {}, headers=headers, body=body, at=NOON)


def test_h1_the_right_signature_is_metas_and_no_byte_may_differ(door):
    KIND.verify(call(**signed(BODY)), door)
    right = signed(BODY)["x-hub-signature-256"]
    for place in range(0, len(BODY), 7):
        with pytest.raises(Forged):
            KIND.verify(call(BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :], **signed(BODY)), door)
    for place in range(len(right)):
        with pytest.raises(Forged):
            KIND.verify(call(**{"x-hub-signature-256": right[:place] + chr(ord(right[place]) ^ 1) + right[place + 1 :]}), door)


@pytest.mark.parametrize("given", [{}, {"x-hub-signature-256": ""}, {"x-hub-signature-256": "sha256="}, signed(BODY, "")])
def test_h1_without_a_signature_or_a_secret_nothing_is_believed(door, given):
    with pytest.raises(Forged):
        KIND.verify(call(**given), door)
    with pytest.raises(Forged):
        KIND.verify(call(**given), replace(door, settings={}))


def test_h4_the_same_words_in_another_order_are_not_what_was_signed(door):
    again = json.dumps(dict(reversed(list(SAMPLES["text"].items())))).encode()

    with pytest.raises(Forged):
        KIND.verify(call(again, **signed(BODY)), door)


def test_h8_the_challenge_comes_back_as_text_for_the_right_token_alone(door):
    asked = {"hub.mode": "subscribe", "hub.challenge": "<script>alert(1)</script>", "hub.verify_token": VERIFY_TOKEN}

    greeted = KIND.greet(call(b"", method="GET", query=asked), door)

    assert greeted is not None
    assert (greeted.body, greeted.content_type) == (b"<script>alert(1)</script>", "text/plain; charset=utf-8")
    for wrong in ({**asked, "hub.verify_token": "x"}, {**asked, "hub.verify_token": ""}, {"hub.mode": "subscribe"}):
        with pytest.raises(Forged):
            KIND.greet(call(b"", method="GET", query=wrong), door)
    with pytest.raises(Forged):
        KIND.greet(call(b"", method="GET", query={**asked, "hub.verify_token": ""}), replace(door, settings={}))
    assert KIND.greet(call(), door) is None


def test_connecting_has_meta_call_this_desk(meta, door):
    for _ in range(2):
        assert all(finding.is_well for finding in KIND.connect(door))

    assert meta.subscribed == {"override_callback_uri": door.hook_url, "verify_token": VERIFY_TOKEN}


def test_checking_says_what_is_wrong(meta, door):
    def wrong(**settings: str) -> str:
        with override("en"):
            found = KIND.check(replace(door, settings={**door.settings, **settings}))
        return " ".join(str(each.words) for each in found if not each.is_well)

    assert "does not call this desk" in wrong()
    KIND.connect(door)
    assert "does not call this desk" not in wrong()
    assert "app secret" in wrong(app_secret="altro")
    assert "access token" in wrong(access_token="altro")
    meta.subscribed = {"override_callback_uri": "https://altrove.example/"}
    assert "https://altrove.example/" in wrong()
