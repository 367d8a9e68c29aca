"""A mailbox is read so that nothing is lost, nothing comes twice, and one bad mail stops no other."""

import threading
import time
from typing import Any

import pytest
from django.db import OperationalError

from ascolto.channels import poll_mailbox as module
from ascolto.channels.connect import change_settings
from ascolto.channels.email import poll
from ascolto.channels.email.limits import MAX_RAW_BYTES
from ascolto.channels.models import Channel, RawInbound
from ascolto.channels.poll_mailbox import poll_mailbox
from ascolto.files import store
from ascolto.jobs.models import Job
from tests.conftest import NOON
from tests.mailservers import mail

pytestmark = pytest.mark.django_db


def poll_it(inbox: Any) -> int:
    return poll_mailbox(inbox=inbox.id, now=NOON)


def channel(inbox: Any) -> Channel:
    return Channel.objects.get(pk=inbox.id)


def contents() -> set[bytes]:
    return {bytes(each) for each in RawInbound.objects.values_list("content", flat=True)}


def test_new_mails_are_kept_as_they_are_and_marked_seen(mailbox_inbox, dovecot):
    inbox = mailbox_inbox()
    for number in range(3):
        dovecot.deliver(mail(number))

    assert poll_it(inbox) == 3

    assert contents() == {mail(number) for number in range(3)}
    assert dovecot.seen() == 3
    assert channel(inbox).last_in_at == NOON
    assert Job.objects.filter(kind="channels.read_arrivals", key=str(inbox.id)).count() == 1


def test_a_second_look_takes_only_what_came_since(mailbox_inbox, dovecot):
    inbox = mailbox_inbox()
    dovecot.deliver(mail(1))
    poll_it(inbox)
    dovecot.deliver(mail(2))

    assert poll_it(inbox) == 1
    assert poll_it(inbox) == 0

    assert RawInbound.objects.count() == 2


def test_what_somebody_had_read_before_the_first_look_is_left_alone(mailbox_inbox, dovecot):
    inbox = mailbox_inbox()
    dovecot.deliver(mail(1))
    dovecot.deliver(mail(2))
    with open_box(inbox) as box:
        box.client.add_flags([1], [rb"\Seen"])

    assert poll_it(inbox) == 1

    assert contents() == {mail(2)}


def test_what_somebody_reads_first_after_that_is_taken_all_the_same(mailbox_inbox, dovecot):
    inbox = mailbox_inbox()
    poll_it(inbox)
    dovecot.deliver(mail(1))
    with open_box(inbox) as box:
        box.client.add_flags([1], [rb"\Seen"])

    assert poll_it(inbox) == 1


@pytest.mark.parametrize("waiting", [1, 2, 6, 7, 20])
@pytest.mark.parametrize("batch", [1, 4, 100])
def test_a7_each_of_many_waiting_mails_is_taken_before_it_is_deleted(mailbox_inbox, dovecot, monkeypatch, waiting, batch):
    monkeypatch.setattr(module, "BATCH", batch)
    inbox = mailbox_inbox(imap_after="delete")
    for number in range(waiting):
        dovecot.deliver(mail(number))

    assert poll_it(inbox) == waiting

    assert contents() == {mail(number) for number in range(waiting)}
    assert dovecot.count() == 0


def test_a7_mails_can_be_moved_to_a_folder_once_they_are_kept(mailbox_inbox, dovecot):
    inbox = mailbox_inbox(imap_after="move")
    for number in range(6):
        dovecot.deliver(mail(number))

    assert poll_it(inbox) == 6

    assert (dovecot.count(), dovecot.count("Ascolto")) == (0, 6)


def test_what_others_have_marked_as_deleted_is_not_erased_along(mailbox_inbox, dovecot):
    inbox = mailbox_inbox(imap_after="delete")
    poll_it(inbox)
    dovecot.deliver(mail(1))
    poll_it(inbox)
    dovecot.deliver(mail(2))
    with open_box(inbox) as box:
        box.client.delete_messages([2])
        dovecot.deliver(mail(3))
        box.client.noop()
        box.put_away([3])

    assert dovecot.count() == 1


def test_a8_a_crash_before_the_commit_takes_nothing_and_marks_nothing(mailbox_inbox, dovecot, monkeypatch):
    inbox = mailbox_inbox(imap_after="delete")
    dovecot.deliver(mail(1))

    def fail(*arguments: Any) -> None:
        raise OperationalError("the plug was pulled")

    monkeypatch.setattr(module, "remember", fail)
    with pytest.raises(OperationalError):
        poll_it(inbox)

    assert (RawInbound.objects.count(), dovecot.count(), dovecot.seen()) == (0, 1, 0)
    monkeypatch.undo()


def test_a8_a_crash_after_the_commit_takes_nothing_twice_and_marks_it_next_time(mailbox_inbox, dovecot, monkeypatch):
    inbox = mailbox_inbox(imap_after="delete")
    for number in range(3):
        dovecot.deliver(mail(number))

    def fail(self: Any, uids: Any) -> None:
        raise poll.MailboxTrouble(poll.BROKEN_OFF)

    with monkeypatch.context() as broken:
        broken.setattr(poll.Mailbox, "put_away", fail)
        with pytest.raises(poll.MailboxTrouble):
            poll_it(inbox)
    assert (RawInbound.objects.count(), dovecot.count()) == (3, 3)

    assert poll_it(inbox) == 0

    assert (RawInbound.objects.count(), dovecot.count()) == (3, 0)


def test_a_first_look_that_broke_off_goes_on_with_what_nobody_has_read(mailbox_inbox, dovecot, monkeypatch):
    inbox = mailbox_inbox()
    for number in range(6):
        dovecot.deliver(mail(number))
    with open_box(inbox) as box:
        box.client.add_flags([2, 3], [rb"\Seen"])
        monkeypatch.setattr(module, "BATCH", 1)
        asked = iter([True, True, False])
        assert module.take_new(box, inbox=inbox.id, now=NOON, goes_on=lambda: next(asked)) == 2

    assert poll_it(inbox) == 2

    assert RawInbound.objects.count() == 4


def test_a10_a_mailbox_that_is_numbered_anew_brings_nothing_twice(mailbox_inbox, dovecot):
    inbox = mailbox_inbox()
    for number in range(5):
        dovecot.deliver(mail(number))
    poll_it(inbox)
    before = channel(inbox).place
    dovecot.number_anew()
    dovecot.deliver(mail(9))

    assert poll_it(inbox) == 1

    assert channel(inbox).place["uidvalidity"] != before["uidvalidity"]
    assert RawInbound.objects.count() == 6


def test_a9_the_same_bytes_under_another_uid_are_one(mailbox_inbox, dovecot):
    inbox = mailbox_inbox()
    dovecot.deliver(mail(1))
    dovecot.deliver(mail(1))
    assert poll_it(inbox) == 1
    dovecot.deliver(mail(1))

    assert poll_it(inbox) == 0

    assert RawInbound.objects.count() == 1
    assert dovecot.seen() == 3


def test_a11_a_mail_that_the_server_does_not_give_out_stops_no_other(mailbox_inbox, dovecot, monkeypatch):
    inbox = mailbox_inbox()
    for number in range(3):
        dovecot.deliver(mail(number))
    real = poll.Mailbox.fetch_parts

    def refuse_the_second(self: Any, uids: Any, part: str) -> Any:
        if 2 in uids and part == "BODY.PEEK[]":
            raise poll.MailboxTrouble(poll.NOT_GIVEN)
        return real(self, uids, part)

    monkeypatch.setattr(poll.Mailbox, "fetch_parts", refuse_the_second)

    assert poll_it(inbox) == 3

    row = RawInbound.objects.get(head__uid=2)
    assert row.head["unfetched"]
    assert bytes(row.content).startswith(b"From: Rosa")


def test_a18_of_a_mail_that_is_too_large_only_the_head_is_fetched_and_only_once(mailbox_inbox, dovecot):
    inbox = mailbox_inbox()
    dovecot.deliver(mail(1))
    dovecot.deliver(mail(2) + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * (MAX_RAW_BYTES // 72 + 1))
    dovecot.deliver(mail(3))

    assert poll_it(inbox) == 3
    assert poll_it(inbox) == 0

    row = RawInbound.objects.get(head__uid=2)
    assert row.head["too_large"] > MAX_RAW_BYTES
    assert row.size_bytes < 1000
    assert b"Subject: Lampada 2" in bytes(row.content)


def test_a18_a_mail_takes_no_more_memory_than_its_batch(mailbox_inbox, dovecot, monkeypatch):
    seen = [poll.Seen(uid=uid, size_bytes=size, flags=()) for uid, size in enumerate([5, 5, 5, 50, 5, 5])]

    batches = [[each.uid for each in batch] for batch in poll.in_batches(seen, count=2, size_bytes=12)]

    assert batches == [[0, 1], [2], [3], [4, 5]]


def test_r8_nothing_is_fetched_and_nothing_marked_while_the_disk_is_full(mailbox_inbox, dovecot, monkeypatch):
    inbox = mailbox_inbox()
    dovecot.deliver(mail(1))
    with monkeypatch.context() as full:
        full.setattr(store, "SPACE_KEPT_BYTES", 1 << 60)
        with pytest.raises(poll.MailboxTrouble):
            poll_it(inbox)
    assert (RawInbound.objects.count(), dovecot.seen()) == (0, 0)
    assert channel(inbox).trouble == module.DISK_FULL

    assert poll_it(inbox) == 1

    assert channel(inbox).trouble == ""


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"imap_password": "falsa"}, poll.WRONG_PASSWORD),
        ({"imap_folder": "Clienti"}, poll.NO_FOLDER),
        ({"imap_host": "imap.invalid"}, poll.NO_HOST),
        ({"imap_port": 1}, poll.NO_ANSWER),
        ({"imap_host": "127.0.0.1"}, poll.WRONG_CERTIFICATE),
        ({"imap_host": "192.0.2.1", "imap_security": "none"}, poll.NO_ENCRYPTION),
    ],
)
def test_trouble_is_told_in_plain_words_and_is_over_when_it_works_again(mailbox_inbox, dovecot, monkeypatch, values, words):
    good = {"imap_host": "localhost", "imap_port": dovecot.tls_port, "imap_password": "una-parola-segreta"}
    inbox = mailbox_inbox(**values)
    with pytest.raises(poll.MailboxTrouble):
        poll_it(inbox)
    assert channel(inbox).trouble == words
    assert channel(inbox).trouble_since == NOON

    change_settings(inbox=inbox, values={**good, "imap_folder": "INBOX", "imap_security": "tls"})
    poll_it(inbox)

    assert channel(inbox).trouble == ""


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_password_is_said(mailbox_inbox, dovecot, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    inbox = mailbox_inbox()

    with pytest.raises(poll.MailboxTrouble, match="certificate"):
        poll_it(inbox)


def test_a_connection_can_become_encrypted_by_starttls(mailbox_inbox, dovecot):
    inbox = mailbox_inbox(imap_port=dovecot.port, imap_security="starttls")
    dovecot.deliver(mail(1))

    assert poll_it(inbox) == 1


def test_the_settings_can_be_tried_without_taking_a_mail(mailbox_inbox, dovecot):
    from ascolto.channels.connect import door_of

    inbox = mailbox_inbox()
    dovecot.deliver(mail(1))

    finding = poll.try_settings(door_of(inbox))

    assert finding.is_well
    assert (RawInbound.objects.count(), dovecot.seen()) == (0, 0)


def test_the_server_tells_of_new_mail_at_once(mailbox_inbox, dovecot):
    with open_box(mailbox_inbox()) as box:
        assert box.uids_after(0) == []
        threading.Timer(0.3, dovecot.append, [mail(1)]).start()

        assert box.wait(threading.Event(), seconds=15)
        assert box.uids_after(0) == [1]


def test_mail_that_the_server_told_of_beside_another_answer_is_not_waited_for(mailbox_inbox, dovecot):
    with open_box(mailbox_inbox()) as box:
        assert box.uids_after(0) == []
        dovecot.append(mail(1))
        box.client.noop()  # its answer has it, and IDLE says it no more
        began = time.monotonic()

        assert box.wait(threading.Event(), seconds=15)

        assert time.monotonic() - began < 5
        assert box.uids_after(0) == [1]


def test_a_quiet_mailbox_is_waited_for_as_long_as_was_asked(mailbox_inbox, dovecot):
    with open_box(mailbox_inbox()) as box:
        box.uids_after(0)

        assert not box.wait(threading.Event(), seconds=1.2)


def open_box(inbox: Any) -> poll.Mailbox:
    return module.open_mailbox(inbox.id, NOON)


def test_a22_the_password_stands_nowhere_in_plain(mailbox_inbox, dovecot, caplog):
    inbox = mailbox_inbox(imap_password="canarino-giallo")
    with caplog.at_level("DEBUG"), pytest.raises(poll.MailboxTrouble) as error:
        poll_it(inbox)

    row = Channel.objects.filter(pk=inbox.id).values().get()
    assert "canarino" not in f"{row}{error.value}{error.value.__cause__}{caplog.text}"
