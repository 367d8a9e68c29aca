"""Lists of conversations and how many there are."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from ascolto.accounts.models import User
from ascolto.conversations import access
from ascolto.conversations.models import Conversation, ReadMark
from ascolto.people.models import Address

PAGE = 50
COUNT_UP_TO = 1000  # the look: counts are exact up to 1 000, then «oltre 1 000»

View = Callable[[QuerySet[Conversation], User], QuerySet[Conversation]]

# The lists of the console, in the order they are shown; each has its index in models/conversation.py.
VIEWS: Mapping[str, View] = {
    "mine": lambda rows, user: rows.filter(assignee=user, is_active=True),
    "team": lambda rows, user: rows.filter(team__in=list(user.teams.values_list("id", flat=True)), is_active=True),
    "unassigned": lambda rows, user: rows.filter(assignee__isnull=True, is_active=True),
    "open": lambda rows, user: rows.filter(status="open"),
    "waiting": lambda rows, user: rows.filter(status="waiting"),
    "resolved": lambda rows, user: rows.filter(status="resolved"),
}


class BadCursor(Exception):
    """The cursor was not made by this list."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A part of a list, newest first, and the cursor of the next part."""

    rows: list[Conversation]
    next: str | None


def view_for(user: User, view: str) -> QuerySet[Conversation]:
    """Everything of one list that this person may see, unordered. :raises KeyError: no such list"""
    return VIEWS[view](access.visible_to(user), user)


def list_page(user: User, view: str, *, cursor: str | None = None, limit: int = PAGE) -> Page:
    """
    One page of a list, last message first, with what a row shows (customer, assignee, inbox, tags, unread).

    Three queries whatever the number of rows, one more for a person whose inboxes are limited. The ids come first and
    from the list's index alone: beside the joins of a row, a planner may choose to sort all conversations there are.
    :raises KeyError: no such list
    :raises BadCursor:
    """
    rows = view_for(user, view).order_by("-last_message_at", "-id")
    if cursor:
        at, id = read_cursor(cursor)
        rows = rows.filter(last_message_at__lte=at).filter(Q(last_message_at__lt=at) | Q(id__lt=id))
    ids = list(rows.values_list("id", flat=True)[: limit + 1])
    found = in_order(for_rows(Conversation.objects.filter(id__in=ids[:limit]), user), ids[:limit])
    return Page(rows=found, next=write_cursor(found[-1]) if found and len(ids) > limit else None)


def for_rows(rows: QuerySet[Conversation], user: User) -> QuerySet[Conversation]:
    """Add what a row of a list shows: people (`known_by`: an address of theirs), inbox, tags, `is_unread` for this person."""
    read = ReadMark.objects.filter(conversation=OuterRef("pk"), user=user, at__gte=OuterRef("last_message_at"))
    rows = rows.select_related("customer", "assignee", "inbox").prefetch_related("tags")
    return rows.annotate(is_unread=~Exists(read), known_by=Subquery(first_addresses(OuterRef("customer_id"))))


def address_of(conversation: Conversation) -> str:
    """What a customer without a name is known by: an address of theirs, claimed or proven; empty without any."""
    if not hasattr(conversation, "known_by"):
        vars(conversation)["known_by"] = first_addresses(conversation.customer_id).first()
    return str(getattr(conversation, "known_by", None) or "")


def first_addresses(customer: UUID | OuterRef) -> QuerySet[Address, str]:
    rows = Address.objects.filter(customer=customer, kind__in=(Address.Kind.EMAIL, Address.Kind.PHONE))
    return rows.order_by("id").values_list("value", flat=True)[:1]


def counts(user: User) -> dict[str, int]:
    """How many conversations each list has for this person; exact up to 1 000, then 1 001. One bounded query per list."""
    seen = access.visible_to(user)
    rows = {name: view(seen, user) for name, view in VIEWS.items()}
    rows["resolved"] = seen.filter(is_active=False)  # the same ones, by inbox: a small one's are few among very many
    return {name: found.order_by()[: COUNT_UP_TO + 1].count() for name, found in rows.items()}


def history_of(user: User, conversation: Conversation, *, limit: int = 20) -> list[Conversation]:
    """What else this customer said, on any channel, last first: only what this person may see."""
    rows = access.visible_to(user).filter(customer=conversation.customer_id).exclude(pk=conversation.pk)
    return list(rows.select_related("inbox").order_by("-last_message_at")[:limit])


def waiting_longest(user: User) -> Conversation | None:
    """The conversation whose customer has waited longest for us, among the latest 200 that wait."""
    rows = view_for(user, "open").filter(waiting_since__isnull=False).order_by("-last_message_at")[:200]
    return min(rows, key=lambda row: (row.waiting_since or row.last_message_at, row.number), default=None)


def by_ids(user: User, ids: list[UUID]) -> list[Conversation]:
    """These conversations, as far as this person may see them, in the order given."""
    return in_order(for_rows(access.visible_to(user).filter(id__in=ids), user), ids)


def in_order(rows: QuerySet[Conversation], ids: list[UUID]) -> list[Conversation]:
    by_id = {row.id: row for row in rows}
    return [by_id[id] for id in ids if id in by_id]


def write_cursor(row: Conversation) -> str:
    return urlsafe_b64encode(f"{row.last_message_at.isoformat()}|{row.id.hex}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, id = urlsafe_b64decode(cursor[:200] + "=" * (-len(cursor) % 4)).decode().split("|")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(at)
        return moment, UUID(id)
    except (ValueError, UnicodeDecodeError) as error:
        raise BadCursor from error
