"""A conversation of Anna's now, answered and resolved, with her links to it."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.timezone import now

from ascolto.conversations.links import make_link
from ascolto.conversations.note import write_note
from ascolto.conversations.reply import write_reply
from ascolto.conversations.status import resolve
from ascolto.eventlog.event import Actor
from ascolto.surveys.invite import token_of
from ascolto.surveys.models import Invitation
from ascolto.web.client import limiter


@pytest.fixture(autouse=True)
def nobody_came_before() -> Iterator[None]:
    """Each test counts its own visits."""
    limiter().storage.reset()
    yield
    limiter().storage.reset()


@pytest.fixture
def served(world: Any, anna_writes: Any) -> Any:
    """Anna asked two hours ago; Bruno left a note and replied."""
    conversation = anna_writes("La lampada <b>lampeggia</b> {{7*7}}", at=now() - timedelta(hours=2))
    by = Actor("agent", str(world.bruno.id))
    write_note(conversation=conversation, text="Cliente difficile", by=by, author=world.bruno, at=now() - timedelta(hours=1))
    write_reply(conversation=conversation, text="Provi così", by=by, author=world.bruno, at=now() - timedelta(minutes=50))
    return conversation


@pytest.fixture
def page_token(served: Any) -> str:
    return make_link(conversation=served, sent_to="anna@example.org", at=now())


@pytest.fixture
def asked(served: Any, world: Any, settle: Any) -> SimpleNamespace:
    """Bruno resolved it, and Anna was asked."""
    resolve(conversation=served, by=Actor("agent", str(world.bruno.id)), at=now() - timedelta(minutes=5))
    settle(now() - timedelta(minutes=5))
    invitation = Invitation.objects.get()
    return SimpleNamespace(invitation=invitation, token=token_of(invitation), path=f"/r/{token_of(invitation)}")
