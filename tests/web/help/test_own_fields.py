"""The form's own questions: asked in the visitor's language, checked here, kept with the conversation."""

from typing import Any

import pytest
from django.utils.timezone import now

from ascolto.channels.webform import configure
from ascolto.channels.webform.fields import Field, Kind
from ascolto.conversations.models import Conversation
from ascolto.files import store
from ascolto.web.help.own_fields import plain_number

FORM = {"name": "Teresa", "email": "teresa@example.org", "subject": "", "text": "Trema", "nonce": "n1"}
SAID = {
    "own_ordine": "A-778",
    "own_come": "1",
    "own_data": "2026-11-03",
    "own_importo": "1.250,50",
    "own_storia": "riga 1\r\nriga 2",
    "own_consenso": "on",
}


@pytest.fixture
def asking(world: Any) -> Any:
    """The form asks one thing of each kind."""
    choices = ({"it": "Cambio", "en": "Replacement"}, {"it": "Rimborso", "en": "Refund"})
    for name, kind, is_required, given in (
        ("Ordine", Kind.TEXT, False, ()),
        ("Come", Kind.CHOICE, True, choices),
        ("Data", Kind.DATE, False, ()),
        ("Importo", Kind.NUMBER, False, ()),
        ("Storia", Kind.LONG, False, ()),
        ("Consenso", Kind.TICK, True, ()),
    ):
        label = {"it": name, "en": f"{name} in English"}
        configure.add_field(
            inbox=world.form, field=Field(name="", kind=kind, label=label, is_required=is_required, choices=given)
        )
    return world.form


def test_answers_stand_with_the_conversation_in_the_words_of_the_desk(client: Any, asking: Any) -> None:
    response = client.post("/contact/modulo/", {**FORM, **SAID}, headers={"accept-language": "it"})

    assert response.status_code == 303
    assert Conversation.objects.get().attributes == {
        "ordine": "A-778",
        "come": "Rimborso",
        "data": "2026-11-03",
        "importo": 1250.5,
        "storia": "riga 1\nriga 2",
        "consenso": True,
    }


def test_an_english_visitor_is_asked_in_english_and_answers_are_kept_in_italian(client: Any, asking: Any) -> None:
    page = client.get("/contact/modulo/?lang=en").content.decode()
    client.post("/contact/modulo/?lang=en", {**FORM, **SAID, "own_importo": "1,250.50"})

    assert "Come in English" in page
    assert "Refund" in page
    assert Conversation.objects.get().attributes["come"] == "Rimborso"
    assert Conversation.objects.get().attributes["importo"] == 1250.5


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"own_come": ""}, "Scelga una di queste risposte."),
        ({"own_come": "7"}, "Scelga una di queste risposte."),
        ({"own_consenso": ""}, "Senza questa spunta"),
        ({"own_data": "domani"}, "own_data"),
        ({"own_importo": "molto"}, "own_importo"),
        ({"own_importo": "NaN"}, "own_importo"),
        ({"own_importo": "1e400"}, "own_importo"),
        ({"own_ordine": "x" * 201}, "own_ordine"),
        ({"own_storia": "x" * 2001}, "own_storia"),
    ],
)
def test_what_does_not_fit_comes_back_with_words_and_nothing_is_kept(
    client: Any, asking: Any, said: dict[str, str], words: str
) -> None:
    response = client.post("/contact/modulo/?lang=it", {**FORM, **SAID, **said})
    page = response.content.decode()

    assert response.status_code == 422
    assert words in page
    assert 'aria-invalid="true"' in page
    assert "Trema" in page
    assert not Conversation.objects.exists()


def test_what_may_be_left_empty_is_nothing(client: Any, asking: Any) -> None:
    client.post("/contact/modulo/", {**FORM, "own_come": "0", "own_consenso": "on"})

    assert Conversation.objects.get().attributes == {"come": "Cambio", "consenso": True}


def test_only_what_was_asked_becomes_an_attribute(client: Any, asking: Any) -> None:
    client.post("/contact/modulo/", {**FORM, **SAID, "own_altro": "x", "call_back": "x", "attributes": "x", "own_name": "x"})

    assert set(Conversation.objects.get().attributes) == {"ordine", "come", "data", "importo", "storia", "consenso"}


def test_another_answer_is_another_form(client: Any, asking: Any) -> None:
    for order in ("A-1", "A-1", "A-2"):
        client.post("/contact/modulo/", {**FORM, **SAID, "own_ordine": order})

    assert Conversation.objects.count() == 2


def test_b8_labels_and_answers_are_words(client: Any, world: Any, as_bruno: Any) -> None:
    spell = "<img src=x onerror=alert(1)> {{7*7}} %(desk)s"
    configure.add_field(inbox=world.form, field=Field(name="", kind=Kind.TEXT, label={"it": spell}))
    name = configure.fields_of(world.form)[0].name
    page = client.get("/contact/modulo/").content.decode()
    client.post("/contact/modulo/", {**FORM, f"own_{name}": spell})
    console = as_bruno.get(f"/conversations/{Conversation.objects.get().number}/").content.decode()

    for shown in (page, console):
        assert "<img src=x" not in shown
        assert "&lt;img src=x onerror=alert(1)&gt; {{7*7}} %(desk)s" in shown


def test_colleagues_see_the_answers_and_find_the_conversation_by_them(
    client: Any, asking: Any, as_bruno: Any, settle: Any
) -> None:
    client.post("/contact/modulo/", {**FORM, **SAID, "own_ordine": "ZX81"})
    settle(now())
    page = as_bruno.get(f"/conversations/{Conversation.objects.get().number}/?lang=it").content.decode()
    found = as_bruno.get("/search/?q=ZX81").content.decode()

    for words in ("Ordine", "ZX81", "Rimborso", "3 novembre 2026", "Sì"):
        assert words in page
    assert "Trema" in found


@pytest.mark.parametrize(
    ("said", "language", "number"),
    [
        ("1.250,50", "it", "1250.50"),
        ("1.250", "it", "1250"),
        ("12.5", "it", "12.5"),
        ("12,5", "it", "12.5"),
        ("1,250.50", "en", "1250.50"),
        ("1,250", "en", "1250"),
        ("12,5", "en", "12.5"),
        ("1 250", "it", "1250"),
        ("-3", "it", "-3"),
    ],
)
def test_numbers_are_read_as_they_are_written_here(said: str, language: str, number: str) -> None:
    assert plain_number(said, language) == number


def test_c8_one_network_cannot_fill_the_disk_with_forms(client: Any, world: Any, monkeypatch: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    monkeypatch.setattr(store, "DAY_LIMIT_FILES", 2)
    answers = [
        client.post("/contact/modulo/", {**FORM, "text": f"Foto {i}", "files": [SimpleUploadedFile("a.txt", b"ciao")]})
        for i in range(3)
    ]

    assert [each.status_code for each in answers] == [303, 303, 422]
    assert "Foto 2" in answers[-1].content.decode()
