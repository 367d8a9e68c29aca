"""Messages, notes among them, and their files."""

from django.conf import settings
from django.db import models

from ascolto.conversations.models.conversation import Conversation
from ascolto.database.ids import new_id
from ascolto.files.models import StoredFile


class Message(models.Model):
    """Words in a conversation. A note is a message that only colleagues see (visibility internal)."""

    class Author(models.TextChoices):
        CUSTOMER = "customer"
        AGENT = "agent"
        BOT = "bot"

    class Visibility(models.TextChoices):
        PUBLIC = "public"
        INTERNAL = "internal"

    class Delivery(models.TextChoices):
        NONE = ""  # what customers and colleagues write is not delivered by us
        LIVE = "live"  # stands in the messenger; goes by mail if nobody reads it there
        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"  # the provider says it stands in the customer's mailbox or phone
        READ = "read"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id)
    # No index of their own: messages_of_a_conversation begins with the one, and nothing is looked up by the other.
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False)
    author_kind = models.CharField(max_length=10, choices=Author)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="messages", db_index=False
    )
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    text = models.TextField()  # plain text, always
    html = models.TextField(blank=True)  # sanitised on the way in; shown sandboxed
    at = models.DateTimeField()  # when it reached us
    claimed_at = models.DateTimeField(null=True)  # when the sender says it was written
    source = models.CharField(
        max_length=200, null=True, unique=True
    )  # who sent it with which id of theirs; the same again is the same
    delivery = models.CharField(max_length=10, choices=Delivery, default=Delivery.NONE, blank=True)
    delivery_note = models.CharField(max_length=300, blank=True)  # why it failed, in plain words
    mail_id = models.CharField(max_length=200, blank=True)  # Message-ID of the mail that carried it; every retry has the same
    is_automatic = models.BooleanField(default=False)  # a machine wrote it (out of office): it takes no turn
    head = models.JSONField(null=True)  # of a mail: from, to, cc, subject, date as written, and what could not be read

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "at", "id"], name="messages_of_a_conversation"),  # the thread, in order
            # threading: which of our mails does this one answer
            models.Index(fields=["mail_id"], condition=~models.Q(mail_id=""), name="messages_by_mail_id"),
        ]


class Attachment(models.Model):
    """A file that came with a message."""

    id = models.UUIDField(primary_key=True, default=new_id)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="attachments", db_index=False
    )  # see the constraint
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")
    content_id = models.CharField(max_length=200, blank=True)  # where it stands in the HTML of its mail (cid:)
    is_inline = models.BooleanField(default=False)  # a picture within the words, not a file beside them

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "file"], name="a_file_once_per_message")]
