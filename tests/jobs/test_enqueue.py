"""A job exists if and only if the transaction that wanted it was committed."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from ascolto.eventlog import append
from ascolto.jobs.enqueue import enqueue, run_again
from ascolto.jobs.kind import GiveUp
from ascolto.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_job_goes_with_the_transaction_that_fails(note, noon):
    with transaction.atomic():
        enqueue(note, now=noon, word="never")
        transaction.set_rollback(True)

    assert not Job.objects.exists()


def test_a_job_waits_for_its_time(note, noon, work, done):
    enqueue(note, now=noon, run_at=noon + timedelta(hours=1), word="later")

    assert work(noon + timedelta(minutes=59)) == 0
    assert work(noon + timedelta(hours=1)) == 1
    assert done == ["later"]


def test_jobs_run_in_the_order_of_their_time(note, noon, work, done):
    for minutes in (3, 1, 2):
        enqueue(note, now=noon, run_at=noon + timedelta(minutes=minutes), word=str(minutes))

    work(noon + timedelta(hours=1))

    assert done == ["1", "2", "3"]


def test_the_same_key_waits_only_once(note, noon, work, done):
    first = enqueue(note, now=noon, key="k", word="first")
    with transaction.atomic():
        second = enqueue(note, now=noon, key="k", word="second")
        third = enqueue(note, now=noon, key="other", word="third")  # the transaction is still usable

    assert second.pk == first.pk
    assert third.pk != first.pk
    work(noon)
    assert done == ["first", "third"]


def test_a_key_is_free_again_when_the_job_is_done(note, noon, work, done):
    enqueue(note, now=noon, key="k", word="one")
    work(noon)
    enqueue(note, now=noon, key="k", word="two")
    work(noon)

    assert done == ["one", "two"]


def test_without_a_key_every_job_is_its_own(note, noon):
    assert enqueue(note, now=noon).pk != enqueue(note, now=noon).pk


def test_what_is_asked_for_while_it_runs_runs_once_more(make_kind, noon, work, done):
    def index_later(*, again: bool) -> None:
        done.append(again)
        if len(done) == 1:
            enqueue(index, now=noon, key="k", again=True)
            enqueue(index, now=noon, key="k", again=True)

    index = make_kind(index_later)
    enqueue(index, now=noon, key="k", again=False)

    assert work(noon) == 2
    assert len(done) == 2
    assert Job.objects.get().state == "done"


def test_many_who_enqueue_the_same_key_at_once_make_one_job(note, noon):
    found: list[UUID] = []

    def enqueue_it():
        try:
            found.append(enqueue(note, now=noon, key="k").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=enqueue_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert {Job.objects.get().pk} == set(found)


def test_a_waiting_job_that_someone_shares_does_not_run_before_they_commit(note, noon, work):
    enqueue(note, now=noon, key="k")
    shared, commit = threading.Event(), threading.Event()

    def share():
        try:
            with transaction.atomic():
                enqueue(note, now=noon, key="k")
                shared.set()
                commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=share)
    thread.start()
    assert shared.wait(10)
    if connection.vendor == "postgresql":  # on SQLite a claim waits for the writer
        assert work(noon) == 0
    commit.set()
    thread.join()

    assert work(noon) == 1


def test_arguments_are_ids_and_plain_values(note, noon):
    subject = uuid4()

    assert Job.objects.get(pk=enqueue(note, now=noon, subject=subject).pk).arguments == {"subject": str(subject)}
    with pytest.raises(TypeError):
        enqueue(note, now=noon, subject=object())


def test_a_kind_of_job_takes_keywords_only_and_one_name_once(make_kind):
    with pytest.raises(ValueError, match="by keyword alone"):
        make_kind(lambda word: None, name="test.positional")
    with pytest.raises(ValueError, match="cannot be called key"):
        make_kind(lambda *, key: None, name="test.key")


def test_workers_are_woken_after_the_commit(note, noon, monkeypatch):
    woken = []
    monkeypatch.setattr(append, "wake_ups", [lambda: woken.append(Job.objects.count())])

    with transaction.atomic():
        enqueue(note, now=noon)
        assert woken == []

    assert woken == [1]


def test_a_failed_job_can_be_run_again(make_kind, noon, work, done):
    def open_later() -> None:
        if not done:
            done.append("closed")
            raise GiveUp("closed for ever")
        done.append("open")

    failed = enqueue(make_kind(open_later), now=noon, key="door")
    work(noon)

    assert run_again(job_id=failed.pk, now=noon).pk == failed.pk
    work(noon)
    assert done == ["closed", "open"]
    with pytest.raises(Job.DoesNotExist):
        run_again(job_id=failed.pk, now=noon)
