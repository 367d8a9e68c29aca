"""Facts about customers."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ascolto.eventlog.event import Event, kind


@kind("customer.met")
@dataclass(frozen=True, kw_only=True)
class CustomerMet(Event):
    """`subject` is the customer."""

    sentence: ClassVar[str | Promise] = _("A new customer")


@kind("customer.address_left")
@dataclass(frozen=True, kw_only=True)
class AddressLeft(Event):
    """A customer said where to answer them; `subject` is the customer, `inbox` is where they said it."""

    sentence: ClassVar[str | Promise] = _("The customer left an address")
    inbox: UUID


@kind("customer.address_proven")
@dataclass(frozen=True, kw_only=True)
class AddressProven(Event):
    """A customer showed that an address is theirs; `subject` is the customer, `inbox` is where they showed it."""

    sentence: ClassVar[str | Promise] = _("The customer proved an address")
    inbox: UUID
