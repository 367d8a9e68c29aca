"""Read the event log from a position: polling for those without webhooks, and a conversation's history."""

from ninja import Query, Router

from ascolto.api import access
from ascolto.api.authenticate import ApiRequest, Caller
from ascolto.api.paging import read_position, write_cursor
from ascolto.api.problems import invalid
from ascolto.api.v1 import shapes
from ascolto.eventlog.event import KINDS, Recorded
from ascolto.eventlog.public import is_public, kind_of
from ascolto.eventlog.read import events_after, events_of

router = Router(tags=["Events"])
STEP = 500
SCAN_LIMIT = 2000  # events looked at in one call, so that a rare kind costs no more than a common one


def may_hear(record: Recorded, caller: Caller) -> bool:
    """The same right as to the thing itself (threat G9): a narrowed token hears of its inboxes alone."""
    if not is_public(kind_of(record)):
        return False
    return caller.inboxes is None or getattr(record.event, "inbox", None) in caller.inboxes


def shown(record: Recorded) -> shapes.Event:
    actor = record.event.actor
    return shapes.Event(
        position=record.position,
        id=record.id,
        kind=kind_of(record),
        at=record.at,
        subject=record.event.subject,
        actor=shapes.Actor(kind=actor.kind, id=actor.id),
        data=record.event.facts(),
    )


@router.get("/events", response=shapes.EventPage, operation_id="list_events", summary="Events after a position, oldest first")
def list_all(request: ApiRequest, query: Query[shapes.EventQuery]) -> shapes.EventPage:
    """
    Give `next` as `after` in the next call. It may move on while `items` is empty: there were events for others.

    With `wait` the answer comes when there is an event, or after so many seconds.
    """
    wanted = wanted_kinds(query.kinds)
    items: list[shapes.Event] = []
    position = query.after
    for _ in range(SCAN_LIMIT // STEP):
        records = events_after(position, limit=STEP)
        for record in records:
            position = record.position
            if (wanted is None or kind_of(record) in wanted) and may_hear(record, request.caller):
                items.append(shown(record))
                if len(items) == query.limit:
                    return shapes.EventPage(items=items, next=position)
        if len(records) < STEP:
            break
    return shapes.EventPage(items=items, next=position)


def wanted_kinds(written: str | None) -> frozenset[str] | None:
    """:raises Problem: 422, no such kind"""
    if written is None:
        return None
    known = {kind for kind in KINDS if is_public(kind)}
    wanted = frozenset(part.strip() for part in written.split(","))
    if unknown := sorted(wanted - known):
        raise invalid("kinds", f"unknown: {', '.join(unknown)[:200]}; known: {', '.join(sorted(known))}")
    return wanted


@router.get(
    "/conversations/{reference}/events",
    response=shapes.ListOf[shapes.Event],
    operation_id="list_conversation_events",
    summary="The history of a conversation, oldest first",
)
def history(request: ApiRequest, reference: str, query: Query[shapes.Paging]) -> shapes.ListOf[shapes.Event]:
    conversation = access.conversation(request.caller, reference)
    of = f"history:{conversation.pk}"
    after = read_position(query.cursor, of=of) if query.cursor is not None else 0
    records = events_of(conversation.pk, after=after, limit=query.limit + 1)
    page = records[: query.limit]
    following = write_cursor(str(page[-1].position), of=of) if len(records) > query.limit else None
    return shapes.ListOf[shapes.Event](items=[shown(each) for each in page if may_hear(each, request.caller)], next=following)
