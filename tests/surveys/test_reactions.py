"""After resolutions the questions go out, and hold nobody up."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from ascolto.conversations import reply
from ascolto.conversations.reply import write_reply
from ascolto.conversations.status import resolve
from ascolto.eventlog.append import append
from ascolto.eventlog.consume import feed
from ascolto.eventlog.event import Actor
from ascolto.surveys import invite, reactions
from ascolto.surveys.models import Invitation

PATIENCE_S = 2.0


@pytest.mark.django_db(transaction=True)
def test_asking_many_and_a_reply_to_one_of_them_do_not_wait_in_a_circle(world: Any, anna_writes: Any, monkeypatch: Any) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the reply does not begin before the batch has ended")
    by = Actor("agent", str(world.bruno.pk))
    first, second = anna_writes("Uno"), anna_writes("Due")
    for each in (first, second):
        write_reply(conversation=each, text="Ecco", by=by, author=world.bruno, at=world.now)
        resolve(conversation=each, by=by, at=world.now)
    asked_first, holds_second = threading.Event(), threading.Event()
    turn = reply.hand_over_turn
    said: list[Any] = []

    def ask_and_wait(*args: Any, **named: Any) -> int:
        position = append(*args, **named)
        asked_first.set()
        holds_second.wait(PATIENCE_S)
        return position

    def hold_and_go_on(*args: Any) -> None:
        turn(*args)
        holds_second.set()

    def answer() -> None:
        asked_first.wait(PATIENCE_S)
        try:
            at = world.now + timedelta(minutes=1)
            said.append(write_reply(conversation=second, text="Ancora", by=by, author=world.bruno, at=at).text)
        except Exception as error:
            said.append(error)
        finally:
            connection.close()

    monkeypatch.setattr(invite, "append", ask_and_wait)
    monkeypatch.setattr(reply, "hand_over_turn", hold_and_go_on)
    agent = threading.Thread(target=answer)
    agent.start()
    fed = feed(reactions.REACTIONS, now=world.now, worker="a")
    agent.join(10)

    assert said == ["Ancora"]
    assert fed.count == Invitation.objects.count() == 2
