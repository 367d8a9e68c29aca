"""What a trusted caller or a colleague corrects about a customer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ascolto.people.models import Customer
from ascolto.text.normalise import normalise_line


class ExternalIdTaken(Exception):
    """Another customer has this id of the company's own already."""


class Gone(Exception):
    """There is no such customer (any more)."""


@transaction.atomic
def change(
    *,
    customer: Customer,
    at: datetime,
    name: str | None = None,
    language: str | None = None,
    external_id: str | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Customer:
    """
    Change what is given; None leaves a field as it is. Attributes are set beside those that are there, None takes one away.

    Twice changes nothing.
    :raises ExternalIdTaken, Gone:
    """
    locked = Customer.objects.select_for_update().filter(pk=customer.pk, forgotten_at=None).first()
    if locked is None:
        raise Gone
    before = (locked.name, locked.language, locked.external_id, locked.attributes)
    locked.name = locked.name if name is None else normalise_line(name)
    locked.language = locked.language if language is None else language
    locked.external_id = locked.external_id if external_id is None else external_id or None
    merged = {**locked.attributes, **(attributes or {})}
    locked.attributes = {key: value for key, value in merged.items() if value is not None}
    if locked.external_id and Customer.objects.filter(external_id=locked.external_id).exclude(pk=locked.pk).exists():
        raise ExternalIdTaken
    if before != (locked.name, locked.language, locked.external_id, locked.attributes):
        locked.updated_at = at
        locked.save(update_fields=["name", "language", "external_id", "attributes", "updated_at"])
    return locked
