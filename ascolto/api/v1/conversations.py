"""Conversations: begin, list, read, change."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Query, Router, Status

from ascolto.api import access
from ascolto.api.authenticate import ApiRequest, Caller
from ascolto.api.etag import refuse_if_changed
from ascolto.api.paging import page_of
from ascolto.api.problems import Problem, invalid, not_found, not_yet
from ascolto.api.v1 import shapes
from ascolto.api.v1.arrival import begin_conversation
from ascolto.api.v1.customers import main_address
from ascolto.api.v1.fields import ATTRIBUTES_LIMIT
from ascolto.conversations.assign import MayNotHold, assign, assign_team
from ascolto.conversations.attributes import merge_attributes
from ascolto.conversations.models import Conversation
from ascolto.conversations.status import resolve, set_turn
from ascolto.conversations.tag import BadTags, set_priority, set_tags
from ascolto.search.find import MAX_MATCHES, find

router = Router(tags=["Conversations"])
NONE = "none"  # a filter's word for nobody
NOT_YET = ("snoozed_until", "queue", "reason")


def with_what_is_shown(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Two queries more, however many rows."""
    return rows.select_related("inbox", "customer", "assignee", "team").prefetch_related("tags", "customer__addresses")


def shown(row: Conversation) -> shapes.Conversation:
    """The shape of a conversation that was read with `with_what_is_shown`."""
    return shapes.Conversation(
        id=row.id,
        number=row.number,
        inbox=row.inbox.key,
        status=row.status,  # type: ignore[arg-type]
        priority=Conversation.Priority(row.priority).name.lower(),  # type: ignore[arg-type]
        subject=row.subject,
        preview=row.preview,
        language=row.language,
        customer=shapes.CustomerInShort(
            id=row.customer_id,
            name=row.customer.name,
            email=main_address(row.customer, "email"),
            external_id=row.customer.external_id,
        ),
        assignee=shapes.Person(id=row.assignee.id, name=row.assignee.name, email=row.assignee.email) if row.assignee else None,
        team=shapes.NamedTeam(id=row.team.id, name=row.team.name) if row.team else None,
        tags=sorted(tag.name for tag in row.tags.all()),
        attributes=row.attributes,
        external_id=row.external_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        last_message_at=row.last_message_at,
        waiting_since=row.waiting_since,
    )


def etag(row: Conversation) -> str:
    return f'"{row.version}"'


def read_again(caller: Caller, row_id: Any, response: HttpResponse) -> shapes.Conversation:
    """The conversation as it stands now, with its ETag on the response."""
    row = with_what_is_shown(access.conversations(caller).filter(pk=row_id)).first()
    if row is None:
        raise not_found()
    response["ETag"] = etag(row)
    return shown(row)


@router.post(
    "/conversations",
    response={201: shapes.Conversation, 200: shapes.Conversation},
    operation_id="begin_conversation",
    summary="Begin a conversation with a customer's message",
)
def begin(request: ApiRequest, response: HttpResponse, body: shapes.NewConversation) -> Status[shapes.Conversation]:
    """It is a message *from the customer*. 201; 200 when your `external_id` had begun it before."""
    received = begin_conversation(caller=request.caller, given=body, now=request.now)
    if body.tags and not received.is_repeated:
        conversation = access.conversation(request.caller, str(received.conversation))
        changed_tags(conversation, body.tags, request.caller, request.now)
    answer = read_again(request.caller, received.conversation, response)
    response["Location"] = f"/api/v1/conversations/{received.conversation}"
    return Status(200 if received.is_repeated else 201, answer)


@router.get(
    "/conversations",
    response=shapes.ListOf[shapes.Conversation],
    operation_id="list_conversations",
    summary="List conversations, newest first",
)
def list_all(request: ApiRequest, filters: Query[shapes.ConversationFilter]) -> shapes.ListOf[shapes.Conversation]:
    rows = filtered(access.conversations(request.caller), filters, request.caller)
    page = page_of(with_what_is_shown(rows), of="conversations", limit=filters.limit, cursor=filters.cursor)
    return shapes.ListOf[shapes.Conversation](items=[shown(row) for row in page.rows], next=page.next)


def filtered(rows: QuerySet[Conversation], filters: shapes.ConversationFilter, caller: Caller) -> QuerySet[Conversation]:
    for name in ("queue", "reason"):
        if getattr(filters, name) is not None:
            raise not_yet(name)
    if filters.status == "snoozed":
        raise not_yet("status")
    if filters.status is not None:
        rows = rows.filter(status=filters.status)
    if filters.priority is not None:
        rows = rows.filter(priority=Conversation.Priority[filters.priority.upper()])
    if filters.inbox is not None:
        rows = rows.filter(inbox__key=filters.inbox)
    if filters.tag is not None:
        rows = rows.filter(tags__name=filters.tag.strip().lower())
    if filters.customer is not None:
        rows = rows.filter(customer=filters.customer)
    if filters.updated_since is not None:
        rows = rows.filter(updated_at__gte=filters.updated_since)
    if filters.q is not None:
        found = find(filters.q, scopes=caller.inboxes, internal=True, limit=MAX_MATCHES)
        rows = rows.filter(pk__in=[match.group for match in found])
    return held_by(rows, filters)


def held_by(rows: QuerySet[Conversation], filters: shapes.ConversationFilter) -> QuerySet[Conversation]:
    if filters.assignee is not None:
        person = None if filters.assignee == NONE else access.colleague(filters.assignee)
        rows = rows.none() if person is None and filters.assignee != NONE else rows.filter(assignee=person)
    if filters.team is not None:
        team = None if filters.team == NONE else access.team(filters.team)
        rows = rows.none() if team is None and filters.team != NONE else rows.filter(team=team)
    return rows


@router.get(
    "/conversations/{reference}",
    response=shapes.Conversation,
    operation_id="read_conversation",
    summary="Read a conversation by id or number",
)
def read(request: ApiRequest, response: HttpResponse, reference: str) -> shapes.Conversation:
    return read_again(request.caller, access.conversation(request.caller, reference).pk, response)


@router.patch(
    "/conversations/{reference}",
    response=shapes.Conversation,
    operation_id="change_conversation",
    summary="Change status, holder, priority, tags or attributes",
)
def change(request: ApiRequest, response: HttpResponse, reference: str, body: shapes.ConversationChange) -> shapes.Conversation:
    """All of it is changed or nothing. With `If-Match` only if nobody changed it since you read it (412)."""
    for name in NOT_YET:
        if name in body.model_fields_set:
            raise not_yet(name)
    locked = access.locked_conversation(request.caller, reference)
    refuse_if_changed(request, etag(locked))
    for name in sorted(body.model_fields_set, key=list(CHANGES).index):
        CHANGES[name](locked, getattr(body, name), request.caller, request.now)
    return read_again(request.caller, locked.pk, response)


def changed_status(conversation: Conversation, status: str | None, caller: Caller, now: datetime) -> None:
    if status is None:
        raise invalid("status", "open, waiting or resolved")
    if status == "snoozed":
        raise not_yet("status")
    if status == "resolved":
        resolve(conversation=conversation, by=caller.actor, at=now)
    else:
        set_turn(conversation=conversation, status=status, by=caller.actor, at=now)


def changed_assignee(conversation: Conversation, reference: str | None, caller: Caller, now: datetime) -> None:
    person = None if reference is None else access.colleague(reference)
    refusal = invalid("assignee", "no active colleague who may see this conversation")
    if reference is not None and person is None:
        raise refusal
    try:
        assign(conversation=conversation, to=person, by=caller.actor, at=now)
    except MayNotHold as error:
        raise refusal from error


def changed_team(conversation: Conversation, reference: str | None, caller: Caller, now: datetime) -> None:
    team = None if reference is None else access.team(reference)
    if reference is not None and team is None:
        raise invalid("team", "there is no such team")
    assign_team(conversation=conversation, to=team, by=caller.actor, at=now)


def changed_priority(conversation: Conversation, priority: str | None, caller: Caller, now: datetime) -> None:
    if priority is None:
        raise invalid("priority", "low, normal, high or urgent")
    set_priority(conversation=conversation, priority=Conversation.Priority[priority.upper()], by=caller.actor, at=now)


def changed_tags(conversation: Conversation, tags: list[str] | None, caller: Caller, now: datetime) -> None:
    try:
        set_tags(conversation=conversation, names=tags or [], by=caller.actor, at=now)
    except BadTags as error:
        raise invalid("tags", "at most 20 tags of at most 50 characters") from error


def changed_attributes(conversation: Conversation, attributes: dict[str, Any] | None, caller: Caller, now: datetime) -> None:
    if attributes is None:
        raise invalid("attributes", "an object; to take one away give it null")
    if len({**conversation.attributes, **attributes}) > ATTRIBUTES_LIMIT:
        raise Problem("invalid", f"A conversation has at most {ATTRIBUTES_LIMIT} attributes.")
    merge_attributes(conversation=conversation, attributes=attributes, at=now)


# In the order in which they are made: who holds it before whose turn it is.
CHANGES: dict[str, Callable[[Conversation, Any, Caller, datetime], None]] = {
    "attributes": changed_attributes,
    "priority": changed_priority,
    "tags": changed_tags,
    "team": changed_team,
    "assignee": changed_assignee,
    "status": changed_status,
}
