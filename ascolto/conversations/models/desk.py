"""What agents and customers keep beside a conversation: unsent words, how far they have read, a private link."""

from django.conf import settings
from django.db import models

from ascolto.conversations.models.conversation import Conversation
from ascolto.database.ids import new_id


class Draft(models.Model):
    """Words an agent has typed and not sent; one per agent and conversation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    is_note = models.BooleanField(default=False)
    text = models.TextField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "conversation"], name="one_draft_per_agent_and_conversation")]


class ReadMark(models.Model):
    """Up to when an agent has read a conversation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="read_marks")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="read_marks")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "conversation"], name="one_read_mark_per_agent_and_conversation")]


class PrivateLink(models.Model):
    """A customer's own page of a conversation (/t/<token>). The token is the row's id, signed; the row can be revoked."""

    id = models.UUIDField(primary_key=True, default=new_id)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="private_links")
    sent_to = models.CharField(max_length=254, blank=True)  # the e-mail address it went to
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["conversation", "-created_at"], name="links_of_a_conversation")]
