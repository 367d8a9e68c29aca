"""A resolved conversation, asked about."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ascolto.conversations.reply import write_reply
from ascolto.conversations.status import resolve
from ascolto.egress import mail
from ascolto.eventlog.event import Actor
from ascolto.surveys.invite import token_of
from ascolto.surveys.models import Invitation


@pytest.fixture
def resolved(conversation: Any, world: Any, settle: Any) -> Any:
    """Bruno answered Anna's conversation and resolved it half an hour later."""
    by = Actor("agent", str(world.bruno.id))
    write_reply(
        conversation=conversation, text="Ecco come si fa", by=by, author=world.bruno, at=world.now + timedelta(minutes=10)
    )
    conversation = resolve(conversation=conversation, by=by, at=world.now + timedelta(minutes=30))
    settle(world.now + timedelta(minutes=30))
    return conversation


@pytest.fixture
def asked(resolved: Any) -> SimpleNamespace:
    """The invitation that followed, and its token."""
    invitation = Invitation.objects.get(conversation=resolved)
    return SimpleNamespace(invitation=invitation, token=token_of(invitation), conversation=resolved)


@pytest.fixture
def mails() -> Any:
    """What would have gone out, newest first."""
    return lambda: [mail.read_kept(kept.name) for kept in mail.list_kept(50)]
