"""Find customers and teams."""

from collections.abc import Sequence
from uuid import UUID

from ascolto.people.models import Address, Customer, Team


def addresses_of(customer: Customer) -> list[Address]:
    """Where a customer can be reached, proven first."""
    return sorted(customer.addresses.all(), key=lambda address: (address.proven_at is None, address.kind, address.value))


def mail_address(customer_id: UUID) -> Address | None:
    """The e-mail address to answer to: one that works before one that bounced, proven before claimed, the newest of these."""
    rows = Address.objects.filter(customer_id=customer_id, kind=Address.Kind.EMAIL)
    return max(rows, key=lambda row: (row.undeliverable_since is None, row.proven_at is not None, row.created_at), default=None)


def possibly_the_same(customer: Customer, *, limit: int = 5) -> Sequence[Customer]:
    """Others who gave one of the same addresses. Shown to agents as a question, never joined by itself (threat D1)."""
    values = [address.value for address in customer.addresses.all()]
    if not values:
        return []
    rows = Customer.objects.filter(addresses__value__in=values).exclude(pk=customer.pk)
    return list(rows.distinct().order_by("-created_at")[:limit])


def teams() -> list[Team]:
    """All teams by name."""
    return list(Team.objects.order_by("name"))


def teams_with_members() -> list[Team]:
    """All teams by name, each with its members and the inboxes it sees. Three queries."""
    return list(Team.objects.order_by("name").prefetch_related("members", "inboxes"))
