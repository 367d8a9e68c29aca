"""Calling a customer from the desk: whose phone rings, whom it may reach, and what the conversation tells of it."""

import pytest
from django.utils import timezone

from ascolto.channels.models import Call
from ascolto.conversations.models import Draft
from ascolto.people.models import Address
from tests.channels.twilio.conftest import LUISA, MARIO
from tests.conftest import NOON
from tests.standins.twilio import Person

BRUNOS = "+393470000007"


@pytest.fixture
def bruno(world, provider):
    """Bruno with a phone, which he answers."""
    world.bruno.phone = BRUNOS
    world.bruno.save(update_fields=["phone"])
    provider.standin.people[BRUNOS] = Person(BRUNOS, picks_up="completed")
    return world.bruno


@pytest.fixture
def press(provider, as_bruno, settle):
    """Bruno presses "Call" beside a conversation, and the provider does what it is asked to."""

    def press(conversation, number=MARIO, browser=as_bruno):
        answer = browser.post(f"/conversations/{conversation.number}/calls/", {"phone": number})
        provider.now = timezone.now()  # the page takes the time by the clock
        settle(provider.now)
        provider.standin.go_on()
        provider.standin.ring_agents()
        provider.standin.let_pass()
        return answer

    return press


@pytest.fixture
def missed(provider):
    """Mario has called and nobody has answered."""
    provider.standin.call(Person(MARIO, patience=1))
    provider.standin.let_pass()
    return provider.conversation()


def notes(conversation):
    return list(conversation.messages.filter(visibility="internal").order_by("at").values_list("text", flat=True))


def test_the_colleagues_phone_rings_first_and_the_call_is_told_in_a_note(bruno, missed, press, provider):
    provider.standin.people[MARIO] = Person(MARIO, picks_up="completed", talks_s=75)

    answer = press(missed)

    missed.refresh_from_db()
    line = list(provider.standin.lines.values())[-1]
    assert answer.status_code == 302
    assert (line.values["To"], line.values["From"]) == (BRUNOS, "+390612345678")
    assert line.heard == ["Ascolto chiama +39 333 123 4567 per te."]
    assert notes(missed) == ["Chiamata a +39 333 123 4567: conversazione di 1:15"]
    note = missed.messages.get(visibility="internal")
    assert note.author == bruno
    assert "call_back" not in missed.attributes
    assert not missed.tags.exists()
    assert missed.waiting_since is None


@pytest.mark.parametrize(
    ("picks_up", "told"),
    [
        ("busy", "Chiamata a +39 333 123 4567: occupato"),
        ("no-answer", "Chiamata a +39 333 123 4567: nessuna risposta"),
        ("failed", "Chiamata a +39 333 123 4567: non riuscita"),
    ],
)
def test_a_call_that_reaches_nobody_keeps_the_promise_open(bruno, missed, press, provider, picks_up, told):
    provider.standin.people[MARIO] = Person(MARIO, picks_up=picks_up)

    press(missed)

    missed.refresh_from_db()
    assert notes(missed) == [told]
    assert missed.attributes["call_back"]["phone"] == MARIO


def test_a_colleague_who_does_not_pick_up_disturbs_nobody(bruno, missed, press, provider):
    provider.standin.people[BRUNOS] = Person(BRUNOS, picks_up="no-answer")

    press(missed)

    assert notes(missed) == ["Chiamata a +39 333 123 4567 non iniziata: nessuno ha risposto al telefono del collega"]
    assert not [url for url, *_ in provider.standin.said if "step=connect" in url]


def test_a_caller_in_the_queue_is_put_through_to_who_takes_them(bruno, press, provider):
    line = provider.standin.call(Person(MARIO, stays=True))
    conversation = provider.conversation()
    assert conversation.messages.get().text == "Chiamata da +39 333 123 4567: in attesa"
    provider.standin.people[BRUNOS].talks_s = 33

    press(conversation)

    assert line.is_over
    assert conversation.messages.get().text == "Chiamata da +39 333 123 4567, con risposta: 0:33"
    assert Call.objects.count() == 1


def test_pressing_twice_calls_once(bruno, missed, provider, as_bruno, settle):
    for _each in range(2):
        as_bruno.post(f"/conversations/{missed.number}/calls/", {"phone": MARIO})
    settle(timezone.now())

    assert Call.objects.filter(direction="out").count() == 1
    assert [path for method, path, _ in provider.standin.asked if path.endswith("/Calls.json")] != []
    assert len([path for _, path, _ in provider.standin.asked if path.endswith("/Calls.json")]) == 1


def test_g2_only_the_customers_own_numbers_are_called(bruno, missed, press, provider, world):
    Address.objects.create(customer=world.anna, kind="phone", value=LUISA, created_at=NOON)

    for number in (LUISA, "", "+39899123456", BRUNOS, "nonsense"):
        assert press(missed, number).status_code == 422

    assert not Call.objects.filter(direction="out").exists()


def test_h9_a_costly_or_foreign_number_is_not_called(bruno, missed, press, provider):
    for number in ("+39899123456", "+447400123456"):
        Address.objects.create(customer=missed.customer, kind="phone", value=number, created_at=NOON)
        assert press(missed, number).status_code == 422

    assert not [path for _, path, _ in provider.standin.asked if path.endswith("/Calls.json")]


def test_where_somebody_asked_to_be_called_back_may_be_called(bruno, press, provider):
    provider.standin.call(Person("anonymous", keys=["1", "0287654321"]))

    assert press(provider.conversation(), "+390287654321").status_code == 302
    assert Call.objects.get(direction="out").number == "+390287654321"


def test_without_a_phone_of_ones_own_it_says_what_to_do(missed, press):
    answer = press(missed)

    assert answer.status_code == 422
    assert "il tuo numero" in answer.content.decode()


def test_k1_who_may_not_see_the_conversation_calls_nobody(bruno, missed, press, world, signed_in):
    assert press(missed, browser=signed_in(world.dario)).status_code == 404


def test_the_provider_being_away_is_told_and_the_draft_stays(bruno, missed, press, provider):
    Draft.objects.create(user=bruno, conversation=missed, text="Avevo iniziato", updated_at=NOON)
    provider.standin.answers.append((503, {}, {}))

    press(missed)

    assert notes(missed) == ["Chiamata a +39 333 123 4567: non riuscita. Il fornitore è occupato. Continuiamo a provare."]
    assert Draft.objects.filter(user=bruno).exists()


def test_the_page_offers_the_call_and_without_a_provider_ones_own_phone(bruno, missed, provider, as_bruno, world):
    page = as_bruno.get(f"/conversations/{missed.number}/").content.decode()
    assert f'action="/conversations/{missed.number}/calls/"' in page

    provider.phone.is_active = False
    provider.phone.save(update_fields=["is_active"])
    page = as_bruno.get(f"/conversations/{missed.number}/").content.decode()
    assert f'href="tel:{MARIO}"' in page
    assert f'action="/conversations/{missed.number}/calls/"' not in page


def test_a_colleague_writes_their_own_number_into_the_account(as_bruno, world):
    as_bruno.post("/account/", {"name": "Bruno", "language": "it", "phone": "347 000 0007"})
    world.bruno.refresh_from_db()
    assert world.bruno.phone == "+393470000007"

    assert as_bruno.post("/account/", {"name": "Bruno", "language": "it", "phone": "niente"}).status_code == 422
    as_bruno.post("/account/", {"name": "Bruno", "language": "it", "phone": ""})
    world.bruno.refresh_from_db()
    assert world.bruno.phone == ""
