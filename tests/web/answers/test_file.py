"""/files/<token>: one file behind a short link."""

from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from ascolto.files import links
from ascolto.files.store import store


def test_c2_a_link_opens_for_minutes_and_only_as_it_was_signed(client: Any, world: Any) -> None:
    file = store(b"ciao", name="nota.txt", owner="visit:1", at=now())
    path = links.path_of(file_id=file.id, viewer="visit:1", now=now())
    old = links.path_of(file_id=file.id, viewer="visit:1", now=now() - timedelta(minutes=6))

    assert b"".join(client.get(path).streaming_content) == b"ciao"
    assert client.get(path.replace("visit%3A1", "visit%3A2")).status_code == 404
    assert client.get(path.partition("?")[0]).status_code == 404
    assert client.get(old).status_code == 404


def test_c2_a_colleagues_link_opens_in_their_own_session_only(client: Any, world: Any, signed_in: Any) -> None:
    file = store(b"ciao", name="nota.txt", owner="user:1", at=now())
    path = links.path_of(file_id=file.id, viewer=f"user:{world.bruno.pk}", now=now())

    assert client.get(path).status_code == 404
    assert signed_in(world.carla).get(path).status_code == 404
    assert signed_in(world.bruno).get(path).status_code == 200
