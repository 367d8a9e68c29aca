"""A customer comes with WhatsApp and is answered there; what became of the answer is shown."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from ascolto.channels import raw
from ascolto.channels.arrivals import read_waiting
from ascolto.channels.connect import make_channel
from ascolto.conversations.models import Conversation, Inbox, Message
from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor
from tests.channels.whatsapp.test_read import SAMPLES
from tests.conftest import NOON
from tests.standins.whatsapp import ACCOUNT_ID, APP_SECRET, NUMBER_ID, TOKEN, VERIFY_TOKEN, WhatsApp

PICTURE = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
def inbox(world: Any, meta: WhatsApp) -> Inbox:
    values = {
        "phone_number_id": NUMBER_ID,
        "waba_id": ACCOUNT_ID,
        "access_token": TOKEN,
        "app_secret": APP_SECRET,
        "verify_token": VERIFY_TOKEN,
        "api_url": f"{meta.url}/v25.0",
        "template_it": "risposta",
    }
    return make_channel(kind="whatsapp", name="WhatsApp", language="it", values=values, at=NOON, key="wa")


def arrive(inbox: Inbox, *names: str) -> None:
    for each in names:
        raw.keep(raw.Arrived(inbox=inbox.id, content=json.dumps(SAMPLES[each]).encode(), at=NOON))
    while read_waiting(inbox_id=inbox.id, now=NOON):
        pass


@pytest.fixture
def answer(world: Any, inbox: Inbox, settle: Callable[[datetime], None]) -> Callable[..., Message]:
    def write(text: str = "Arriviamo", at: datetime = NOON) -> Message:
        conversation = Conversation.objects.get(inbox=inbox)
        by = Actor("agent", str(world.bruno.id))
        message = write_reply(conversation=conversation, text=text, by=by, author=world.bruno, at=at)
        settle(at)
        message.refresh_from_db()
        return message

    return write


def test_words_pictures_changes_and_signs_stand_in_one_conversation(inbox, meta):
    meta.media["img1"] = ("image/png", PICTURE)

    arrive(inbox, "text", "image", "edit", "reaction")

    first, second = Conversation.objects.get(inbox=inbox).messages.order_by("at", "id")
    assert first.text == "Buongiorno, la lampada rossa non si accende"
    assert first.head["signs"] == {"+393331234567": "❤️"}
    assert (second.text, second.attachments.count()) == ("Ecco la lampada", 1)
    arrive(inbox, "reaction taken back")
    first.refresh_from_db()
    assert first.head["signs"] == {}


def test_the_answer_goes_back_and_its_states_only_ever_go_forward(inbox, meta, answer):
    arrive(inbox, "text", "read")

    message = answer()
    assert [each["text"]["body"] for each in meta.sent] == ["Arriviamo"]
    assert message.delivery == "read", "the receipt was there before the answer of the API (threat H6)"
    arrive(inbox, "sent", "delivered")
    message.refresh_from_db()
    assert message.delivery == "read"


def test_a_failure_is_shown_with_its_reason(inbox, meta, answer):
    arrive(inbox, "text")
    answer("Prima")

    message = answer("Seconda")
    arrive(inbox, "failed")
    message.refresh_from_db()

    assert message.delivery == "failed"
    assert "non è raggiungibile su WhatsApp" in message.delivery_note


def test_after_a_day_the_template_goes_and_what_is_too_long_for_it_is_on_the_customers_page(inbox, meta, answer):
    arrive(inbox, "text")

    message = answer("parola " * 400, NOON + timedelta(hours=25))

    assert message.delivery == "sent", message.delivery_note
    words = meta.sent[0]["template"]["components"][0]["parameters"][0]["text"]
    assert "… http" in words
    assert "/t/" in words
