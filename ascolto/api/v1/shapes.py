"""The JSON shape of each resource, in one place, typed."""

from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import Field

from ascolto.api.v1.fields import Attributes, Email, ExternalId, Given, Line, Moment, Phone, Shape

Item = TypeVar("Item")
Status = Literal["open", "waiting", "snoozed", "resolved"]
Priority = Literal["low", "normal", "high", "urgent"]
BodyFormat = Literal["text", "html"]
Language = Literal["it", "en"]
BODY_CHARS = 1_000_000  # before the border of text/normalise.py, which keeps 100,000 of plain text


class ListOf(Shape, Generic[Item]):
    """One page. `next` is the cursor of the next page, null on the last."""

    items: list[Item]
    next: str | None


class Fault(Shape):
    """One place of a request that is not as it should be."""

    path: str
    message: str


class Problem(Shape):
    """An error as RFC 9457 writes it; `type` is stable."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault]
    request_id: str


class Person(Shape):
    """A colleague."""

    id: UUID
    name: str
    email: str


class NamedTeam(Shape):
    id: UUID
    name: str


class CustomerInShort(Shape):
    """Who a conversation is with; the rest is at /customers/{id}."""

    id: UUID
    name: str
    email: str | None
    external_id: str | None


class Conversation(Shape):
    id: UUID
    number: int
    inbox: str = Field(description="Public key of the inbox.")
    status: Status
    priority: Priority
    subject: str
    preview: str
    language: str
    customer: CustomerInShort
    assignee: Person | None
    team: NamedTeam | None
    tags: list[str]
    attributes: dict[str, Any]
    external_id: str | None
    created_at: Moment
    updated_at: Moment
    last_message_at: Moment
    waiting_since: Moment | None = Field(description="The customer's first word that nobody has answered yet.")


class CustomerClaim(Given):
    """Who writes: one known by `id`, or found or made from `external_id`, `email` or `phone`."""

    id: UUID | None = None
    external_id: ExternalId | None = None
    email: Email | None = None
    phone: Phone | None = None
    name: Line | None = None
    language: Language | None = None
    attributes: Attributes | None = None


class NewConversation(Given):
    """A message from a customer that begins a conversation."""

    inbox: str | None = Field(None, max_length=40, description="Public key; without it the first inbox of kind api.")
    customer: CustomerClaim
    subject: Line | None = None
    body: str = Field(max_length=BODY_CHARS)
    body_format: BodyFormat = "text"
    sent_at: Moment | None = Field(None, description="When the customer wrote it, if that was earlier.")
    external_id: ExternalId | None = Field(None, description="Your own id; the same again returns the first conversation.")
    tags: list[Line] | None = Field(None, max_length=20)
    attributes: Attributes | None = None
    attachments: list[UUID] = Field([], max_length=50, description="Ids from POST /files.")


class ConversationChange(Given):
    """What is given is changed; null means nobody, none."""

    status: Status | None = None
    assignee: str | None = Field(None, max_length=254, description="Id or e-mail address of a colleague; null: nobody.")
    team: str | None = Field(None, max_length=100, description="Id or name of a team; null: none.")
    priority: Priority | None = None
    tags: list[Line] | None = Field(None, max_length=20, description="All tags it shall have.")
    attributes: Attributes | None = Field(None, description="Set beside those that are there; null takes one away.")
    snoozed_until: Moment | None = Field(None, description="Not yet.")
    queue: str | None = Field(None, description="Not yet.")
    reason: str | None = Field(None, description="Not yet.")


class FileInShort(Shape):
    id: UUID
    name: str
    size: int
    type: str


class File(FileInShort):
    """`url` opens the bytes for a few minutes; ask again for a fresh one."""

    url: str
    url_expires_at: Moment


class Message(Shape):
    id: UUID
    conversation: UUID
    author: Literal["customer", "agent", "bot"]
    author_person: Person | None = Field(description="The colleague who wrote it; null for customers, bots and tokens.")
    visibility: Literal["public", "internal"]
    body: str = Field(description="Plain text, always.")
    body_html: str | None = Field(description="Safe HTML, when it came as HTML.")
    created_at: Moment
    sent_at: Moment | None = Field(description="When the sender says it was written.")
    delivery: Literal["", "live", "queued", "sent", "delivered", "read", "failed"]
    delivery_note: str = Field(description="Why it waits or failed, in the desk's language; empty when there is nothing to say.")
    is_automatic: bool = Field(description="A machine wrote it (out of office): it takes no turn and wants no answer.")
    external_id: str | None = Field(description="As this token gave it; null for messages of others.")
    attachments: list[FileInShort]


class NewMessage(Given):
    body: str = Field("", max_length=BODY_CHARS)
    body_format: BodyFormat = "text"
    author: Literal["agent", "customer", "bot"]
    visibility: Literal["public", "internal"] = "public"
    attachments: list[UUID] = Field([], max_length=50, description="Ids from POST /files.")
    sent_at: Moment | None = Field(None, description="When a customer wrote it, if that was earlier.")
    send_at: Moment | None = Field(None, description="Not yet.")
    external_id: ExternalId | None = Field(None, description="Your own id; the same again returns the first message.")


class Address(Shape):
    kind: Literal["email", "phone", "telegram", "custom"]
    value: str
    is_proven: bool = Field(description="Proven by an identity token, an API token or a link that came back.")


class Customer(Shape):
    id: UUID
    name: str
    email: str | None
    phone: str | None
    external_id: str | None
    language: str
    attributes: dict[str, Any]
    addresses: list[Address]
    created_at: Moment
    updated_at: Moment


class NewCustomer(Given):
    external_id: ExternalId | None = None
    email: Email | None = None
    phone: Phone | None = None
    name: Line | None = None
    language: Language | None = None
    attributes: Attributes | None = None


class CustomerChange(Given):
    name: Line | None = None
    external_id: ExternalId | None = None
    language: Language | None = None
    attributes: Attributes | None = Field(None, description="Set beside those that are there; null takes one away.")
    email: str | None = Field(None, description="Not yet.")
    phone: str | None = Field(None, description="Not yet.")


class Actor(Shape):
    kind: str
    id: str


class Event(Shape):
    """A fact of the log: ids and small facts, never words."""

    position: int
    id: UUID
    kind: str
    at: Moment
    subject: UUID
    actor: Actor
    data: dict[str, Any]


class EventPage(Shape):
    """`next` is the position to give as `after` in the next call; it is there even when there is nothing new."""

    items: list[Event]
    next: int


class Inbox(Shape):
    key: str
    kind: str
    name: str
    is_active: bool


class Found(Shape):
    """One finding: the conversation or the customer. The other is null."""

    kind: Literal["conversation", "customer"]
    conversation: Conversation | None = None
    customer: Customer | None = None


class Paging(Given):
    limit: int = Field(25, ge=1, le=100)
    cursor: str | None = Field(None, max_length=500)


class ConversationFilter(Paging):
    status: Status | None = None
    assignee: str | None = Field(None, max_length=254, description="Id or e-mail address; none for nobody.")
    team: str | None = Field(None, max_length=100, description="Id or name; none for no team.")
    inbox: str | None = Field(None, max_length=40)
    tag: str | None = Field(None, max_length=50)
    priority: Priority | None = None
    customer: UUID | None = None
    q: str | None = Field(None, max_length=200, description="Words in it; the best 100 are looked through.")
    updated_since: Moment | None = None
    queue: str | None = Field(None, description="Not yet.")
    reason: str | None = Field(None, description="Not yet.")


class MessageFilter(Paging):
    visibility: Literal["public", "internal"] | None = None
    updated_since: Moment | None = None


class CustomerFilter(Paging):
    email: str | None = Field(None, max_length=254)
    external_id: str | None = Field(None, max_length=200)
    updated_since: Moment | None = None


class SearchQuery(Given):
    q: str = Field(min_length=1, max_length=200)
    kind: Literal["conversation", "customer"] | None = None
    limit: int = Field(25, ge=1, le=100)
    cursor: str | None = Field(None, max_length=500)


class EventQuery(Given):
    after: int = Field(0, ge=0, le=2**63 - 1)
    kinds: str | None = Field(None, max_length=2000, description="Event kinds, separated by commas.")
    limit: int = Field(25, ge=1, le=100)
    wait: int = Field(0, ge=0, le=30, description="Seconds to wait for the next event when there is none.")


class MetricDefinition(Shape):
    """What a figure means; `version` is raised when its rule changes, and series break there."""

    name: str
    version: int
    title: str
    rule: str
    cohort: str
    source: str


class MetricValue(Shape):
    """A figure out of `n` cases with its 95 % interval. Under 5 cases it is hidden: `value` is null."""

    inbox: str | None = Field(description="Key of the inbox, with by=inbox.")
    n: int
    value: float | None
    low: float | None
    high: float | None
    shown: Literal["hidden", "grey", "firm"] = Field(description="grey under 30 cases: look at the interval, rank with nothing.")


class Metric(MetricDefinition):
    since: Moment
    until: Moment
    values: list[MetricValue]


class MetricQuery(Given):
    since: Moment | None = Field(None, alias="from", description="The first moment; 28 days before the end if left out.")
    until: Moment | None = Field(None, alias="to", description="The first moment after the period; now if left out.")
    by: Literal["inbox"] | None = None
