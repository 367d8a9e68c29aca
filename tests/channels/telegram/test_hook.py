"""Telegram proves each call, is told where to call, and gets quick answers."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.utils.translation import override

from ascolto.channels.contract import Forged, HookCall
from ascolto.channels.telegram.channel import TelegramKind
from ascolto.channels.telegram.hook import HEADER, secret_of
from ascolto.channels.telegram.links import deep_link
from tests.channels.telegram.test_read import SAMPLES
from tests.conftest import NOON

KIND = TelegramKind()


def call(sample: Any, **headers: str) -> HookCall:
    body = json.dumps(sample).encode()
    return HookCall(method="POST", url="", query={}, headers=headers, body=body, at=NOON)


def test_h1_only_who_knows_the_secret_is_telegram(door):
    right = secret_of(door)

    KIND.verify(call(SAMPLES["text"], **{HEADER: right}), door)
    for wrong in ("", right[:-1], right + "x", right[::-1], "é"):
        with pytest.raises(Forged):
            KIND.verify(call(SAMPLES["text"], **{HEADER: wrong}), door)


def test_h1_without_a_bot_everything_is_refused(door):
    nobody = replace(door, settings={})

    with pytest.raises(Forged):
        KIND.verify(call({}, **{HEADER: secret_of(nobody)}), nobody)


def test_the_secret_is_another_one_for_each_inbox_and_bot(door):
    other_bot = replace(door, settings={**door.settings, "bot_token": "1:aaaaaaaaaaaa"})
    other_inbox = replace(door, inbox=door.inbox.__class__(int=8))

    assert len({secret_of(door), secret_of(other_bot), secret_of(other_inbox)}) == 3


def test_the_secret_of_an_earlier_key_still_holds(door, settings):
    earlier = secret_of(door)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "un segreto nuovo"

    assert secret_of(door) != earlier
    KIND.verify(call({}, **{HEADER: earlier}), door)


def test_the_same_update_has_the_same_key_and_another_one_another():
    first, second = KIND.key(call(SAMPLES["text"])), KIND.key(call(SAMPLES["reply"]))

    assert first == KIND.key(call(SAMPLES["text"])) != second
    assert first.startswith(f"{SAMPLES['text']['update_id']}-")
    assert KIND.key(call([])) == ""


def test_whoever_opens_the_chat_is_greeted_and_a_button_stops_waiting(door):
    greeted = json.loads(KIND.answer(call(SAMPLES["start"]), door).body)
    pressed = json.loads(KIND.answer(call(SAMPLES["button"]), door).body)

    assert greeted == {"method": "sendMessage", "chat_id": 70011, "text": "Buongiorno, ci scriva."}
    assert pressed == {"method": "answerCallbackQuery", "callback_query_id": "5151"}
    assert KIND.answer(call(SAMPLES["text"]), door).body == b""
    assert KIND.answer(call([]), door).body == b""


def test_connecting_tells_telegram_where_to_call_and_what_to_say(telegram, door):
    for _ in range(2):
        assert all(finding.is_well for finding in KIND.connect(door))

    assert (telegram.webhook["url"], telegram.webhook["secret_token"]) == (door.hook_url, secret_of(door))
    assert "drop_pending_updates" not in telegram.webhook


def test_checking_says_what_is_wrong(telegram, door):
    with override("en"):
        before = KIND.check(door)
    KIND.connect(door)
    telegram.trouble = {"pending_update_count": 3, "last_error_date": 1763463600, "last_error_message": "Connection timed out"}
    after = KIND.check(replace(door, settings={**door.settings, "bot_name": "other_bot"}))

    assert any("does not call this desk" in str(each.words) for each in before if not each.is_well)
    words = " ".join(str(each.words) for each in after if not each.is_well)
    assert "other_bot" in words
    assert "Connection timed out" in words
    assert len(KIND.check(replace(door, settings={**door.settings, "bot_token": "1:aaaaaaaaaaaa"}))) == 1


def test_a_deep_link_names_the_bot():
    assert deep_link(bot_name="@lumen_help_bot", token="abc") == "https://t.me/lumen_help_bot?start=abc"
    assert deep_link(bot_name="", token="abc") == ""
