"""Phone calls, from the first ring to what the conversation tells of them."""

from datetime import time, timedelta
from random import Random

import pytest

from ascolto.channels.calls import end_forgotten
from ascolto.channels.connect import door_of
from ascolto.channels.models import Call, RawInbound
from ascolto.channels.registry import KINDS
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor
from ascolto.people.models import Address, Customer
from ascolto.workspace.configure import set_hours
from tests.channels.twilio.conftest import MARIO
from tests.conftest import NOON
from tests.standins.twilio import OUR_NUMBER, Person

COLLEAGUE = "+393470000001"


@pytest.fixture
def phone(provider):
    """The stand-in, with a colleague's phone that nobody answers."""
    provider.standin.people[COLLEAGUE] = Person(COLLEAGUE)
    return provider.standin


def texts(conversation):
    return list(conversation.messages.order_by("at", "id").values_list("text", flat=True))


def test_a_call_that_a_colleague_answers_is_one_conversation(provider, phone):
    provider.set(provider.phone, forward_to=f"{COLLEAGUE}\n+39 347 0000002")
    phone.people[COLLEAGUE] = Person(COLLEAGUE, picks_up="completed", talks_s=192)

    line = phone.call(Person(MARIO))
    phone.let_pass()

    conversation = provider.conversation()
    assert line.heard == ["Buongiorno, qui Lumen.", "Un momento, chiamiamo una persona del nostro gruppo."]
    assert texts(conversation) == ["Chiamata da +39 333 123 4567, con risposta: 3:12"]
    assert conversation.waiting_since is None
    assert conversation.customer.name == "+39 333 123 4567"
    assert "call_back" not in conversation.attributes


def test_nobody_answers_so_they_wait_hear_their_place_press_1_and_are_called_back(provider, phone):
    provider.set(provider.phone, forward_to=COLLEAGUE)
    phone.call(Person("+393330000009", stays=True))

    line = phone.call(Person(MARIO, keys=["1"]))
    phone.let_pass()

    conversation = Conversation.objects.get(customer__addresses__value=MARIO)
    assert "Prima di Lei c’è 1 persona in attesa." in line.heard
    assert line.heard[-1] == "Grazie. La richiamiamo appena possibile. Arrivederci."
    assert texts(conversation) == ["Chiamata da +39 333 123 4567: chiede di essere richiamato al +39 333 123 4567"]
    assert conversation.attributes["call_back"]["phone"] == MARIO


def test_the_place_in_the_queue_is_the_providers_own_and_silence_between(provider, phone):
    first = phone.call(Person("+393330000001", stays=True))
    second = phone.call(Person("+393330000002", stays=True))
    third = phone.call(Person("+393330000003", stays=True))

    assert "La prossima persona è Lei." in first.heard
    assert "Prima di Lei c’è 1 persona in attesa." in second.heard
    assert "Prima di Lei ci sono 2 persone in attesa." in third.heard
    assert not [body for *_, body in phone.said if b"<Play" in body]


def test_those_who_only_wait_leave_nothing_but_their_call_behind(provider, phone):
    phone.call(Person(MARIO, patience=20))

    assert RawInbound.objects.filter(inbox=provider.phone).count() < 6


def test_after_hours_they_hear_when_we_open_and_leave_a_message_that_is_written_down(provider, phone, settings):
    set_hours([(day, time(14), time(18)) for day in range(5)])
    provider.set(provider.phone, transcribe=True)

    line = phone.call(Person(MARIO, speaks_s=42, says="Il mio ordine non è arrivato."))
    phone.let_pass()

    conversation = provider.conversation()
    assert "Ora siamo chiusi. Apriamo oggi alle 14:00." in line.heard
    assert texts(conversation) == [
        "Chiamata da +39 333 123 4567: ha lasciato un messaggio",
        "Segreteria, 0:42: Il mio ordine non è arrivato.",
    ]
    voicemail = conversation.messages.get(text__startswith="Segreteria")
    assert [each.file.type for each in voicemail.attachments.all()] == ["audio/mpeg"]
    assert conversation.attributes["call_back"]["phone"] == MARIO


def test_a_missed_call_becomes_a_conversation_with_a_promise(provider, phone):
    phone.call(Person(MARIO, patience=1))
    phone.let_pass()

    conversation = provider.conversation()
    assert texts(conversation) == ["Chiamata persa da +39 333 123 4567: richiamiamo"]
    assert list(conversation.tags.values_list("name", flat=True)) == ["da richiamare"]
    assert (conversation.preview, conversation.status) == ("Chiamata persa da +39 333 123 4567: richiamiamo", "open")
    assert conversation.attributes["call_back"]["phone"] == MARIO


def test_h6_a_call_whose_end_nobody_tells_is_missed_after_a_while(provider, phone):
    phone.call(Person(MARIO, stays=True))

    end_forgotten(now=provider.now + timedelta(hours=3))
    assert texts(provider.conversation()) == ["Chiamata da +39 333 123 4567: in attesa"]
    for _twice in range(2):
        end_forgotten(now=provider.now + timedelta(hours=5))

    assert texts(provider.conversation()) == ["Chiamata persa da +39 333 123 4567: richiamiamo"]
    assert provider.conversation().attributes["call_back"]["phone"] == MARIO


def test_each_call_is_a_conversation_of_its_own_with_the_same_customer(provider, phone):
    for _each in range(3):
        phone.call(Person(MARIO, patience=1))
    phone.let_pass()

    assert Conversation.objects.filter(inbox=provider.phone).count() == 3
    assert Customer.objects.filter(addresses__value=MARIO).count() == 1


def test_h3_h6_reports_in_any_order_and_many_times_tell_the_same(provider, phone):
    provider.set(provider.phone, transcribe=True, forward_to=COLLEAGUE, max_wait_min="3")
    provider.is_reading = False
    phone.call(Person(MARIO, patience=30, speaks_s=7, says="Ciao"))
    phone.let_pass()
    reports = [(url, values) for url, values, *_ in phone.said if "step=wait" not in url]
    provider.read()
    told = texts(provider.conversation())

    assert told[-1] == "Segreteria, 0:07: Ciao"
    for number in range(12):
        order = Random(number).sample(range(len(reports)), len(reports))
        sid = f"CA9{number:031}"
        for place in [*order, *order]:
            url, values = reports[place]
            changed = {
                name: value.replace("RE", f"RE{number}", 1) if name == "RecordingSid" else value for name, value in values.items()
            }
            phone.hook(url, {**changed, "CallSid": sid})
        provider.read()
        conversation = Call.objects.get(provider_id=sid).conversation
        assert sorted(texts(conversation)) == sorted(told), order
        assert conversation.attributes["call_back"]["phone"] == MARIO
        assert conversation.messages.get(text__startswith="Segreteria").attachments.count() == 1


def test_h6_the_transcript_alone_is_enough(provider, phone):
    provider.set(provider.phone, transcribe=True)
    phone.call(Person(MARIO, patience=1))
    line = next(iter(phone.lines.values()))
    recording, values = phone.keep_recording(line, 5)
    phone.hook(
        f"{door_of(provider.phone).hook_url}?step=transcript&caller=%2B393331234567",
        {"CallSid": line.sid, "RecordingSid": recording, "RecordingUrl": values["RecordingUrl"], "TranscriptionText": "Eccomi"},
    )

    assert texts(provider.conversation())[-1] == "Segreteria: Eccomi"


def test_a3_a_withheld_number_is_asked_for_one_and_belongs_to_nobody_known(provider, phone):
    line = phone.call(Person("+266696687", keys=["1", "0287654321"]))
    phone.call(Person("anonymous", patience=1))
    phone.let_pass()

    first, second = Conversation.objects.filter(inbox=provider.phone).order_by("number")
    assert "Digiti il numero al quale possiamo richiamarla, poi il tasto cancelletto." in line.heard
    assert texts(first) == ["Chiamata senza numero: chiede di essere richiamato al +39 02 8765 4321"]
    assert first.attributes["call_back"]["phone"] == "+390287654321"
    assert texts(second) == ["Chiamata persa senza numero"]
    assert first.customer_id != second.customer_id
    assert not Address.objects.filter(customer__in=[first.customer_id, second.customer_id]).exists()


def test_g2_a_caller_id_that_somebody_has_proven_does_not_bind_the_call_to_them(provider, phone, world):
    Address.objects.create(customer=world.anna, kind="phone", value=MARIO, proven_at=NOON, created_at=NOON)

    phone.call(Person(MARIO, patience=1))

    assert provider.conversation().customer_id != world.anna.id


def test_a_recorded_call_says_so_first_and_its_recording_stands_in_the_conversation(provider, phone):
    provider.set(provider.phone, forward_to=COLLEAGUE, record=True)
    phone.people[COLLEAGUE] = Person(COLLEAGUE, picks_up="completed", talks_s=65)

    line = phone.call(Person(MARIO))
    phone.let_pass()

    assert line.heard[1].startswith("Questa chiamata viene registrata.")
    tape = provider.conversation().messages.get(text="Registrazione della chiamata, 1:05")
    assert (tape.is_automatic, tape.attachments.count()) == (True, 1)


def test_the_greeting_is_the_operators_in_the_language_of_the_inbox(provider, phone):
    provider.set(provider.phone, greeting_it="Lumen, buongiorno & benvenuti <3", greeting_en="Welcome")

    line = phone.call(Person(MARIO))

    assert line.heard[0] == "Lumen, buongiorno & benvenuti <3"
    assert b'language="it-IT"' in phone.said[0][3]


def test_an_english_inbox_speaks_and_writes_english(provider, phone):
    provider.phone.language = "en"
    provider.phone.save(update_fields=["language"])

    line = phone.call(Person(MARIO, patience=1))
    phone.let_pass()

    assert line.heard == ["Hello, this is Lumen.", "You are next.", "Press 1 and we call you back: you need not wait."]
    assert b'language="en-GB"' in phone.said[0][3]
    assert texts(provider.conversation()) == ["Missed call from +39 333 123 4567: we call back"]


def test_who_waits_too_long_is_offered_to_leave_a_message(provider, phone):
    provider.set(provider.phone, max_wait_min="3")

    line = phone.call(Person(MARIO, patience=30, speaks_s=5))
    phone.let_pass()

    assert line.is_over
    assert texts(provider.conversation())[0] == "Chiamata da +39 333 123 4567: ha lasciato un messaggio"


def test_the_wait_ends_by_our_own_clock_too(provider, phone):
    line = phone.call(Person(MARIO, stays=True))
    waiting = next(url for url, *_ in phone.said if "step=wait" in url)
    phone.hook(waiting, {**line.values})
    still = phone.said[-1][3]
    provider.now += timedelta(minutes=11)

    assert b"<Leave" not in still
    assert b"<Leave" in phone.hook(waiting, {**line.values})


def test_another_key_than_1_goes_on_waiting(provider, phone):
    line = phone.call(Person(MARIO, keys=["5"], patience=2))

    assert line.heard.count("La prossima persona è Lei.") == 2
    assert not Call.objects.get().call_back


def test_without_voicemail_the_call_ends_with_a_goodbye(provider, phone):
    set_hours([(6, time(9), time(10))])
    provider.set(provider.phone, voicemail=False)

    line = phone.call(Person(MARIO, speaks_s=5))

    assert line.heard[-1] == "Arrivederci."
    assert not [each for each in line.heard if "messaggio" in each]


def test_a_call_is_not_answered_in_writing_unless_the_number_sends_text_messages(provider, phone, world, settle):
    phone.call(Person(MARIO, patience=1))
    actor = Actor("agent", str(world.bruno.id))

    def reply(text):
        message = write_reply(conversation=provider.conversation(), text=text, by=actor, author=world.bruno, at=provider.now)
        settle(provider.now)
        return Message.objects.get(pk=message.pk)

    assert reply("Buongiorno").delivery == "failed"
    provider.set(provider.phone, sms_replies=True)
    sent = reply("Buongiorno di nuovo")
    phone.let_pass()

    assert sent.delivery == "sent"
    assert [each["To"] for each in phone.sent] == [MARIO]
    assert Message.objects.get(pk=sent.pk).delivery == "delivered"


def test_h1_a_call_signed_by_nobody_changes_nothing_not_even_in_the_queue(provider):
    url = door_of(provider.phone).hook_url
    for step in ("", "?step=wait", "?step=choice", "?step=status"):
        status, _ = provider.deliver(url + step, {"X-Twilio-Signature": "x"}, b"CallSid=CA1&From=%2B391&Digits=1")
        assert status == 403

    assert not RawInbound.objects.exists()
    assert not Conversation.objects.filter(inbox=provider.phone).exists()


def test_odd_reports_are_taken_and_do_no_harm(provider, phone):
    url = door_of(provider.phone).hook_url
    for step, values in (
        ("?step=unheard-of", {"CallSid": "CA1"}),
        ("?step=wait", {"QueuePosition": "x", "QueueTime": "-1"}),
        ("", {"From": "\x00", "CallSid": "CA2", "Direction": "inbound"}),
        ("?step=connected&call=nonsense", {"CallSid": "CA3", "DialCallStatus": "completed"}),
        ("?step=connect&call=nonsense", {"CallSid": "CA3"}),
        ("?step=ring&agent=nonsense", {"CallSid": "CA4", "From": MARIO}),
        ("?step=recorded", {"CallSid": "CA5", "RecordingSid": "RE1", "RecordingUrl": "http://169.254.169.254/", "From": MARIO}),
        ("?step=choice&back=//evil.example", {"CallSid": "CA6", "Digits": "9", "From": MARIO}),
        ("?step=status", {}),
    ):
        phone.hook(url + step, values)

    assert {status for *_, status, _ in phone.said} == {200}
    assert not [body for *_, body in phone.said if b"evil" in body]
    assert (
        Message.objects.filter(conversation__inbox=provider.phone, text__startswith="Segreteria").get().attachments.count() == 0
    )


def test_the_settings_are_tried_and_the_number_is_told_where_to_call(provider, phone):
    row = phone.numbers[OUR_NUMBER]

    assert row["voice_url"] == door_of(provider.phone).hook_url
    assert row["status_callback"].endswith("?step=status")
    row["voice_url"] = "https://elsewhere.example/"
    findings = KINDS["phone"].check(door_of(provider.phone))
    assert [each.is_well for each in findings][-1] is False


def test_the_next_opening_is_said_in_the_desks_own_time(provider, phone):
    set_hours([(0, time(9, 30), time(18))])

    line = phone.call(Person(MARIO))

    assert "Ora siamo chiusi. Apriamo lunedì 23 novembre alle 09:30." in line.heard
