"""What channels keep of their own: visits of the messenger, and when a stranger's address was last written to."""

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


class MailPace(models.Model):
    """When a letter that no colleague wrote last went to an address that nobody has proven (threat D8)."""

    address = models.CharField(max_length=254)
    kind = models.CharField(max_length=20)  # acknowledgement, survey
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "kind"], name="one_pace_per_address_and_kind")]
        indexes = [models.Index(fields=["kind", "last_at"], name="mail_paces_by_time")]  # the breaker: how many lately
