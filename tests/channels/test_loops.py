"""Two machines do not write to each other for ever (threats J1, J2, R11)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ascolto.channels import raw
from ascolto.channels.connect import make_channel
from ascolto.channels.models import AutomaticMail
from ascolto.channels.pace import CAPS
from ascolto.conversations.models import Conversation
from ascolto.egress import mail as egress
from ascolto.people.models import Address, Customer

ROBOT = "robot@posta.example"
DELAY = timedelta(seconds=20)
EVERY = timedelta(hours=11)  # it begins anew by itself, whatever we do
DAY = timedelta(hours=24)


@pytest.fixture
def mailbox(world: Any) -> Any:
    values = {"address": "aiuto@lumen.example", "acknowledge": True, "per_minute": "0"}
    return make_channel(kind="email", name="Posta", language="it", values=values, at=world.now)


@pytest.fixture
def went() -> Callable[..., list[EmailMessage]]:
    """The latest mails that left, oldest first."""
    return lambda limit=50: [egress.read_kept(each.name) for each in egress.list_kept(limit)][::-1]


def written(count: int, **head: str) -> bytes:
    lines = {"From": f"Robot <{ROBOT}>", "To": "aiuto@lumen.example", "Subject": f"Avviso {count}", **head}
    lines.setdefault("Message-ID", f"<{count}@posta.example>")
    return ("".join(f"{name}: {value}\r\n" for name, value in lines.items()) + f"\r\nTesto {count}\r\n").encode()


def test_who_writes_is_told_once_a_day_in_words_of_ours(world: Any, mailbox: Any, settle: Any, went: Any) -> None:
    for count in range(3):
        raw.keep(raw.Arrived(inbox=mailbox.id, content=written(count, Subject="COMPRA <b>ORA</b>"), at=world.now))
        settle(world.now)

    (letter,) = went()
    assert letter["To"] == ROBOT
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["In-Reply-To"] == "<0@posta.example>"
    assert letter["List-Unsubscribe"].startswith("<http://testserver/u/")
    assert "COMPRA" not in letter.as_string()
    assert "Testo" not in letter.as_string()
    assert "Robot" not in str(letter["To"])


def test_an_inbox_that_does_not_want_it_tells_nobody(world: Any, settle: Any, went: Any) -> None:
    quiet = make_channel(kind="email", name="Posta", language="it", values={"address": "aiuto@lumen.example"}, at=world.now)
    raw.keep(raw.Arrived(inbox=quiet.id, content=written(1), at=world.now))
    settle(world.now)

    assert went() == []


MACHINES = [
    {"Auto-Submitted": "auto-generated"},
    {"Auto-Submitted": "auto-replied"},
    {"X-Auto-Response-Suppress": "All"},
    {"Precedence": "bulk"},
    {"Precedence": "list"},
    {"Precedence": "junk"},
    {"List-Id": "<x.posta.example>"},
    {"List-Unsubscribe": "<https://posta.example/u>"},
    {"X-Loop": "robot@posta.example"},
    {"Return-Path": "<>"},
    {"X-Autoreply": "yes"},
    {"From": "MAILER-DAEMON@posta.example"},
    {"Message-ID": "<x@desk.lumen.example>"},
    {"From": "aiuto@lumen.example"},
]


def test_j1_each_sign_of_a_machine_alone_keeps_us_silent(world: Any, mailbox: Any, settle: Any, went: Any) -> None:
    for count, head in enumerate(MACHINES):
        raw.keep(raw.Arrived(inbox=mailbox.id, content=written(count, **head), at=world.now))
    settle(world.now)

    assert went() == []


@pytest.mark.parametrize("obeys", [True, False])
@pytest.mark.parametrize("is_proven", [True, False])
def test_r11_a_machine_that_answers_everything_is_answered_within_the_caps(
    world: Any, mailbox: Any, settle: Any, went: Any, obeys: bool, is_proven: bool
) -> None:
    if is_proven:
        customer = Customer.objects.create(name="Robot", created_at=world.now, updated_at=world.now)
        Address.objects.create(customer=customer, kind="email", value=ROBOT, proven_at=world.now, created_at=world.now)
    ours = robot_for_a_day(world.now, mailbox, settle, went, obeys=obeys)

    assert len(ours) >= 1
    for letters, minutes in CAPS:
        within = [sum(at <= other < at + timedelta(minutes=minutes) for other in ours) for at in ours]
        assert max(within) <= letters
    if not is_proven:
        assert len(ours) == 1
    assert AutomaticMail.objects.count() == len(ours)
    assert Conversation.objects.filter(inbox=mailbox).count() >= 1


def robot_for_a_day(now: datetime, mailbox: Any, settle: Any, went: Any, *, obeys: bool) -> list[datetime]:
    """When we wrote to it. It writes by itself now and then, and answers each mail of ours; stripped of every header, or not."""
    ours: list[datetime] = []
    at, count, next_own = now, 0, now
    while at < now + DAY:
        count += 1
        raw.keep(raw.Arrived(inbox=mailbox.id, content=written(count), at=at))
        settle(at)
        new = len(list(Path(settings.MAIL_DIR).glob("*.eml"))) - len(ours)
        answers = new > 0 and not (obeys and went(1)[-1]["Auto-Submitted"])
        ours += [at] * new
        if answers:
            at += DELAY
        else:
            next_own = max(next_own + EVERY, at)
            at = next_own
    return ours
