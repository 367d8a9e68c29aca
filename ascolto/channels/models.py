"""What channels keep of their own: visits of the messenger."""

from django.db import models

from ascolto.conversations.models import Inbox
from ascolto.database.ids import new_id
from ascolto.people.models import Customer


class Visit(models.Model):
    """A browser that opened the messenger. It becomes a customer with its first word, or with a proof of who it is."""

    id = models.UUIDField(primary_key=True, default=new_id)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="visits")
    digest = models.CharField(max_length=64, unique=True)  # of the session token; the token itself is not kept
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="visits")
    is_proven = models.BooleanField(default=False)  # a valid JWT said who this is
    language = models.CharField(max_length=2, blank=True)
    page_url = models.CharField(max_length=500, blank=True)  # without query and fragment (threat D10)
    page_title = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
