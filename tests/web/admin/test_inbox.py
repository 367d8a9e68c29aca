"""/settings/inboxes/<key>/."""

import base64
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ascolto.conversations.access import visible_inbox_ids

CHANGED = {"name": "Vetrina", "language": "en", "welcome": "Ciao", "origins": "https://Shop.example"}


def test_everything_about_an_inbox_but_its_kind_and_key_can_be_changed(signed_in: Any, world: Any) -> None:
    response = signed_in(world.ada).post("/settings/inboxes/sito/", {**CHANGED, "teams": [world.team.id], "kind": "api"})
    world.inbox.refresh_from_db()

    assert response.status_code == 302
    assert (world.inbox.name, world.inbox.language, world.inbox.welcome) == ("Vetrina", "en", "Ciao")
    assert world.inbox.allowed_origins == ["https://shop.example"]
    assert (world.inbox.key, world.inbox.kind) == ("sito", "messenger")
    assert list(world.inbox.teams.all()) == [world.team]


def test_without_teams_everybody_sees_it(signed_in: Any, world: Any) -> None:
    assert world.inbox.id not in visible_inbox_ids(world.dario)

    signed_in(world.ada).post("/settings/inboxes/sito/", CHANGED)

    assert world.inbox.id in visible_inbox_ids(world.dario)


@pytest.mark.parametrize(
    "odd", [{"teams": [str(uuid4())]}, {"teams": ["x"]}, {"origins": "javascript:alert(1)"}, {"name": " "}, {"language": "xx"}]
)
def test_what_cannot_be_leaves_the_inbox_as_it_was(signed_in: Any, world: Any, odd: dict[str, Any]) -> None:
    response = signed_in(world.ada).post("/settings/inboxes/sito/", {**CHANGED, **odd})
    world.inbox.refresh_from_db()

    assert response.status_code == 422
    assert world.inbox.name == "Sito"
    assert list(world.inbox.teams.all()) == [world.team]


def test_a_closed_form_says_so_and_keeps_what_was_written(signed_in: Any, world: Any, client: Any) -> None:
    ada = signed_in(world.ada)
    ada.post("/settings/inboxes/modulo/access/", {"access": "closed"})
    said = {"email": "anna@example.org", "text": "La lampada non si accende"}

    assert client.get("/contact/modulo/").status_code == 410
    answer = client.post("/contact/modulo/", said)
    assert answer.status_code == 410
    assert "La lampada non si accende" in answer.text

    ada.post("/settings/inboxes/modulo/access/", {"access": "open"})
    assert client.get("/contact/modulo/").status_code == 200


def test_a_closed_messenger_goes_from_the_sites_and_its_frame_says_so(signed_in: Any, world: Any, client: Any) -> None:
    signed_in(world.ada).post("/settings/inboxes/sito/access/", {"access": "closed"})

    assert client.get("/messenger/sito.js").status_code == 404
    frame = client.get("/messenger/sito/?embedded=1&lang=it")
    assert frame.status_code == 410
    assert "default-src 'none'" in frame["Content-Security-Policy"]


def test_an_inbox_that_is_not_there_is_404(signed_in: Any, world: Any) -> None:
    assert signed_in(world.ada).get("/settings/inboxes/nope/").status_code == 404


def test_agents_and_leads_do_not_come_in(signed_in: Any, world: Any) -> None:
    for person in (world.bruno, world.carla):
        browser = signed_in(person)
        assert browser.get("/settings/inboxes/sito/").status_code == 403
        assert browser.post("/settings/inboxes/sito/", CHANGED).status_code == 403
        assert browser.post("/settings/inboxes/sito/access/", {"access": "closed"}).status_code == 403


def test_a_site_gives_its_public_key_and_takes_it_back(signed_in: Any, world: Any) -> None:
    page = f"/settings/inboxes/{world.inbox.key}/identity-key/"
    raw = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()

    assert signed_in(world.ada).post(page, {"pem": raw}).status_code == 302
    world.inbox.refresh_from_db()
    assert world.inbox.identity_public_key.startswith("-----BEGIN PUBLIC KEY-----")

    assert signed_in(world.ada).post(page, {"pem": "not a key"}).status_code == 422
    assert signed_in(world.ada).post(page, {"pem": ""}).status_code == 302
    world.inbox.refresh_from_db()
    assert world.inbox.identity_public_key == ""
    assert signed_in(world.carla).post(page, {"pem": raw}).status_code == 403
