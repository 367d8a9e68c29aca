"""The small known world, a way to let everything settle, and no network but loopback."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.colleagues import colleagues


def pytest_sessionstart() -> None:
    """A run for PostgreSQL that would use SQLite proves nothing: it stops at once."""
    from django.db import connection

    if os.environ.get("ASCOLTO_TEST_DATABASE_URL") and connection.vendor != "postgresql":
        raise pytest.UsageError("ASCOLTO_TEST_DATABASE_URL is set, and the tests would run on SQLite")


NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Rome


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests talk to this machine alone."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test called {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def desk_that_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody once had an account here, so pages lead to the sign-in; a process remembers that for ever."""
    from ascolto.web import security

    monkeypatch.setattr(security, "BEGUN", [True])


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any, tmp_path: Path) -> None:
    """Argon2 is slow on purpose; files, mails and counted sign-ins of one test are not another's."""
    from django.core.cache import cache

    cache.clear()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.FILES_DIR = tmp_path / "files"
    settings.MAIL_DIR = tmp_path / "mail"


@dataclass
class World:
    """Anna the customer, Bruno the agent, Carla the lead, Ada the admin; Dario answers elsewhere and sees nothing of this."""

    desk: Any
    inbox: Any
    form: Any
    elsewhere: Any
    team: Any
    bruno: Any
    carla: Any
    ada: Any
    dario: Any
    anna: Any
    now: datetime = NOON


@pytest.fixture
def world(db: None) -> World:
    """The small known world, made by the product's own verbs."""
    from ascolto.channels.configure import make_inbox
    from ascolto.people.identify import Claim, meet
    from ascolto.workspace.configure import set_up

    desk = set_up(name="Lumen", language="it", time_zone="Europe/Rome", at=NOON)
    people, team, other_team = colleagues("lumen.example")
    inbox = make_inbox(name="Sito", kind="messenger", language="it", at=NOON, key="sito")
    inbox.teams.add(team)
    form = make_inbox(name="Modulo", kind="webform", language="it", at=NOON, key="modulo")
    form.teams.add(team)
    elsewhere = make_inbox(name="Altrove", kind="messenger", language="it", at=NOON, key="altrove")
    elsewhere.teams.add(other_team)
    anna = meet(
        Claim(name="Anna Bianchi", email="anna@example.org", external_id="anna-1", language="it", is_proven=True), at=NOON
    )
    return World(desk=desk, inbox=inbox, form=form, elsewhere=elsewhere, team=team, anna=anna, **people)


@pytest.fixture
def anna_writes(world: World) -> Callable[..., Any]:
    """Anna writes: `anna_writes("words")` starts a conversation, `anna_writes("more", conversation)` goes on with it."""
    from ascolto.channels.inbound import InboundMessage, accept
    from ascolto.conversations.models import Conversation

    def write(text: str, conversation: Any = None, *, at: datetime = NOON, source: str | None = None, inbox: Any = None) -> Any:
        received = accept(
            InboundMessage(
                inbox=(inbox or world.inbox).id,
                text=text,
                at=at,
                source=source,
                customer=world.anna.id,
                conversation=conversation.id if conversation else None,
            )
        )
        return Conversation.objects.get(pk=received.conversation)

    return write


@pytest.fixture
def conversation(anna_writes: Callable[..., Any]) -> Any:
    """Anna has written one message, nobody has answered."""
    return anna_writes("La lampada si accende e si spegne da sola")


@pytest.fixture
def settle() -> Callable[[datetime], None]:
    """Run all reactions and due jobs until nothing is left to do."""
    from ascolto.project.settle import settle as run

    return run


@pytest.fixture
def as_bruno(client: Any, world: World) -> Any:
    """A browser in which Bruno is signed in."""
    client.force_login(world.bruno)
    return client


@pytest.fixture
def signed_in(world: World) -> Callable[[Any], Any]:
    """`signed_in(world.carla)`: a browser of that person's own."""
    from django.test import Client

    def browser(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser
