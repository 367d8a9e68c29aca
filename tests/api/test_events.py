"""The log by polling: in order, from a position, without what is none of a program's business."""

import pytest

from ascolto.eventlog.read import last_position


def test_events_come_in_order_and_go_on_from_next(reader, conversation, anna_writes):
    first = reader.get("/events?limit=2").json()
    anna_writes("ancora", conversation)

    rest = reader.get(f"/events?after={first['next']}").json()
    nothing = reader.get(f"/events?after={rest['next']}").json()

    positions = [each["position"] for each in first["items"] + rest["items"]]
    assert positions == sorted(set(positions))
    assert rest["items"][-1]["kind"] == "conversation.message_received"
    assert rest["items"][-1]["data"]["number"] == conversation.number
    assert nothing == {"items": [], "next": rest["next"]}


def test_kinds_narrow_and_an_unknown_kind_is_named(reader, conversation):
    answer = reader.get("/events?kinds=conversation.started,customer.met").json()

    assert {each["kind"] for each in answer["items"]} == {"conversation.started", "customer.met"}
    assert answer["next"] == last_position()
    assert reader.get("/events?kinds=conversation.strated").json()["errors"][0]["path"] == "kinds"


def test_sign_ins_and_tokens_are_not_for_programs(reader, world):
    assert last_position() > 0

    kinds = {each["kind"] for each in reader.get("/events?limit=100").json()["items"]}
    assert not any(kind.startswith("account") for kind in kinds)
    assert reader.get("/events?kinds=account.token_created").status_code == 422


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=99999999999999999999", "wait=31", "wait=-1", "kinds=", "limit=0"]
)
def test_what_is_no_place_in_the_log_is_refused(reader, world, query):
    assert reader.get(f"/events?{query}").status_code == 422


def test_a_position_beyond_the_end_is_the_end(reader, world):
    assert reader.get("/events?after=999999").json() == {"items": [], "next": 999999}


def test_wait_is_known(reader, conversation):
    assert reader.get("/events?wait=1").json()["items"]
