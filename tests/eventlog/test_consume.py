"""Reactions are fed at least once, in order, and one event that cannot be taken stops nobody for ever."""

from datetime import timedelta

import pytest
from django.db import transaction

from ascolto.eventlog import consume, models, read
from ascolto.eventlog.consume import RETRY_AFTER, NotSetAside, feed, lag, offer_again, rebuild, set_aside_list
from ascolto.eventlog.reaction import Reactions
from tests.eventlog.bell import BellRang

pytestmark = pytest.mark.django_db(transaction=True)


def picky(heard, refuse):
    """Takes every ring but those of `refuse` times."""

    def take(recorded):
        if recorded.event.times in refuse:
            raise ValueError(f"{recorded.event.times} is too loud")
        heard.append(recorded.event.times)
        models.SetAside.objects.create(consumer="ink", position=recorded.position, error="", at=recorded.at)

    return Reactions("picky", {BellRang: take})


def written() -> int:
    return models.SetAside.objects.filter(consumer="ink").count()


def test_events_come_in_order_and_once(ring, noon, listener, heard):
    ring(1, 2, 3)

    fed = feed(listener, now=noon, worker="a")

    assert heard == [1, 2, 3]
    assert fed == consume.Fed(3, 0, read.last_position())
    assert feed(listener, now=noon, worker="a").count == 0
    assert heard == [1, 2, 3]


def test_a_long_log_is_fed_in_batches(ring, noon, listener, heard):
    ring(*range(25))

    counts = [feed(listener, now=noon, worker="a", batch=10).count for _ in range(4)]

    assert counts == [10, 10, 5, 0]
    assert heard == list(range(25))


def test_who_wants_events_one_by_one_keeps_each_when_the_next_fails(ring, polish, noon, heard):
    ring(1, 2, 3)
    polish()
    refuse = {3}
    reactions = Reactions("single", picky(heard, refuse).table, one_by_one=True)

    feed(reactions, now=noon, worker="a")
    assert (heard, written()) == ([1, 2], 2)

    refuse.clear()
    again = noon + RETRY_AFTER[0]
    fed = [feed(reactions, now=at, worker="a") for at in (again, again + consume.MOVE_EVERY)]
    assert [each.count for each in fed] == [1, 0]
    assert heard == [1, 2, 3]
    assert fed[1].lag == 0


def test_a_batch_that_takes_long_is_committed_in_parts(ring, noon, listener, heard, monkeypatch):
    monkeypatch.setattr(consume, "HOLD_S", 0)
    ring(1, 2, 3)

    fed = feed(listener, now=noon, worker="a")

    assert (fed.count, fed.lag) == (1, 2)
    assert heard == [1]


def prepared(heard):
    """Works out outside a transaction what it hears, and hears it inside."""

    def prepare(batch):
        assert not transaction.get_connection().in_atomic_block
        times = [each.event.times for each in batch]

        def write() -> None:
            assert transaction.get_connection().in_atomic_block
            for count in times:
                take(count)

        return write

    def take(count):
        if count == 99:
            raise ValueError("too loud")
        heard.append(count)

    return Reactions("prepared", {BellRang: lambda recorded: take(recorded.event.times)}, prepare=prepare)


def test_what_was_prepared_is_written_with_the_cursor_a_short_batch_at_a_time(ring, noon, heard):
    ring(*range(consume.PREPARED + 1))

    fed = [feed(prepared(heard), now=noon, worker="a") for _ in range(2)]

    assert [(each.count, each.lag) for each in fed] == [(consume.PREPARED, 1), (1, 0)]
    assert heard == list(range(consume.PREPARED + 1))


def test_what_was_prepared_and_cannot_be_written_is_taken_one_by_one(ring, noon, heard):
    ring(1, 99, 2)

    feed(prepared(heard), now=noon, worker="a")

    assert heard == [1, 1]
    assert consume.failing_consumers() == ["prepared"]


def test_events_of_other_kinds_are_passed(ring, polish, noon, listener, heard):
    polish()
    ring(1)
    polish()

    fed = feed(listener, now=noon, worker="a")

    assert heard == [1]
    assert (fed.lag, lag("listener")) == (0, 0)
    polish()
    assert feed(listener, now=noon + consume.MOVE_EVERY / 2, worker="a").count == 0
    assert lag("listener") == 1  # each move is a transaction: not for every event of another kind
    assert feed(listener, now=noon + consume.MOVE_EVERY, worker="a").count == 0
    assert lag("listener") == 0


def test_a_consumer_that_was_never_fed_is_behind_by_the_whole_log(ring):
    ring(1)

    assert lag("nobody") == read.last_position()


def test_what_a_reaction_writes_and_the_cursor_are_one_transaction(ring, noon, heard):
    ring(1, 2, 99, 3)
    reactions = picky(heard, {99})

    feed(reactions, now=noon, worker="a")

    assert written() == 2
    assert heard == [1, 2, 1, 2]  # the batch was undone and run one by one: reactions may run twice
    assert consume.failing_consumers() == ["picky"]


def test_q6_a_poison_event_is_tried_five_times_and_set_aside(ring, noon, heard):
    ring(1, 99, 2)
    reactions = picky(heard, {99})
    at = noon
    for wait in RETRY_AFTER:
        feed(reactions, now=at, worker="a")
        assert feed(reactions, now=at + wait - timedelta(milliseconds=1), worker="a").count == 0
        assert set_aside_list() == [] or written() == 1
        at += wait

    feed(reactions, now=at, worker="a")
    feed(reactions, now=at, worker="a")

    [aside] = [row for row in set_aside_list() if row.consumer == "picky"]
    assert aside.error == "ValueError: 99 is too loud"
    assert aside.kind == "bell.rang"
    assert heard[-1] == 2
    assert lag("picky") == 0
    assert consume.failing_consumers() == []


def test_an_event_that_works_on_a_later_try_is_not_set_aside(ring, noon, heard):
    refuse = {99}
    ring(99, 2)
    reactions = picky(heard, refuse)
    feed(reactions, now=noon, worker="a")

    refuse.clear()
    feed(reactions, now=noon + RETRY_AFTER[0], worker="a")
    feed(reactions, now=noon + RETRY_AFTER[0], worker="a")

    assert heard == [99, 2]
    assert [row for row in set_aside_list() if row.consumer == "picky"] == []


def set_one_aside(reactions, noon):
    at = noon
    for wait in (*RETRY_AFTER, timedelta(0)):
        feed(reactions, now=at, worker="a")
        at += wait


def test_an_event_set_aside_can_be_offered_again(ring, noon, heard):
    refuse = {99}
    ring(99)
    reactions = picky(heard, refuse)
    set_one_aside(reactions, noon)
    position = read.last_position()

    with pytest.raises(ValueError):
        offer_again(reactions, position=position)
    assert [row.position for row in set_aside_list()] == [position]
    refuse.clear()
    offer_again(reactions, position=position)

    assert heard == [99]
    with pytest.raises(NotSetAside):
        offer_again(reactions, position=position)


def test_of_two_workers_one_feeds_a_consumer(ring, noon, listener, heard):
    ring(1)
    feed(listener, now=noon, worker="a")
    ring(2)

    assert feed(listener, now=noon, worker="b") == consume.Fed(0, 1, read.last_position() - 1)
    assert heard == [1]


def test_a_worker_that_vanished_is_replaced_when_its_lease_is_over(ring, noon, listener, heard):
    ring(1)
    feed(listener, now=noon, worker="a")
    ring(2)

    feed(listener, now=noon + consume.LEASE, worker="b")

    assert heard == [1, 2]


def test_a_worker_that_stops_in_order_is_replaced_at_once(ring, noon, listener, heard):
    ring(1)
    feed(listener, now=noon, worker="a")
    ring(2)
    consume.let_go(worker="a")

    assert feed(listener, now=noon, worker="b").count == 1


def test_q5_a_worker_that_slept_past_its_lease_moves_nothing_and_leaves_nothing(ring, noon, heard):
    ring(1)
    overtaken = []

    def sleep_too_long(recorded):
        models.SetAside.objects.create(consumer="ink", position=recorded.position, error="", at=recorded.at)
        heard.append(recorded.event.times)
        if not overtaken:
            overtaken.append(1)  # meanwhile another worker finds the lease over and takes the consumer
            models.Cursor.objects.filter(consumer="sleeper").update(held_by="b")

    sleeper = Reactions("sleeper", {BellRang: sleep_too_long})
    fed = feed(sleeper, now=noon, worker="a")

    assert fed.count == 0
    assert written() == 0
    assert lag("sleeper") > 0


def test_q5_a_lease_taken_by_another_between_two_batches_is_seen(ring, noon, listener, heard):
    ring(1)
    feed(listener, now=noon, worker="a")
    feed(listener, now=noon + consume.LEASE, worker="b")
    ring(2)
    feed(listener, now=noon + consume.LEASE, worker="b")

    assert feed(listener, now=noon + timedelta(seconds=1), worker="a").count == 0
    assert heard == [1, 2]


def test_a_rebuilt_consumer_hears_the_whole_log_again(ring, noon, listener, heard):
    ring(1, 2)
    feed(listener, now=noon, worker="a")

    rebuild(listener)
    feed(listener, now=noon, worker="a")

    assert heard == [1, 2, 1, 2]


def test_nothing_is_written_when_there_is_nothing_to_feed(ring, noon, listener, django_assert_num_queries):
    ring(1)
    feed(listener, now=noon, worker="a")

    with django_assert_num_queries(2):
        feed(listener, now=noon, worker="a")


def test_what_a_reaction_appends_is_fed_to_the_next_consumer(ring, polish, noon, listener, heard):
    bellboy = Reactions("bellboy", {BellRang: lambda recorded: ring(5) if recorded.event.times == 1 else None})
    ring(1)

    feed(bellboy, now=noon, worker="a")
    feed(listener, now=noon, worker="a")

    assert heard == [1, 5]
    assert not transaction.get_connection().in_atomic_block
