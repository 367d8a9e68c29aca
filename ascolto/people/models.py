"""Customers, the addresses they write from, and teams."""

from django.conf import settings
from django.db import models

from ascolto.database.ids import new_id


class Customer(models.Model):
    """A person who writes to us. What we know of them is what they gave, or what was proven."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, blank=True)
    external_id = models.CharField(max_length=200, null=True, unique=True)  # the company's own id; only from a proof (JWT, API)
    attributes = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["updated_at", "id"], name="customers_by_change")]  # API: updated_since

    @property
    def initials(self) -> str:
        letters = [part[0] for part in self.name.split() if part[0].isalnum()]
        return "".join(letters[:2]) if len(letters) > 1 else self.name[:2]


class Address(models.Model):
    """Where a customer can be reached. A claim (not proven) joins and reveals nothing."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"
        TELEGRAM = "telegram"
        CUSTOM = "custom"

    id = models.UUIDField(primary_key=True, default=new_id)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=254)  # e-mail lower-cased, phone as +390612345
    name = models.CharField(max_length=200, blank=True)  # as the channel shows it
    proven_at = models.DateTimeField(null=True)
    # Messages came from it by its own channel, but anybody can write a From or a caller id: such messages share a customer
    # of their own, and join nobody who has proven the address (threat D1).
    is_carried = models.BooleanField(default=False)
    undeliverable_since = models.DateTimeField(null=True)  # a bounce said that it does not exist (threat J4)
    undeliverable_why = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"], condition=models.Q(proven_at__isnull=False), name="a_proven_address_has_one_owner"
            ),
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="an_address_once_per_customer"),
            models.UniqueConstraint(
                fields=["kind", "value"], condition=models.Q(is_carried=True), name="a_carried_address_has_one_customer"
            ),
            models.CheckConstraint(
                condition=models.Q(is_carried=False) | models.Q(proven_at__isnull=True), name="carried_is_not_proven"
            ),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="addresses_by_value")]  # who else gave this address


class Team(models.Model):
    """People who answer together."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=100, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams", blank=True)
