"""A customer comes with Telegram, or goes on with it, and is answered there."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from ascolto.channels import raw
from ascolto.channels.arrivals import read_waiting
from ascolto.channels.connect import make_channel
from ascolto.channels.models import Delivery, Thread
from ascolto.channels.tokens import token_of
from ascolto.conversations.models import Conversation, Inbox, Message
from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor
from ascolto.vault.webhooks import new_secret
from tests.channels.custom.test_custom import SAMPLES as BRIDGE
from tests.channels.telegram.test_read import SAMPLES
from tests.conftest import NOON
from tests.standins.telegram import TOKEN, Telegram, refused


@pytest.fixture
def bot(world: Any, telegram: Telegram) -> Inbox:
    values = {"bot_token": TOKEN, "api_url": telegram.url}
    return make_channel(kind="telegram", name="Bot", language="it", values=values, at=NOON, key="bot")


@pytest.fixture
def bridge(world: Any) -> Inbox:
    return make_channel(kind="custom", name="Ponte", language="it", values={"secret": new_secret()}, at=NOON, key="ponte")


def arrive(inbox: Inbox, *said: Any, at: datetime = NOON) -> None:
    for each in said:
        raw.keep(raw.Arrived(inbox=inbox.id, content=json.dumps(each).encode(), at=at))
    while read_waiting(inbox_id=inbox.id, now=at):
        pass


def start_with(token: str) -> Any:
    return json.loads(json.dumps(SAMPLES["start"]).replace('"/start"', f'"/start {token}"'))


def answer(world: Any, conversation: Conversation, settle: Callable[[datetime], None], text: str = "Arriviamo") -> Message:
    conversation.refresh_from_db()
    by = Actor("agent", str(world.bruno.id))
    message = write_reply(conversation=conversation, text=text, by=by, author=world.bruno, at=NOON + timedelta(minutes=1))
    settle(NOON + timedelta(minutes=2))
    message.refresh_from_db()
    return message


def test_words_files_changes_and_signs_stand_in_one_conversation_and_the_answer_goes_back(world, bot, telegram, settle):
    telegram.files |= {"grande": b"\xff\xd8\xff\xe0 picture", "fattura": b"%PDF-1.4"}

    arrive(bot, SAMPLES["text"], SAMPLES["photo"], SAMPLES["document"])
    arrive(bot, SAMPLES["edit"], SAMPLES["reaction"])

    conversation = Conversation.objects.get(inbox=bot)
    first, second, third = conversation.messages.order_by("at", "id")
    assert first.text == "Buongiorno, la lampada rossa non si accende"
    assert first.head["earlier"][0]["text"] == "Buongiorno, la lampada non si accende 💡"
    assert first.head["signs"] == {"70011": "❤"}
    assert [each.attachments.get().file.name for each in (second, third)] == ["photo.jpg", "fattura.pdf"]
    assert conversation.customer.name == "Rosa Blu"

    message = answer(world, conversation, settle)
    assert [(each["chat"], each["text"]) for each in telegram.sent] == [("70011", "Arriviamo")]
    assert message.delivery == "sent"
    assert Delivery.objects.get(message=message).provider_id == "70011:1"


def test_a_customer_who_blocked_the_bot_is_shown_as_such(world, bot, telegram, settle):
    arrive(bot, SAMPLES["text"])
    telegram.blocked_by.add("70011")

    message = answer(world, Conversation.objects.get(inbox=bot), settle)

    assert message.delivery == "failed"
    assert message.delivery_note


def test_whoever_opens_the_deep_link_goes_on_in_telegram_and_is_answered_there(world, bot, bridge, telegram, settle):
    arrive(bridge, BRIDGE["message"])
    conversation = Conversation.objects.get(inbox=bridge)
    token = token_of(Thread.objects.get(conversation=conversation).id)

    arrive(bot, start_with(token))
    arrive(bot, SAMPLES["text"], at=NOON + timedelta(seconds=1))

    assert Conversation.objects.count() == 1
    assert conversation.messages.count() == 3
    main = Thread.objects.get(conversation=conversation, is_main=True)
    assert (main.kind, main.address, main.inbox_id) == ("telegram", "70011", bot.id)
    answer(world, conversation, settle)
    assert [each["text"] for each in telegram.sent] == ["Arriviamo"]


def test_a_link_that_nobody_gave_out_opens_nothing(world, bot, bridge):
    arrive(bridge, BRIDGE["message"])

    arrive(bot, start_with("a" * 40))

    assert Conversation.objects.get(inbox=bridge).messages.count() == 1
    assert Thread.objects.get(inbox=bridge).is_main


def test_the_numbers_of_one_bot_mean_nothing_at_another(world, bot, telegram):
    """Telegram counts the messages of each chat from one, and a person has the same chat with every bot."""
    other = make_channel(
        kind="telegram", name="Altro", language="it", values={"bot_token": TOKEN, "api_url": telegram.url}, at=NOON, key="altro"
    )
    first = json.loads(json.dumps(SAMPLES["text"]).replace('"message_id": 11', '"message_id": 3'))
    arrive(bot, first)

    arrive(other, SAMPLES["reply"])

    assert Conversation.objects.get(inbox=other).messages.get().text == "Sì, ho provato"


def test_h5_a_file_that_telegram_does_not_give_out_holds_nobody_up(world, bot, telegram, settle, monkeypatch):
    """More of them than one batch has room for, and the words that come after them are read at once."""
    telegram.do_getFile = lambda asked: refused(500, "Internal Server Error")
    pictures = [
        json.loads(json.dumps(SAMPLES["photo"]).replace('"message_id": 13', f'"message_id": {500 + n}')) for n in range(60)
    ]
    for each in [*pictures, SAMPLES["text"]]:
        raw.keep(raw.Arrived(inbox=bot.id, content=json.dumps(each).encode(), at=NOON))

    settle(NOON)
    conversation = Conversation.objects.get(inbox=bot)
    assert conversation.messages.count() == 1
    raw.keep(raw.Arrived(inbox=bot.id, content=json.dumps(SAMPLES["reply"]).encode(), at=NOON))
    settle(NOON + timedelta(seconds=1))
    assert conversation.messages.count() == 2

    del telegram.do_getFile
    telegram.files["grande"] = b"\xff\xd8\xff\xe0 picture"
    settle(NOON + timedelta(minutes=3))
    assert conversation.messages.count() == 62
    assert conversation.messages.filter(attachments__isnull=False).count() == 60


def test_h5_after_a_day_the_words_go_in_without_the_file_and_say_so(world, bot, telegram, settle):
    telegram.do_getFile = lambda asked: refused(500, "Internal Server Error")
    raw.keep(raw.Arrived(inbox=bot.id, content=json.dumps(SAMPLES["photo"]).encode(), at=NOON))

    for hours in (0, 1, 23):
        settle(NOON + timedelta(hours=hours))
        assert not Conversation.objects.filter(inbox=bot).exists()
    settle(NOON + timedelta(hours=24, minutes=2))

    message = Conversation.objects.get(inbox=bot).messages.get()
    assert message.text == "Ecco la lampada"
    assert "photo.jpg" in message.head["warnings"][0]


def edited(text: str, at: int) -> Any:
    update = json.loads(json.dumps(SAMPLES["edit"]))
    update["update_id"] += at
    update["edited_message"] |= {"text": text, "edit_date": 1763463700 + at}
    return update


def test_h6_changes_in_any_order_and_before_their_message_end_with_the_last(world, bot, telegram):
    arrive(bot, edited("seconda", 2))
    arrive(bot, SAMPLES["text"])
    arrive(bot, edited("prima", 1), edited("terza", 3))
    for _ in range(2):
        arrive(bot, edited("seconda", 2), edited("prima", 1))

    message = Conversation.objects.get(inbox=bot).messages.get()
    assert message.text == "terza"
    assert [each["text"] for each in message.head["earlier"]] == ["Buongiorno, la lampada non si accende 💡", "seconda"]
