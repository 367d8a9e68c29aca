"""A door that customers come in by."""

from django.db import models

from ascolto.database.ids import new_id
from ascolto.people.models import Team


class Inbox(models.Model):
    """One door of one kind with its public key and who may see what comes through it; its settings are channels' own."""

    class Kind(models.TextChoices):
        MESSENGER = "messenger"
        WEBFORM = "webform"
        API = "api"
        EMAIL = "email"
        SMS = "sms"
        PHONE = "phone"
        WHATSAPP = "whatsapp"
        TELEGRAM = "telegram"
        CUSTOM = "custom"

    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.CharField(max_length=40, unique=True)  # public; names the door in URLs, opens nothing by itself
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=100)
    language = models.CharField(max_length=2, default="it")  # spoken when the visitor's own is neither it nor en
    welcome = models.CharField(max_length=200, blank=True)
    allowed_origins = models.JSONField(
        default=list
    )  # sites that may embed the messenger, as https://shop.example; empty: ours only
    identity_secret = models.TextField(blank=True)  # sealed (vault); signs JWTs of verified visitors
    identity_public_key = models.TextField(blank=True)  # Ed25519, PEM; for sites that sign with a key of their own (EdDSA)
    teams = models.ManyToManyField(Team, related_name="inboxes", blank=True)  # none: everybody sees it
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
