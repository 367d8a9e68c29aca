"""The writer: many callers, one transaction, each answered after the commit."""

import asyncio
import threading
from concurrent.futures import Future
from uuid import UUID

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, connection, transaction

from ascolto.database import writer as writer_module
from ascolto.database.ids import new_id
from ascolto.database.writer import Writer, WriterFull, WriterStopped, WriterUnavailable

pytestmark = pytest.mark.django_db(transaction=True)

calls: list[list[str]] = []


@pytest.fixture(autouse=True)
def no_calls_yet():
    calls.clear()


@pytest.fixture
def writer():
    one = Writer(max_queue=500, max_batch=200)
    yield one
    one.stop(10)


def keep(names):
    """A bulk verb over a table that every desk has: one row per name."""
    calls.append(list(names))
    if "poison" in names:
        raise ValueError("poison")
    ContentType.objects.bulk_create(ContentType(app_label="writer", model=name) for name in names)
    return [f"kept {name}" for name in names]


def refuse_some(names):
    return [KeyError(name) if name.startswith("bad") else name for name in names]


def kept() -> list[str]:
    return list(ContentType.objects.filter(app_label="writer").order_by("pk").values_list("model", flat=True))


def held_back(writer: Writer, names: list[str], verb=keep) -> list[Future]:
    """Queue names while the writer is busy, so that they form one batch."""
    busy, go_on = threading.Event(), threading.Event()

    def wait(items):
        busy.set()
        go_on.wait(10)
        return items

    writer.start()
    writer.submit(wait, "wait")
    assert busy.wait(10)
    try:
        return [writer.submit(verb, name) for name in names]
    finally:
        go_on.set()


def test_units_are_written_in_order_by_one_call_and_each_hears_its_own_result(writer):
    answers = held_back(writer, [f"n{number}" for number in range(100)])

    assert [answer.result(10) for answer in answers] == [f"kept n{number}" for number in range(100)]
    assert kept() == [f"n{number}" for number in range(100)]
    assert len(calls) == 1
    assert writer.stats.batches == 2


def test_an_answer_comes_after_the_commit(writer):
    writer.start()

    writer.submit(keep, "one").result(10)

    assert kept() == ["one"]  # seen by another connection


def test_one_failing_unit_harms_no_other(writer):
    answers = held_back(writer, ["a", "poison", "b"])

    assert answers[0].result(10) == "kept a"
    with pytest.raises(ValueError, match="poison"):
        answers[1].result(10)
    assert answers[2].result(10) == "kept b"
    assert kept() == ["a", "b"]
    assert writer.stats.failed == 1


def test_a_unit_that_breaks_a_constraint_harms_no_other(writer):
    ContentType.objects.create(app_label="writer", model="taken")

    answers = held_back(writer, ["a", "taken", "b"])

    assert [answer.exception(10) is None for answer in answers] == [True, False, True]
    assert kept() == ["taken", "a", "b"]


def test_a_result_that_is_an_exception_is_raised_at_its_own_caller(writer):
    good, bad = held_back(writer, ["good", "bad"], refuse_some)

    assert good.result(10) == "good"
    with pytest.raises(KeyError):
        bad.result(10)


def test_a_verb_that_answers_for_fewer_than_it_was_given_fails_its_callers(writer):
    writer.start()

    answer = writer.submit(lambda items: [], "one")

    with pytest.raises(ValueError, match="0 results for 1 items"):
        answer.result(10)


def test_two_verbs_share_a_transaction(writer):
    answers = [*held_back(writer, ["a"]), writer.submit(refuse_some, "good"), writer.submit(keep, "b")]

    assert [answer.result(10) for answer in answers] == ["kept a", "good", "kept b"]


def test_what_fails_after_the_commit_does_not_write_twice(writer):
    def keep_and_stumble(names):
        transaction.on_commit(lambda: 1 / 0)
        return keep(names)

    writer.start()

    assert writer.submit(keep_and_stumble, "once").result(10) == "kept once"
    assert kept() == ["once"]
    assert len(calls) == 1


def test_a_caller_who_cancels_before_the_batch_is_left_out(writer):
    busy, go_on = threading.Event(), threading.Event()
    writer.start()
    writer.submit(lambda items: (busy.set(), go_on.wait(10), items)[2], "wait")
    assert busy.wait(10)
    stays, leaves = writer.submit(keep, "stays"), writer.submit(keep, "leaves")

    assert leaves.cancel()
    go_on.set()

    assert stays.result(10) == "kept stays"
    assert kept() == ["stays"]


def test_a_caller_of_the_loop_who_goes_away_disturbs_nobody_and_is_still_written(writer):
    async def three_callers_one_leaves():
        tasks = [asyncio.create_task(writer.write(keep, name)) for name in ("a", "leaves", "b")]
        await asyncio.sleep(0)
        tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    writer.start()
    answers = asyncio.run(three_callers_one_leaves())

    assert [answers[0], answers[2]] == ["kept a", "kept b"]
    assert isinstance(answers[1], asyncio.CancelledError)
    assert writer.submit(keep, "after").result(10) == "kept after"
    assert kept() == ["a", "leaves", "b", "after"]


def test_a_loop_hears_of_a_whole_batch_by_one_call(writer, monkeypatch):
    async def hundred():
        loop = asyncio.get_running_loop()
        heard = []
        plainly = loop.call_soon_threadsafe
        monkeypatch.setattr(loop, "call_soon_threadsafe", lambda *rest: (heard.append(rest), plainly(*rest))[1])
        writes = [asyncio.create_task(writer.write(keep, f"n{number}")) for number in range(100)]
        await asyncio.gather(*writes)
        return len(heard)

    writer.start()

    assert asyncio.run(hundred()) <= writer.stats.batches


def test_a_loop_that_closed_meanwhile_does_not_stop_the_writer(writer):
    held_back(writer, [])
    loop = asyncio.new_event_loop()
    answer = loop.create_future()
    loop.close()

    writer_module.tell([writer_module.Unit(keep, "gone", answer, loop)], ["kept gone"])

    assert writer.submit(keep, "next").result(10) == "kept next"


def test_a_full_writer_refuses_at_once():
    small = Writer(max_queue=2)

    with pytest.raises(WriterFull):
        held_back(small, ["a", "b", "c"])

    assert small.stats.refused == 1
    assert small.stop(10)
    assert kept() == ["a", "b"]


def test_stop_writes_what_waits_and_then_takes_nothing_more(writer):
    answers = held_back(writer, [f"n{number}" for number in range(450)])

    assert writer.stop(10)

    assert all(answer.done() for answer in answers)
    assert len(kept()) == 450
    with pytest.raises(WriterStopped):
        writer.submit(keep, "late")


def test_a_stop_that_takes_too_long_tells_those_who_wait():
    slow = Writer(max_batch=1)
    begun, go_on = threading.Event(), threading.Event()
    slow.start()
    first = slow.submit(lambda items: (begun.set(), go_on.wait(10), items)[2], "slow")
    assert begun.wait(10)
    second = slow.submit(keep, "never")

    assert not slow.stop(0.05)
    go_on.set()

    assert first.result(10) == "slow"
    with pytest.raises(WriterStopped):
        second.result(10)
    assert kept() == []


def test_a_writer_can_be_started_again(writer):
    writer.start()
    writer.stop(10)
    writer.start()

    assert writer.submit(keep, "again").result(10) == "kept again"


def test_a_batch_whose_connection_breaks_is_tried_again(writer):
    tries = []

    def lose_the_connection_once(names):
        tries.append(1)
        if len(tries) == 1:
            connection.connection.close()
            raise OperationalError("server closed the connection")
        return keep(names)

    writer.start()

    assert writer.submit(lose_the_connection_once, "safe").result(10) == "kept safe"
    assert kept() == ["safe"]


def test_a_killed_postgres_backend_is_survived(writer):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no backend to kill")
    tries = []

    def be_killed_once(names):
        tries.append(1)
        if len(tries) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return keep(names)

    writer.start()

    assert writer.submit(be_killed_once, "safe").result(10) == "kept safe"
    assert kept() == ["safe"]


def test_a_database_that_stays_away_is_told_to_the_callers(writer, monkeypatch):
    monkeypatch.setattr(writer_module, "BACK_OFF_S", (0.01, 0.01))

    def stay_away(names):
        raise OperationalError("no route")

    answers = held_back(writer, ["a", "b"], stay_away)

    for answer in answers:
        with pytest.raises(WriterUnavailable):
            answer.result(10)
    assert writer.submit(keep, "back").result(10) == "kept back"


def test_many_threads_and_poison_lose_nothing_and_write_nothing_twice(writer):
    def send(part, answers):
        for number in range(40):
            name = f"{part}-{number}"
            answers[name] = writer.submit(keep_unless_odd, name)

    def keep_unless_odd(names):
        if any(name.endswith("7") for name in names):
            raise ValueError("seven")
        return keep(names)

    writer.start()
    answers: dict[str, Future] = {}
    threads = [threading.Thread(target=send, args=(part, answers)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.stop(10)

    told = [name for name, answer in answers.items() if answer.exception() is None]
    assert sorted(kept()) == sorted(told)
    assert len(told) == 4 * 36


def test_ids_made_one_after_the_other_sort_so():
    ids: list[UUID] = [new_id() for _ in range(100)]

    assert sorted(ids) == ids
