"""Who is writing: from a proof to the known customer, from a claim to a new one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ascolto.database.ids import new_id
from ascolto.eventlog.append import append_many
from ascolto.people.events import CustomerMet
from ascolto.people.models import Address, Customer
from ascolto.text.normalise import normalise_line


@dataclass(frozen=True, kw_only=True)
class Claim:
    """
    What someone says of themselves. With `is_proven` (a valid JWT, a trusted API token) it is taken as true.

    Without a proof nothing in it finds, joins or changes anyone who is already known (threat D1).
    :param carried: kind and value of the address that the channel says the message came from; without a proof it finds
        only whoever wrote from it without a proof before
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    external_id: str = ""
    language: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    is_proven: bool = False
    carried: tuple[str, str] | None = None


@transaction.atomic
def meet_many(claims: Sequence[Claim], *, at: datetime) -> list[Customer]:
    """
    One customer for each claim, in order: the known one for a proof that names it, else a new one (CustomerMet).

    Twice with the same proof, or from the same carried address, returns the same customer; twice with the same bare claim
    makes two.
    """
    found: list[Customer] = []
    fresh: list[tuple[Claim, Customer]] = []
    carriers = carried({claim.carried for claim in claims if claim.carried is not None and not claim.is_proven})
    for claim in claims:
        customer = known(claim) if claim.is_proven else carriers.get(claim.carried)
        if customer is not None:
            if customer.pk not in {each.pk for _, each in fresh}:
                learn(customer, claim, at)
        elif claim.is_proven:
            customer = make(claim, at)
            Customer.objects.bulk_create([customer])  # at once, so that the same one later in this batch finds it
            Address.objects.bulk_create(addresses(customer, claim, at))
            append_many([(CustomerMet(subject=customer.id), at)])
        else:
            customer = make(claim, at)
            fresh.append((claim, customer))
            if claim.carried is not None:
                carriers[claim.carried] = customer
        found.append(customer)
    Customer.objects.bulk_create([customer for _, customer in fresh])
    Address.objects.bulk_create([address for claim, customer in fresh for address in addresses(customer, claim, at)])
    if fresh:
        append_many([(CustomerMet(subject=customer.id), at) for _, customer in fresh])
    return found


def meet(claim: Claim, *, at: datetime) -> Customer:
    """The customer for one claim; see meet_many. The same proof twice at the same moment is the same customer, too."""
    try:
        return meet_many([claim], at=at)[0]
    except IntegrityError:  # someone else has met them since we looked
        return meet_many([claim], at=at)[0]


def known(claim: Claim) -> Customer | None:
    """The customer that a proof names: by the company's own id first, then by a proven address."""
    if claim.external_id and (customer := Customer.objects.filter(external_id=claim.external_id, forgotten_at=None).first()):
        return customer
    for kind, value in contacts(claim):
        rows = Address.objects.filter(kind=kind, value=value, proven_at__isnull=False).select_related("customer")
        address = rows.first()
        # Two different ids of the company's own are two people, whatever mailbox they share.
        if address and not (claim.external_id and address.customer.external_id not in (None, claim.external_id)):
            return address.customer
    return None


def carried(addresses: Collection[tuple[str, str]]) -> dict[tuple[str, str] | None, Customer]:
    """Who wrote from each of these addresses before without proving it either. One query."""
    if not addresses:
        return {}
    values = {value for _, value in addresses}
    rows = Address.objects.filter(value__in=values, is_carried=True, customer__forgotten_at=None).select_related("customer")
    return {(row.kind, row.value): row.customer for row in rows if (row.kind, row.value) in addresses}


def learn(customer: Customer, claim: Claim, at: datetime) -> None:
    """Take over from a proof what was not known yet; nothing known is overwritten but the name given with the proof."""
    before = (customer.name, customer.language, customer.external_id, dict(customer.attributes))
    is_nameless = not customer.name or "@" in customer.name or customer.name.startswith("+")  # called by an address so far
    customer.name = normalise_line(claim.name) if (claim.is_proven or is_nameless) and claim.name.strip() else customer.name
    customer.language = customer.language or claim.language
    customer.external_id = customer.external_id or claim.external_id or None
    customer.attributes = {**customer.attributes, **claim.attributes}
    if before != (customer.name, customer.language, customer.external_id, customer.attributes):
        customer.updated_at = at
        customer.save(update_fields=["name", "language", "external_id", "attributes", "updated_at"])
    if claim.is_proven or set(contacts(claim)) != {claim.carried}:  # a carried address that found them is there already
        Address.objects.bulk_create(addresses(customer, claim, at), ignore_conflicts=True)


def make(claim: Claim, at: datetime) -> Customer:
    return Customer(
        id=new_id(),
        name=normalise_line(claim.name),
        language=claim.language,
        external_id=(claim.external_id or None) if claim.is_proven else None,
        attributes=claim.attributes,
        created_at=at,
        updated_at=at,
    )


def addresses(customer: Customer, claim: Claim, at: datetime) -> list[Address]:
    """The claim's addresses as rows; proven only where nobody else has proven the same one."""
    rows = []
    for kind, value in contacts(claim):
        is_taken = claim.is_proven and Address.objects.filter(kind=kind, value=value, proven_at__isnull=False).exists()
        proven_at = at if claim.is_proven and not is_taken else None
        is_carried = not claim.is_proven and (kind, value) == claim.carried
        rows.append(
            Address(
                id=new_id(),
                customer=customer,
                kind=kind,
                value=value,
                name=normalise_line(claim.name) if (kind, value) == claim.carried else "",
                proven_at=proven_at,
                is_carried=is_carried,
                created_at=at,
            )
        )
    return rows


def contacts(claim: Claim) -> list[tuple[str, str]]:
    pairs = [(Address.Kind.EMAIL.value, claim.email.strip().lower()[:254]), (Address.Kind.PHONE.value, claim.phone.strip()[:254])]
    if claim.carried is not None and claim.carried not in pairs:
        pairs.append(claim.carried)
    return [(kind, value) for kind, value in pairs if value]
