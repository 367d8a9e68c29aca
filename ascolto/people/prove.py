"""A customer has shown that an address is theirs."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from ascolto.eventlog.append import append
from ascolto.people.events import AddressProven
from ascolto.people.models import Address


def prove_address(*, customer: UUID, kind: str, value: str, inbox: UUID, at: datetime) -> UUID:
    """
    Note that this address is this customer's own; gives whose it is: theirs, or that of who proved it before.

    Twice is once, at the same moment too. In the caller's transaction or one of its own.
    """
    owner = owner_of(kind, value)
    if owner is not None:
        return owner
    try:
        with transaction.atomic():
            Address.objects.filter(customer=customer, kind=kind, value=value).update(proven_at=at, is_carried=False)
            append(AddressProven(subject=customer, inbox=inbox), at=at)
    except IntegrityError:  # someone else has proven it since we looked
        return owner_of(kind, value) or customer
    return customer


def owner_of(kind: str, value: str) -> UUID | None:
    """The customer who has proven this address."""
    rows = Address.objects.filter(kind=kind, value=value, proven_at__isnull=False, customer__forgotten_at=None)
    return rows.values_list("customer_id", flat=True).first()
