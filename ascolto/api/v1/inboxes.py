"""The inboxes that a token may use, with their public keys."""

from ninja import Router

from ascolto.api import access
from ascolto.api.authenticate import ApiRequest
from ascolto.api.v1 import shapes

router = Router(tags=["Inboxes"])
MOST = 500  # a desk has a handful of doors


@router.get("/inboxes", response=shapes.ListOf[shapes.Inbox], operation_id="list_inboxes", summary="List inboxes")
def list_all(request: ApiRequest) -> shapes.ListOf[shapes.Inbox]:
    rows = access.inboxes(request.caller).order_by("created_at", "id")[:MOST]
    items = [shapes.Inbox(key=row.key, kind=row.kind, name=row.name, is_active=row.is_active) for row in rows]
    return shapes.ListOf[shapes.Inbox](items=items, next=None)
