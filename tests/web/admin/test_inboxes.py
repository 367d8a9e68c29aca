"""/settings/inboxes/."""

from typing import Any

from ascolto.channels.configure import identity_secret
from ascolto.conversations.models import Inbox

FORM = {
    "name": "Negozio",
    "kind": "messenger",
    "language": "it",
    "welcome": "Salve",
    "origins": "https://Shop.example\nhttp://b.example:81/",
}


def test_a_new_inbox_has_a_key_and_the_words_for_the_site(signed_in: Any, world: Any) -> None:
    response = signed_in(world.ada).post("/settings/inboxes/", FORM)
    made = Inbox.objects.get(name="Negozio")
    page = response.content.decode()

    assert response.status_code == 201
    assert made.allowed_origins == ["https://shop.example", "http://b.example:81"]
    assert f"/messenger/{made.key}.js&quot;&gt;&lt;/script&gt;" in page
    assert identity_secret(made) not in page


def test_what_is_not_a_site_is_said_and_the_form_kept(signed_in: Any, world: Any) -> None:
    response = signed_in(world.ada).post("/settings/inboxes/", {**FORM, "origins": "https://*.example/path"})

    assert response.status_code == 422
    assert 'value="Negozio"' in response.content.decode()
    assert not Inbox.objects.filter(name="Negozio").exists()


def test_a_new_secret_is_shown_this_once(signed_in: Any, world: Any) -> None:
    ada = signed_in(world.ada)
    before = identity_secret(world.inbox)
    response = ada.post(f"/settings/inboxes/{world.inbox.id}/secret/")
    world.inbox.refresh_from_db()
    after = identity_secret(world.inbox)

    assert after != before
    assert after in response.content.decode()
    assert after not in ada.get("/settings/inboxes/").content.decode()


def test_an_inbox_of_a_kind_that_this_version_does_not_know_is_shown_with_the_others(signed_in: Any, world: Any) -> None:
    Inbox.objects.filter(pk=world.inbox.pk).update(kind="fax")
    ada = signed_in(world.ada)

    assert ada.get("/settings/inboxes/").status_code == 200
    assert ada.get(f"/settings/inboxes/{world.inbox.key}/").status_code == 200


def test_agents_and_leads_change_no_inbox(signed_in: Any, world: Any) -> None:
    for person in (world.bruno, world.carla, world.dario):
        browser = signed_in(person)
        answers = [
            browser.get("/settings/"),
            browser.get("/settings/inboxes/"),
            browser.post("/settings/inboxes/", FORM),
            browser.post(f"/settings/inboxes/{world.inbox.id}/secret/"),
        ]
        assert {each.status_code for each in answers} == {403}

    assert Inbox.objects.count() == 3
