"""Who hears what, in which order, and what becomes of those who are too slow or come back."""

import asyncio
from uuid import uuid4

from ascolto.eventlog.event import Actor, UnknownEvent
from ascolto.realtime import frames
from ascolto.realtime.hub import WINDOW, Hub
from ascolto.realtime.stream import QUEUE, Listener
from ascolto.realtime.topics import EVERYTHING, customer_topic, inbox_topic, topics_of
from tests.realtime.log import CUSTOMER, INBOX, OTHER_INBOX, Noted, Said, recorded


def listener(*topics: str, voice: frames.Voice = frames.for_colleague, kinds: frozenset[str] | None = None) -> Listener:
    return Listener(principal="user:1", topics=frozenset(topics), voice=voice, wants_kind=kinds.__contains__ if kinds else None)


def heard(one: Listener) -> str:
    """What waits to be sent, without the greeting."""
    if not one._waiting:
        return ""
    whole = asyncio.run(one.next()) or b""
    return whole.decode().partition("\n\n")[2] if whole.startswith(b"retry") else whole.decode()


def hub(count: int = 0) -> Hub:
    made = Hub()
    made.begin([], after=0, position=0)
    made.publish([recorded(position) for position in range(1, count + 1)])
    return made


def test_topics_are_the_inbox_and_what_the_customer_may_hear() -> None:
    said = recorded(1)
    noted = recorded(2, Noted(subject=uuid4()))
    unknown = recorded(3, UnknownEvent(subject=uuid4(), kind_as_written="x.done", facts_as_written={"inbox": str(INBOX)}))
    bare = recorded(4, UnknownEvent(subject=uuid4(), actor=Actor("system"), kind_as_written="y", facts_as_written={}))

    assert set(topics_of(said)) == {EVERYTHING, inbox_topic(INBOX), customer_topic(CUSTOMER)}
    assert set(topics_of(noted)) == {EVERYTHING, inbox_topic(INBOX)}
    assert set(topics_of(unknown)) == {EVERYTHING, inbox_topic(INBOX)}
    assert set(topics_of(bare)) == {EVERYTHING}


def test_a_listener_hears_its_own_topics_once_and_in_order() -> None:
    here = hub()
    both = listener(inbox_topic(INBOX), customer_topic(CUSTOMER))
    other = listener(inbox_topic(OTHER_INBOX))
    here.join(both, after=None)
    here.join(other, after=None)

    here.publish([recorded(1), recorded(2)])
    here.publish([recorded(2), recorded(3)])

    assert [line for line in heard(both).splitlines() if line.startswith("id")] == ["id: 1", "id: 2", "id: 3"]
    assert heard(other) == ""


def test_a_visitor_is_told_no_ids_of_the_house() -> None:
    frame = frames.for_visitor(recorded(5, Said(subject=uuid4(), actor=Actor("agent", "secret"), message=uuid4()))).decode()

    assert "secret" not in frame
    assert str(INBOX) not in frame
    assert '"message":' in frame


def test_coming_back_repeats_what_was_missed_of_its_topics() -> None:
    here = hub(5)
    back = listener(inbox_topic(INBOX))

    here.join(back, after=3)

    assert heard(back).count("data:") == 2


def test_a_place_outside_the_window_means_reset() -> None:
    here = hub(WINDOW + 10)
    late, in_time = listener(inbox_topic(INBOX)), listener(inbox_topic(INBOX))

    here.join(late, after=9)
    here.join(in_time, after=10)

    assert heard(late).startswith(f"id: {WINDOW + 10}\nevent: reset")
    assert heard(in_time).count("data:") == WINDOW
    here.publish([recorded(WINDOW + 11)])
    assert f"id: {WINDOW + 11}" in heard(late)


def test_o1_a_slow_listener_keeps_a_bounded_queue_and_is_told_to_load_anew() -> None:
    here = hub()
    slow = listener(inbox_topic(INBOX))
    here.join(slow, after=None)

    here.publish([recorded(position) for position in range(1, QUEUE * 2)])

    assert len(slow._waiting) == 1
    assert heard(slow).startswith(f"id: {QUEUE * 2 - 1}\nevent: reset")
    here.publish([recorded(QUEUE * 2)])
    assert f"id: {QUEUE * 2}\ndata" in heard(slow)


def test_gained_topics_are_told_from_where_the_listener_joined() -> None:
    here = hub(2)
    visitor = listener(voice=frames.for_visitor)
    here.join(visitor, after=None)
    here.publish([recorded(3)])

    here.change(visitor, frozenset({customer_topic(CUSTOMER)}))
    here.publish([recorded(4)])

    assert [line for line in heard(visitor).splitlines() if line.startswith("id")] == ["id: 3", "id: 4"]


def test_lost_topics_are_heard_no_more() -> None:
    here = hub()
    one = listener(inbox_topic(INBOX))
    here.join(one, after=None)

    here.change(one, frozenset())
    here.publish([recorded(1)])

    assert heard(one) == ""
    assert not here.by_topic


def test_kinds_narrow_what_is_heard() -> None:
    here = hub()
    one = listener(EVERYTHING, kinds=frozenset({"conversation.note_written"}))
    here.join(one, after=None)

    here.publish([recorded(1), recorded(2, Noted(subject=uuid4()))])

    assert heard(one).count("data:") == 1


def test_o5_a_quiet_listener_gets_a_sign_of_life_and_a_closed_one_ends() -> None:
    one = listener()

    one.beat()
    assert asyncio.run(one.next()) == frames.HEARTBEAT

    one.close(b"event: bye\n\n")
    one.close(b"again")
    assert asyncio.run(one.next()) == b"event: bye\n\n"
    assert asyncio.run(one.next()) is None


def test_o6_retry_hints_are_spread() -> None:
    here = hub()
    many = [listener() for _ in range(200)]
    for one in many:
        here.join(one, after=None)

    hints = {asyncio.run(one.next()) for one in many}

    assert len(hints) > 50


def test_whoever_joins_while_stopping_is_sent_away_with_a_hint() -> None:
    here = hub()
    here.close_all()
    one = listener()

    here.join(one, after=None)

    assert one.is_over
    assert (asyncio.run(one.next()) or b"").startswith(b"retry: ")
