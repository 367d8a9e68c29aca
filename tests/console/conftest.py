"""What the console's tests share: how a colleague answers, and a page's words without its tags."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest

from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor
from tests.conftest import NOON


def words_of(response: Any) -> str:
    """What a reader sees of a page: no tags, one space between words."""
    text = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture
def answers(world: Any) -> Callable[..., Any]:
    """`answers(world.carla, conversation, "words")`: a colleague replies."""

    def answer(user: Any, conversation: Any, text: str = "Le spediamo una lampada nuova", *, at: datetime = NOON) -> Any:
        return write_reply(conversation=conversation, text=text, by=Actor("agent", str(user.pk)), author=user, at=at)

    return answer


@pytest.fixture
def attached(world: Any) -> Callable[..., Any]:
    """`attached(conversation, bytes, name)`: a file that stands with the conversation's first message."""
    from ascolto.conversations.models import Attachment
    from ascolto.files.store import store

    def attach(conversation: Any, content: bytes = b"due righe", name: str = "nota.txt") -> Any:
        file = store(content, name=name, owner="visit:x", at=NOON)
        return Attachment.objects.create(message=conversation.messages.first(), file=file)

    return attach
