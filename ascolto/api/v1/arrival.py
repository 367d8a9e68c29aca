"""A conversation that another system hands over: which inbox, which customer, and in through the one door for messages."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from ascolto.api import access
from ascolto.api.authenticate import Caller
from ascolto.api.problems import Problem, invalid
from ascolto.api.v1 import shapes
from ascolto.api.v1.fields import CLOCK_SLACK
from ascolto.api.v1.words import read_words, refuse_silence
from ascolto.channels.configure import make_inbox
from ascolto.channels.inbound import InboundMessage, NotYours, accept
from ascolto.conversations.models import Inbox
from ascolto.conversations.receive import Received, TooManyFiles
from ascolto.people.identify import Claim, known
from ascolto.text.language import guess
from ascolto.text.normalise import normalise_line
from ascolto.workspace.numbers import NotSetUp
from ascolto.workspace.queries import workspace

API_KEY = "api"  # of the inbox that is made when there is none of kind api
OLDEST = timedelta(days=365 * 30)


def begin_conversation(*, caller: Caller, given: shapes.NewConversation, now: datetime) -> Received:
    """
    Let a customer's first message in. Twice with the same `external_id` returns the first.

    :raises Problem: 422 for what cannot be, 409 when another token has used the external_id
    """
    text, html = read_words(given.body, given.body_format)
    refuse_silence(text, given.attachments)
    inbox = inbox_for(caller, given.inbox, now)
    source = source_of(caller, "c", given.external_id)
    if given.external_id is not None and source is not None and not access.conversation_of(source):
        refuse_taken(given.external_id)
    customer, claim = who(caller, given.customer)
    return let_in(
        InboundMessage(
            inbox=inbox.id,
            text=text,
            html=html,
            at=now,
            source=source,
            files=access.own_files(caller, given.attachments),
            file_owner=caller.owner,
            claimed_at=earlier(given.sent_at, now),
            customer=customer,
            claim=claim,
            subject=normalise_line(given.subject or ""),
            language=given.customer.language or guess(text) or inbox.language,
            external_id=given.external_id,
            attributes={name: value for name, value in (given.attributes or {}).items() if value is not None},
            by=caller.actor,
        )
    )


def let_in(message: InboundMessage) -> Received:
    """:raises Problem: 422, 409"""
    try:
        return accept(message)
    except TooManyFiles as error:
        raise invalid("attachments", "too many files for one message") from error
    except NotYours as error:
        raise Problem("conflict", "The customer of this conversation has been forgotten.") from error


def source_of(caller: Caller, kind: str, external_id: str | None) -> str | None:
    """What makes a repeated message the same one: the token, what it is (c conversation, m message) and its own id."""
    return None if external_id is None else f"a:{caller.token.pk}:{kind}:{external_id}"


def refuse_taken(external_id: str) -> None:
    if access.is_taken(external_id):
        raise Problem("conflict", "Another conversation has this external_id.")


def inbox_for(caller: Caller, key: str | None, now: datetime) -> Inbox:
    """The named inbox, or the first of kind api; that one is made when there is none."""
    rows = access.inboxes(caller).filter(is_active=True)
    if key is not None:
        found = rows.filter(key=key).first()
        if found is None:
            raise invalid("inbox", "no such inbox, or not for this token; see GET /inboxes")
        return found
    found = rows.filter(kind=Inbox.Kind.API).order_by("created_at", "id").first()
    if found is not None:
        return found
    if caller.inboxes is not None:
        raise invalid("inbox", "this token is narrowed to inboxes: name one of them")
    return first_api_inbox(now)


def first_api_inbox(now: datetime) -> Inbox:
    desk = workspace()
    if desk is None:
        raise NotSetUp
    try:
        with transaction.atomic():
            return make_inbox(name="API", kind=Inbox.Kind.API, language=desk.language, at=now, key=API_KEY)
    except IntegrityError:  # another request was first, or the key names a door of another kind
        found = Inbox.objects.filter(key=API_KEY, kind=Inbox.Kind.API, is_active=True).first()
        return found or make_inbox(name="API", kind=Inbox.Kind.API, language=desk.language, at=now)


def who(caller: Caller, given: shapes.CustomerClaim) -> tuple[UUID | None, Claim | None]:
    """The known customer, or the claim to meet one by. :raises Problem: 422"""
    if given.id is None:
        return None, claim_of(caller, given)
    if given.model_fields_set - {"id"}:
        raise invalid("customer", "give either id or what they are known by; PATCH /customers/{id} changes them")
    if not access.customers(caller).filter(pk=given.id).exists():
        raise invalid("customer.id", "no such customer, or not for this token")
    return given.id, None


def claim_of(caller: Caller, given: shapes.CustomerClaim | shapes.NewCustomer) -> Claim:
    """What is said of a customer. A token is trusted: what it says is proven, unless that would show it a stranger."""
    if not (given.external_id or given.email or given.phone or (given.name and given.name.strip())):
        raise invalid("customer", "give external_id, email, phone or at least a name")
    claim = Claim(
        name=given.name or "",
        email=given.email or "",
        phone=given.phone or "",
        external_id=given.external_id or "",
        language=given.language or "",
        attributes={name: value for name, value in (given.attributes or {}).items() if value is not None},
        is_proven=True,
    )
    stranger = known(claim)
    is_seen = stranger is None or access.customers(caller).filter(pk=stranger.pk).exists()
    return claim if is_seen else replace(claim, is_proven=False)


def earlier(sent_at: datetime | None, now: datetime) -> datetime | None:
    """:raises Problem: 422, the message was written after it arrived, or before there was mail"""
    if sent_at is not None and not now - OLDEST < sent_at < now + CLOCK_SLACK:
        raise invalid("sent_at", "not in the future, and not before the desk's time")
    return sent_at
