"""Text messages, as customers and colleagues see them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ascolto.channels.connect import door_of
from ascolto.channels.contract import Media, Never, TryLater
from ascolto.channels.models import Delivery, RawInbound
from ascolto.channels.registry import KINDS
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor
from ascolto.people.models import Address, Customer
from tests.channels.twilio.conftest import LUISA, MARIO
from tests.standins.twilio import SID

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@pytest.fixture
def answer(world, provider, settle):
    def write(text="Certo, arriva domani.", conversation=None):
        conversation = conversation or provider.conversation()
        message = write_reply(
            conversation=conversation, text=text, by=Actor("agent", str(world.bruno.id)), author=world.bruno, at=provider.now
        )
        settle(provider.now)
        message.refresh_from_db()
        return message

    return write


def test_a_text_message_becomes_a_conversation_and_the_next_goes_on_with_it(provider):
    provider.standin.text(MARIO, "Buongiorno, quando arriva il mio ordine?")
    provider.standin.text(MARIO, "È il numero 1042 😊")

    conversation = provider.conversation()
    texts = list(conversation.messages.order_by("at").values_list("text", flat=True))
    assert texts == ["Buongiorno, quando arriva il mio ordine?", "È il numero 1042 😊"]
    address = Address.objects.get(customer=conversation.customer, kind="phone")
    assert (address.value, address.is_carried, address.proven_at) == (MARIO, True, None)


def test_a_reply_goes_out_and_is_delivered(provider, answer):
    provider.standin.text(MARIO, "Quando arriva?")

    message = answer()
    assert message.delivery == "sent"
    provider.standin.let_pass()

    sent = provider.standin.sent[0]
    assert (sent["To"], sent["From"], sent["Body"]) == (MARIO, "+390612345678", "Certo, arriva domani.")
    message.refresh_from_db()
    assert message.delivery == "delivered"


def test_h6_the_states_may_come_in_any_order_and_twice(provider, answer):
    provider.standin.text(MARIO, "Quando arriva?")
    message = answer()

    provider.standin.later = [*reversed(provider.standin.later), *provider.standin.later]
    provider.standin.let_pass()

    message.refresh_from_db()
    assert message.delivery == "delivered"


def test_h6_a_state_before_its_message_and_an_unknown_one_do_no_harm(provider):
    url = door_of(provider.sms).hook_url
    provider.standin.hook(url, {"MessageSid": "SM9", "MessageStatus": "delivered", "To": MARIO})
    provider.standin.hook(url, {"MessageSid": "SM9", "MessageStatus": "teleported"})
    provider.standin.hook(url, {"EventType": "something new"})

    assert [status for *_, status, _ in provider.standin.said] == [200, 200, 200]
    assert not Conversation.objects.filter(inbox=provider.sms).exists()
    assert list(RawInbound.objects.order_by("received_at").values_list("state", flat=True)) == ["read", "read", "failed"]


def test_h3_the_same_message_ten_times_is_one(provider):
    provider.standin.text(MARIO, "Uno solo")
    url, values, *_ = provider.standin.said[-1]

    for _again in range(9):
        provider.standin.hook(url, values)

    assert Message.objects.filter(text="Uno solo").count() == 1


def test_h1_what_somebody_else_signs_is_not_even_kept(provider):
    status, _ = provider.deliver(door_of(provider.sms).hook_url, {"X-Twilio-Signature": "nein"}, b"MessageSid=SM1&Body=ciao")

    assert status == 403
    assert not RawInbound.objects.exists()


def test_stop_is_shown_and_what_follows_is_refused_in_words(provider, answer):
    provider.standin.text(MARIO, "Stop")

    message = answer("Va bene.")

    assert provider.conversation().messages.get(author_kind="customer").head["warnings"]
    assert message.delivery == "failed"
    assert "STOP" in message.delivery_note
    assert "21610" not in message.delivery_note


def test_a_failed_delivery_says_why_and_the_number_is_known_not_to_work(provider, answer):
    provider.standin.text(MARIO, "Ciao")
    message = answer()
    sid = provider.standin.sent[0]["sid"]
    provider.standin.hook(
        provider.standin.sent[0]["StatusCallback"],
        {"MessageSid": sid, "MessageStatus": "undelivered", "ErrorCode": "30006", "To": MARIO},
    )

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert message.delivery_note
    assert Address.objects.get(value=MARIO).undeliverable_since is not None


def test_pictures_are_fetched_with_our_token_and_stand_in_the_conversation(provider):
    provider.standin.picture(MARIO, PNG)

    attachment = provider.conversation().messages.get().attachments.get()
    assert attachment.file.type == "image/png"


def test_h7_a_file_elsewhere_is_not_fetched_and_a_redirect_goes_without_the_token(provider):
    url = provider.standin.url
    provider.standin.files["/elsewhere/p.png"] = (PNG, "image/png")
    provider.standin.moved[f"/2010-04-01/Accounts/{SID}/Media/1"] = f"{url}/elsewhere/p.png"
    door = door_of(provider.sms)

    found = KINDS["sms"].fetch(Media(id=f"{url}/2010-04-01/Accounts/{SID}/Media/1", name="p.png"), door)
    with_token = {path: "authorization" in headers for _, path, headers in provider.standin.asked}
    before = len(provider.standin.asked)
    for other in (
        f"{url.replace('127.0.0.1', 'localhost')}/x",
        "http://169.254.169.254/x",
        f"https{url[4:]}/x",
        "file:///etc/passwd",
    ):
        with pytest.raises(Never):
            KINDS["sms"].fetch(Media(id=other), door)

    assert found.content == PNG
    assert with_token[f"/2010-04-01/Accounts/{SID}/Media/1"]
    assert not with_token["/elsewhere/p.png"]
    assert len(provider.standin.asked) == before


def test_h7_a_redirect_into_our_own_network_is_not_followed(provider):
    path = f"/2010-04-01/Accounts/{SID}/Media/1"
    provider.standin.moved[path] = "http://169.254.169.254/latest/meta-data/"

    with pytest.raises((Never, TryLater)):
        KINDS["sms"].fetch(Media(id=f"{provider.standin.url}{path}"), door_of(provider.sms))


def test_a_long_reply_leaves_in_parts_and_files_by_a_link(provider, answer):
    provider.standin.text(MARIO, "Ciao")

    answer("Una riga lunga che dice qualcosa. " * 100)

    bodies = [each["Body"] for each in provider.standin.sent]
    assert len(bodies) == 3
    assert all(len(each) <= 1600 for each in bodies)


def test_h9_no_message_goes_to_a_country_that_is_not_allowed_nor_to_a_costly_number(provider, answer):
    for number, country in (("+882990123456", "satellite"), ("+447400123456", "abroad"), ("+39899123456", "costly")):
        provider.standin.text(number, f"Rispondimi {country}")
    refused = [answer(conversation=each) for each in Conversation.objects.filter(inbox=provider.sms)]

    assert [each.delivery for each in refused] == ["failed"] * len(refused)
    assert not provider.standin.sent

    provider.set(provider.sms, countries="IT GB")
    abroad = Address.objects.get(value="+447400123456").customer.conversations.get()
    assert answer("Now we may", conversation=abroad).delivery == "sent"


def test_h9_beyond_the_days_share_messages_wait_and_say_so(provider, answer):
    provider.set(provider.sms, per_day="2")
    provider.now = timezone.now()  # the share is counted by the clock of whoever sends
    for number in (MARIO, LUISA, "+393339999999"):
        provider.standin.text(number, "Ciao")

    states = [answer(conversation=each).delivery for each in Conversation.objects.filter(inbox=provider.sms).order_by("number")]

    assert states == ["sent", "sent", "queued"]
    assert Delivery.objects.get(state="queued").note


@pytest.mark.parametrize(("status", "more"), [(500, {}), (429, {"Retry-After": "30"}), (401, {}), (503, {})])
def test_while_the_provider_is_away_or_busy_a_reply_waits_and_then_goes(provider, answer, settle, status, more):
    provider.standin.text(MARIO, "Ciao")
    provider.standin.answers.append((status, {}, more))

    message = answer()
    assert (message.delivery, bool(message.delivery_note)) == ("queued", True)
    settle(provider.now + timedelta(hours=1))

    message.refresh_from_db()
    assert message.delivery == "sent"
    assert len(provider.standin.sent) == 1


@pytest.mark.parametrize("sender", ["AMAZON", "", "anonymous", "+266696687", "not a number"])
def test_a3_a_sender_without_a_number_is_somebody_we_do_not_know(provider, sender):
    provider.standin.text(sender, "Il codice è 123")

    assert provider.conversation().messages.count() == 1
    assert not Address.objects.filter(kind="phone").exclude(value="").exists()
    assert Customer.objects.filter(conversations__inbox=provider.sms).count() == 1


def test_the_settings_are_tried_against_the_provider(provider):
    kind = KINDS["sms"]

    well = {str(each.words): each.is_well for each in kind.check(door_of(provider.sms))}
    provider.set(provider.sms, auth_token="wrong")
    wrong = kind.check(door_of(provider.sms))

    assert sum(well.values()) >= 2
    assert not wrong[-1].is_well
    assert wrong[-1].todo
