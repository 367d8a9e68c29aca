"""The append-only log and the places its readers have reached."""

from django.db import models

from ascolto.database.ids import new_id


class Event(models.Model):
    """One fact. `position` follows commit order (database/order.py) and is what every cursor counts in."""

    position = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=new_id, unique=True)  # the webhook-id: the same on every delivery
    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField(default=1)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    subject = models.UUIDField()
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "position"], name="events_of_a_subject")]  # a conversation's history


class Cursor(models.Model):
    """How far one consumer has come, and who feeds it now."""

    consumer = models.CharField(max_length=64, primary_key=True)
    position = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)  # in a row, at position + 1 and after
    retry_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=64, blank=True)  # lease: which worker feeds it
    held_until = models.DateTimeField(null=True)


class SetAside(models.Model):
    """An event that a consumer could not take after all its tries; kept, shown and offered again on request."""

    consumer = models.CharField(max_length=64)
    position = models.BigIntegerField()
    error = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumer", "position"], name="one_set_aside_per_consumer_and_event")]
