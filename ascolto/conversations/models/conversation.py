"""A conversation, its episodes and its tags."""

from django.conf import settings
from django.db import models

from ascolto.conversations.models.inbox import Inbox
from ascolto.database.ids import new_id
from ascolto.people.models import Customer, Team


class Tag(models.Model):
    """A word that agents put on conversations."""

    name = models.CharField(max_length=50, unique=True)  # lower-cased


class Conversation(models.Model):
    """One matter with one customer, from its first word on. What lists show is kept on the row, so that a list is one query."""

    class Status(models.TextChoices):
        OPEN = "open"  # waits on us
        WAITING = "waiting"  # waits on the customer
        RESOLVED = "resolved"

    class Priority(models.IntegerChoices):
        LOW = 1
        NORMAL = 2
        HIGH = 3
        URGENT = 4

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.PositiveBigIntegerField(unique=True)
    # Foreign keys have no index of their own: the lists' indexes below begin with those that are looked up by.
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="conversations", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="conversations", db_index=False)
    subject = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    is_active = models.BooleanField(default=True)  # not resolved; kept beside status so that lists need one index each
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="assigned", db_index=False
    )
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="conversations", db_index=False)
    tags = models.ManyToManyField(Tag, related_name="conversations", blank=True)
    attributes = models.JSONField(default=dict)
    external_id = models.CharField(max_length=200, null=True, unique=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # raised by every change; the ETag
    last_message_at = models.DateTimeField()
    last_author = models.CharField(max_length=10, default="customer")  # of the last public message
    preview = models.CharField(max_length=200, blank=True)
    waiting_since = models.DateTimeField(null=True)  # the customer's first word that nobody has answered yet
    customer_seen_at = models.DateTimeField(null=True)  # up to when the customer has read us

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_active=True, status__in=["open", "waiting"]) | models.Q(is_active=False, status="resolved"),
                name="resolved_is_not_active",
            )
        ]
        indexes = [
            # Each list's index is in its order and ends with what narrows it, so that rows of inboxes that someone may not
            # see are passed over without being read: a small inbox's page costs the same as a large one's.
            # lists: waiting on us, waiting on the customer, resolved
            models.Index(fields=["status", "-last_message_at", "-id", "inbox"], name="conversations_by_status"),
            # lists: mine, unassigned (of active ones alone: SQLite does not look a bare boolean up in an index; that it is
            # in there as well spares SQLite the row)
            models.Index(
                fields=["assignee", "-last_message_at", "-id", "inbox", "is_active"],
                condition=models.Q(is_active=True),
                name="active_ones_by_assignee",
            ),
            # list: my team's; of several teams in one order
            models.Index(
                fields=["-last_message_at", "-id", "inbox", "team", "is_active"],
                condition=models.Q(is_active=True),
                name="active_ones_by_time",
            ),
            # count of resolved ones; it may not serve the list, which would then be sorted each time
            models.Index(fields=["inbox", "id", "is_active"], condition=models.Q(is_active=False), name="resolved_ones_by_inbox"),
            # beside the thread: what this customer said before
            models.Index(fields=["customer", "-last_message_at"], name="conversations_of_a_customer"),
            # API: updated_since
            models.Index(fields=["updated_at", "id"], name="conversations_by_change"),
        ]


class Episode(models.Model):
    """From opening to resolution; a reopening starts another. Clocks and surveys belong to an episode."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="episodes", db_index=False)
    number = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    first_reply_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="episodes_are_numbered"),
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(resolved_at__isnull=True), name="one_open_episode_per_conversation"
            ),
        ]
        indexes = [models.Index(fields=["first_reply_at"], name="episodes_by_first_reply")]  # the honest expectation
