"""A worker keeps an eye on every mailbox: told at once, one worker each, back after trouble."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ascolto.channels import connect, watch_mailboxes
from ascolto.channels.models import Channel, RawInbound
from ascolto.jobs import lease
from ascolto.jobs.models import TimetableEntry
from tests.conftest import NOON
from tests.mailservers import mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], threading.Event]]:
    """`watching("one")`: a worker of that name watches, until the event that this gives is set."""
    monkeypatch.setattr(watch_mailboxes, "LOOK_S", 0.1)
    monkeypatch.setattr(watch_mailboxes, "WAITS_S", (0.2,))
    running: list[tuple[threading.Event, threading.Thread]] = []

    def start(name: str) -> threading.Event:
        stop = threading.Event()
        thread = threading.Thread(target=watch_mailboxes.watch, args=(stop, name))
        thread.start()
        running.append((stop, thread))
        return stop

    yield start
    for stop, _ in running:
        stop.set()
    for _, thread in running:
        thread.join(15)
        assert not thread.is_alive()


def wait_until(condition: Callable[[], Any]) -> float:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() < started + 90, "it did not happen"  # longer than the look that comes if nothing is told
        time.sleep(0.02)
    return time.monotonic() - started


def holder() -> str:
    return TimetableEntry.objects.filter(name__startswith="mailbox:").values_list("leased_by", flat=True).first() or ""


def test_mail_is_kept_within_moments_of_its_arrival(watching, mailbox_inbox, dovecot):
    mailbox_inbox()
    watching("one")
    wait_until(lambda: holder() == "one")

    for number in range(3):
        dovecot.append(mail(number))
        took_s = wait_until(lambda number=number: RawInbound.objects.count() == number + 1)
        assert took_s < watch_mailboxes.POLL_S / 2, "it was found by looking, not by being told"


def test_of_two_workers_one_has_the_mailbox_and_the_other_takes_over(watching, mailbox_inbox, dovecot):
    mailbox_inbox()
    first = watching("one")
    wait_until(lambda: holder() == "one")
    watching("two")
    time.sleep(0.5)
    assert holder() == "one"

    first.set()
    wait_until(lambda: holder() == "two")
    dovecot.append(mail(1))

    wait_until(lambda: RawInbound.objects.count() == 1)


def test_a_mailbox_that_is_connected_later_is_watched_and_a_paused_one_is_left_alone(watching, mailbox_inbox, dovecot):
    dovecot.deliver(mail(1))
    watching("one")
    inbox = mailbox_inbox()
    wait_until(lambda: RawInbound.objects.count() == 1)

    connect.pause(inbox=inbox, at=datetime.now(UTC))
    wait_until(lambda: holder() == "")
    dovecot.deliver(mail(2))
    time.sleep(0.5)
    assert RawInbound.objects.count() == 1

    connect.resume(inbox=inbox, at=NOON)
    wait_until(lambda: RawInbound.objects.count() == 2)


def test_trouble_is_shown_and_over_with_the_right_password(watching, mailbox_inbox, dovecot):
    inbox = mailbox_inbox(imap_password="falsa")
    watching("one")
    wait_until(lambda: Channel.objects.get(pk=inbox.id).trouble)

    mailbox_inbox()

    wait_until(lambda: Channel.objects.get(pk=inbox.id).trouble == "")


def test_what_a_vanished_worker_held_is_free_after_a_minute(world):
    now = datetime.now(UTC)
    assert lease.hold(name="mailbox:x", worker="one", now=now)
    assert lease.hold(name="mailbox:x", worker="one", now=now)
    assert not lease.hold(name="mailbox:x", worker="two", now=now + timedelta(seconds=59))

    assert lease.hold(name="mailbox:x", worker="two", now=now + timedelta(seconds=61))
    assert not lease.hold(name="mailbox:x", worker="one", now=now + timedelta(seconds=61))
