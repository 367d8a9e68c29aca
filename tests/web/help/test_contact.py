"""/contact/<key>/: the form."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from ascolto.channels.webform.submit import Submission, submit
from ascolto.conversations.models import Attachment, Conversation, Message
from ascolto.people.models import Address, Customer

FORM = {"name": "Teresa", "email": "teresa@example.org", "subject": "Fattura", "text": "Manca la fattura", "nonce": "n1"}


def test_a_form_becomes_a_conversation_and_shows_its_number(world: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/contact/modulo/", {**FORM, "files": [SimpleUploadedFile("a.txt", b"ciao")]}, follow=True)

    conversation = Conversation.objects.get()

    assert response.status_code == 200
    assert f"#{conversation.number}" in response.content.decode()
    assert (conversation.subject, conversation.customer.name, conversation.inbox) == ("Fattura", "Teresa", world.form)
    assert Attachment.objects.count() == 1


def test_the_same_form_twice_is_one_and_changed_words_are_another(client: Any, world: Any) -> None:
    client.post("/contact/modulo/", FORM)
    client.post("/contact/modulo/", FORM)
    client.post("/contact/modulo/", {**FORM, "text": "Altra cosa"})

    assert Conversation.objects.count() == 2


def test_what_is_wrong_comes_back_with_the_words(client: Any, world: Any) -> None:
    response = client.post("/contact/modulo/", {**FORM, "email": "non un indirizzo", "text": "Parole lunghe e care"})
    page = response.content.decode()

    assert response.status_code == 422
    assert "Parole lunghe e care" in page
    assert 'aria-invalid="true"' in page
    assert not Conversation.objects.exists()


def test_only_blank_words_are_nothing(client: Any, world: Any) -> None:
    response = client.post("/contact/modulo/", {**FORM, "text": " \u200b \n"})

    assert response.status_code == 422
    assert not Conversation.objects.exists()


def test_too_many_files_are_refused_before_any_is_kept(client: Any, world: Any) -> None:
    files = [SimpleUploadedFile(f"{index}.txt", b"ciao") for index in range(6)]
    response = client.post("/contact/modulo/", {**FORM, "files": files})

    assert response.status_code == 422
    assert not Conversation.objects.exists()


def test_an_unknown_key_and_another_kind_of_inbox_are_not_there(client: Any, world: Any) -> None:
    assert client.get("/contact/niente/").status_code == 404
    assert client.get(f"/contact/{world.inbox.key}/").status_code == 404
    assert client.post("/contact/niente/", FORM).status_code == 404


def test_one_address_cannot_flood_and_keeps_its_words(client: Any, world: Any) -> None:
    answers = [client.post("/contact/modulo/", {**FORM, "nonce": str(index), "text": f"Uno {index}"}) for index in range(8)]

    assert [each.status_code for each in answers] == [303] * 5 + [429] * 3
    assert "Uno 7" in answers[-1].content.decode()
    assert Conversation.objects.count() == 5


def test_a_field_that_nobody_sees_catches_programs(client: Any, world: Any) -> None:
    response = client.post("/contact/modulo/", {**FORM, "website": "x"})

    assert response.status_code == 200
    assert not Conversation.objects.exists()


def test_d1_an_address_in_a_form_joins_and_reveals_nobody(client: Any, world: Any) -> None:
    client.post("/contact/modulo/", {**FORM, "email": "anna@example.org"})

    conversation = Conversation.objects.get()

    assert conversation.customer_id != world.anna.id
    assert Customer.objects.count() == 2
    assert not Address.objects.get(customer=conversation.customer).proven_at


def test_d8_three_hundred_forms_for_ten_victims_are_ten_mails_without_their_words(world: Any, settle: Any, mails: Any) -> None:
    for index in range(300):
        submit(
            inbox=world.form,
            at=now(),
            submission=Submission(
                name="COMPRA http://spam.example",
                email=f"victim{index % 10}{f'+{index}' if index % 2 else ''}@example.org",
                subject="COMPRA http://spam.example",
                text=f"COMPRA http://spam.example {index}",
                nonce=str(index),
                file_owner="form:1",
                language="it",
            ),
        )
    settle(now())

    letters = mails()

    assert len(letters) == 10
    assert not any("COMPRA" in each.as_string() or "spam.example" in each.as_string() for each in letters)
    assert {each["Auto-Submitted"] for each in letters} == {"auto-generated"}


def test_the_link_goes_by_mail_alone(client: Any, world: Any, settle: Any, mails: Any) -> None:
    response = client.post("/contact/modulo/", FORM, follow=True)
    settle(now())

    assert "/t/" not in response.content.decode()
    assert re.search(r"http://[^/]+/t/[\w-]+", mails()[0].get_body(("plain",)).get_content())


def test_b8_every_field_is_literal(client: Any, world: Any) -> None:
    spell = "{{7*7}} {% now 'Y' %} ${7*7} %(desk)s"
    client.post("/contact/modulo/", {**FORM, "name": spell, "subject": spell, "text": spell})
    page = client.post("/contact/modulo/", {**FORM, "name": spell, "subject": spell, "text": spell, "email": ""}).content.decode()

    message = Message.objects.get()

    assert message.text == spell
    assert message.conversation.subject == spell
    assert message.conversation.customer.name == spell
    assert page.count("{{7*7}} {% now &#x27;Y&#x27; %} ${7*7} %(desk)s") == 3


def test_a_made_up_number_is_not_shown(client: Any, world: Any) -> None:
    assert "#9999" not in client.get("/contact/modulo/?sent=9999").content.decode()
