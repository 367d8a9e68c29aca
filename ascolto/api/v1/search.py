"""Find conversations by words in them, and customers by name, address or id."""

from django.db.models import Exists, OuterRef, Q
from ninja import Query, Router

from ascolto.api import access
from ascolto.api.authenticate import ApiRequest, Caller
from ascolto.api.paging import bad_cursor, page_of, read_cursor, write_cursor
from ascolto.api.v1 import conversations, customers, shapes
from ascolto.people.models import Address
from ascolto.search.find import BadCursor, find

router = Router(tags=["Search"])
OF = "search"
Finding = shapes.ListOf[shapes.Found]


@router.get("/search", response=Finding, operation_id="search", summary="Find conversations and customers, best first")
def search(request: ApiRequest, query: Query[shapes.SearchQuery]) -> Finding:
    """Every word must be there, Italian and English endings aside. Without `kind` conversations come first, then customers."""
    kind, place = where(query)
    if kind == "customer":
        return found_customers(request.caller, query, place)
    answer = found_conversations(request.caller, query, place)
    if answer.next is None and query.kind is None:
        room = query.limit - len(answer.items)
        if not room:
            return Finding(items=answer.items, next=write_cursor("customer~", of=OF))
        rest = found_customers(request.caller, query.model_copy(update={"limit": room}), "")
        return Finding(items=[*answer.items, *rest.items], next=rest.next)
    return answer


def where(query: shapes.SearchQuery) -> tuple[str, str]:
    """Among which kind the page begins, and where. :raises Problem: 422"""
    if query.cursor is None:
        return query.kind or "conversation", ""
    kind, _, place = read_cursor(query.cursor, of=OF).partition("~")
    if query.kind not in (None, kind):
        raise bad_cursor()
    return kind, place


def found_conversations(caller: Caller, query: shapes.SearchQuery, place: str) -> Finding:
    try:
        matches = find(query.q, scopes=caller.inboxes, internal=True, limit=query.limit, before=place or None)
    except BadCursor as error:
        raise bad_cursor() from error
    rows = conversations.with_what_is_shown(access.conversations(caller)).in_bulk([match.group for match in matches])
    items = [
        shapes.Found(kind="conversation", conversation=conversations.shown(rows[match.group]))
        for match in matches
        if match.group in rows
    ]
    following = write_cursor(f"conversation~{matches[-1].cursor}", of=OF) if len(matches) == query.limit else None
    return Finding(items=items, next=following)


def found_customers(caller: Caller, query: shapes.SearchQuery, place: str) -> Finding:
    words = query.q.strip()
    address = Address.objects.filter(customer=OuterRef("pk"), value__startswith=words.lower())
    rows = access.customers(caller).filter(Q(external_id=words) | Q(name__icontains=words) | Exists(address))
    page = page_of(rows.prefetch_related("addresses"), of="found-customers", limit=query.limit, cursor=place or None)
    items = [shapes.Found(kind="customer", customer=customers.shown(row)) for row in page.rows]
    return Finding(items=items, next=write_cursor(f"customer~{page.next}", of=OF) if page.next else None)
