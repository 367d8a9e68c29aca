"""Customers: meet, list, read, correct."""

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from ninja import Query, Router, Status

from ascolto.api import access
from ascolto.api.authenticate import ApiRequest
from ascolto.api.etag import refuse_if_changed
from ascolto.api.paging import page_of
from ascolto.api.problems import Problem, invalid, not_yet
from ascolto.api.v1 import shapes
from ascolto.api.v1.arrival import claim_of
from ascolto.api.v1.fields import ATTRIBUTES_LIMIT
from ascolto.people.change import ExternalIdTaken, Gone
from ascolto.people.change import change as change_customer
from ascolto.people.identify import known, meet
from ascolto.people.models import Address, Customer
from ascolto.people.queries import addresses_of

router = Router(tags=["Customers"])


def main_address(row: Customer, kind: str) -> str | None:
    """The first address of that kind, proven ones first; reads nothing when addresses were read along."""
    return next((address.value for address in addresses_of(row) if address.kind == kind), None)


def shown(row: Customer) -> shapes.Customer:
    """The shape of a customer that was read with its addresses."""
    return shapes.Customer(
        id=row.id,
        name=row.name,
        email=main_address(row, "email"),
        phone=main_address(row, "phone"),
        external_id=row.external_id,
        language=row.language,
        attributes=row.attributes,
        addresses=[
            shapes.Address(kind=each.kind, value=each.value, is_proven=each.proven_at is not None)  # type: ignore[arg-type]
            for each in addresses_of(row)
        ],
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def etag(row: Customer) -> str:
    return f'"{row.updated_at.timestamp():.6f}"'


def read_again(rows: QuerySet[Customer], row: Customer, response: HttpResponse) -> shapes.Customer:
    fresh = rows.prefetch_related("addresses").get(pk=row.pk)
    response["ETag"] = etag(fresh)
    return shown(fresh)


@router.post(
    "/customers",
    response={201: shapes.Customer, 200: shapes.Customer},
    operation_id="meet_customer",
    summary="Make a customer, or get the known one",
)
def meet_one(request: ApiRequest, response: HttpResponse, body: shapes.NewCustomer) -> Status[shapes.Customer]:
    """
    200 with the known customer when the `external_id`, e-mail address or phone is known, and what was not known yet is added.

    Not for tokens narrowed to inboxes (403): a customer belongs to no inbox. These begin a conversation instead.
    """
    if request.caller.inboxes is not None:
        raise Problem("forbidden", "A customer belongs to no inbox; a token narrowed to inboxes uses POST /conversations.")
    claim = claim_of(request.caller, body)
    is_known = known(claim) is not None
    customer = meet(claim, at=request.now)
    answer = read_again(access.customers(request.caller), customer, response)
    response["Location"] = f"/api/v1/customers/{customer.pk}"
    return Status(200 if is_known else 201, answer)


@router.get(
    "/customers",
    response=shapes.ListOf[shapes.Customer],
    operation_id="list_customers",
    summary="List customers, newest first",
)
def list_all(request: ApiRequest, filters: Query[shapes.CustomerFilter]) -> shapes.ListOf[shapes.Customer]:
    rows = access.customers(request.caller)
    if filters.email is not None:
        address = Address.objects.filter(customer=OuterRef("pk"), kind="email", value=filters.email.strip().lower())
        rows = rows.filter(Exists(address))
    if filters.external_id is not None:
        rows = rows.filter(external_id=filters.external_id)
    if filters.updated_since is not None:
        rows = rows.filter(updated_at__gte=filters.updated_since)
    page = page_of(rows.prefetch_related("addresses"), of="customers", limit=filters.limit, cursor=filters.cursor)
    return shapes.ListOf[shapes.Customer](items=[shown(row) for row in page.rows], next=page.next)


@router.get("/customers/{id}", response=shapes.Customer, operation_id="read_customer", summary="Read a customer")
def read(request: ApiRequest, response: HttpResponse, id: str) -> shapes.Customer:
    customer = access.customer(request.caller, id)
    return read_again(access.customers(request.caller), customer, response)


@router.patch("/customers/{id}", response=shapes.Customer, operation_id="change_customer", summary="Correct a customer")
def change(request: ApiRequest, response: HttpResponse, id: str, body: shapes.CustomerChange) -> shapes.Customer:
    """With `If-Match` only if nobody changed it since you read it (412). E-mail address and phone cannot be changed yet."""
    for name in ("email", "phone"):
        if name in body.model_fields_set:
            raise not_yet(name)
    for name in body.model_fields_set:
        if getattr(body, name) is None:
            raise invalid(name, "cannot be null")
    customer = access.customer(request.caller, id, is_locked=True)
    refuse_if_changed(request, etag(customer))
    if len({**customer.attributes, **(body.attributes or {})}) > ATTRIBUTES_LIMIT:
        raise invalid("attributes", f"at most {ATTRIBUTES_LIMIT} attributes")
    try:
        change_customer(customer=customer, at=request.now, **body.model_dump(include=body.model_fields_set))
    except ExternalIdTaken as error:
        raise Problem("conflict", "Another customer has this external_id.") from error
    except Gone as error:
        raise Problem("conflict", "The customer has been forgotten.") from error
    return read_again(access.customers(request.caller), customer, response)


@router.delete("/customers/{id}", include_in_schema=False)
def forget(request: ApiRequest, id: str) -> None:
    """Promised by the contract; says so instead of doing half of it."""
    raise Problem(
        "method-not-allowed", "Forgetting a customer: not yet. This version cannot do it by API.", headers={"Allow": "GET, PATCH"}
    )
