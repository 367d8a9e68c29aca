"""Messages of a conversation, in and out, and its history."""

from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Status

from ascolto.api import access
from ascolto.api.authenticate import ApiRequest, Caller
from ascolto.api.paging import page_of
from ascolto.api.problems import Problem, invalid, not_yet
from ascolto.api.v1 import shapes
from ascolto.api.v1.arrival import earlier, let_in, source_of
from ascolto.api.v1.files import in_short
from ascolto.api.v1.words import read_words, refuse_silence, silence
from ascolto.channels.inbound import InboundMessage
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.note import write_note
from ascolto.conversations.reply import NothingSaid, write_reply
from ascolto.eventlog.event import Actor

router = Router(tags=["Messages"])


def shown(row: Message, caller: Caller) -> shapes.Message:
    """The shape of a message read with its author and its files."""
    own = source_of(caller, "m", "") or ""
    return shapes.Message(
        id=row.id,
        conversation=row.conversation_id,
        author=row.author_kind,  # type: ignore[arg-type]
        author_person=shapes.Person(id=row.author.id, name=row.author.name, email=row.author.email) if row.author else None,
        visibility=row.visibility,  # type: ignore[arg-type]
        body=row.text,
        body_html=row.html or None,
        created_at=row.at,
        sent_at=row.claimed_at,
        delivery=row.delivery,  # type: ignore[arg-type]
        delivery_note=row.delivery_note,
        is_automatic=row.is_automatic,
        external_id=row.source.removeprefix(own) if row.source and row.source.startswith(own) else None,
        attachments=[in_short(each.file) for each in row.attachments.all()],
    )


@router.get(
    "/conversations/{reference}/messages",
    response=shapes.ListOf[shapes.Message],
    operation_id="list_messages",
    summary="List the messages of a conversation, newest first",
)
def list_all(request: ApiRequest, reference: str, filters: Query[shapes.MessageFilter]) -> shapes.ListOf[shapes.Message]:
    """Notes among them: `visibility` is `internal`. Never show these to the customer."""
    conversation = access.conversation(request.caller, reference)
    rows = access.messages(conversation)
    if filters.visibility is not None:
        rows = rows.filter(visibility=filters.visibility)
    if filters.updated_since is not None:
        rows = rows.filter(at__gte=filters.updated_since)
    page = page_of(rows, of=f"messages:{conversation.pk}", limit=filters.limit, cursor=filters.cursor)
    return shapes.ListOf[shapes.Message](items=[shown(row, request.caller) for row in page.rows], next=page.next)


@router.post(
    "/conversations/{reference}/messages",
    response={201: shapes.Message, 200: shapes.Message},
    operation_id="write_message",
    summary="Write a reply, a note or a customer's message",
)
def write(request: ApiRequest, response: HttpResponse, reference: str, body: shapes.NewMessage) -> Status[shapes.Message]:
    """`author` says whose words they are. 201; 200 when your `external_id` had written it before."""
    caller = request.caller
    conversation = access.conversation(caller, reference)
    refuse_what_cannot_be(body)
    source = source_of(caller, "m", body.external_id)
    if (known := already_written(conversation, source)) is not None:
        return Status(200, shown(access.messages(conversation).get(pk=known), caller))
    if body.author == "customer":
        message_id = from_customer(request, conversation, body, source)
    else:
        message_id = from_us(request, conversation, body, source)
    return Status(201, shown(access.messages(conversation).get(pk=message_id), caller))


def refuse_what_cannot_be(body: shapes.NewMessage) -> None:
    if "send_at" in body.model_fields_set:
        raise not_yet("send_at")
    if body.author == "customer" and body.visibility == "internal":
        raise invalid("visibility", "a customer writes no internal notes")
    if body.author != "customer" and body.sent_at is not None:
        raise invalid("sent_at", "only for what a customer wrote")


def already_written(conversation: Conversation, source: str | None) -> UUID | None:
    """The id of the message that this external_id stands for. :raises Problem: 409, it is in another conversation"""
    if source is None:
        return None
    found = access.conversation_of(source)
    if found is not None and found[1] != conversation.pk:
        raise Problem("conflict", "This external_id belongs to a message of another conversation.")
    return found[0] if found else None


def from_customer(request: ApiRequest, conversation: Conversation, body: shapes.NewMessage, source: str | None) -> UUID:
    text, html = read_words(body.body, body.body_format)
    refuse_silence(text, body.attachments)
    message = InboundMessage(
        inbox=conversation.inbox_id,
        customer=conversation.customer_id,
        conversation=conversation.pk,
        text=text,
        html=html,
        at=request.now,
        source=source,
        claimed_at=earlier(body.sent_at, request.now),
        files=access.own_files(request.caller, body.attachments),
        file_owner=request.caller.owner,
        by=request.caller.actor,
    )
    return let_in(message).message


def from_us(request: ApiRequest, conversation: Conversation, body: shapes.NewMessage, source: str | None) -> UUID:
    text, html = read_words(body.body, body.body_format)
    refuse_silence(text, body.attachments)
    by = Actor("bot", request.caller.actor.id) if body.author == "bot" else request.caller.actor
    files = access.own_files(request.caller, body.attachments)
    try:
        if body.visibility == "internal":
            return write_note(
                conversation=conversation, text=text, by=by, author=None, at=request.now, files=files, source=source
            ).pk
        return write_reply(
            conversation=conversation, text=text, html=html, by=by, author=None, at=request.now, files=files, source=source
        ).pk
    except NothingSaid as error:
        raise silence() from error
