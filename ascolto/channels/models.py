"""What channels keep of their own: settings, what arrived as it arrived, where to answer, what became of what left."""

from django.conf import settings
from django.db import models

from ascolto.conversations.models import Conversation, Inbox, Message
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


class AutomaticMail(models.Model):
    """A letter that no colleague wrote went to a mailbox; counted, so that two machines do not write to each other for ever."""

    address = models.CharField(max_length=254)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["address", "at"], name="automatic_mails_of_an_address"),  # the caps
            models.Index(fields=["at"], name="automatic_mails_by_time"),  # the breaker, and what may be forgotten
        ]


class Unsubscribed(models.Model):
    """A mailbox whose owner wants no letters that no colleague wrote; answers of people still go there."""

    address = models.CharField(max_length=254, unique=True)
    at = models.DateTimeField()


class Channel(models.Model):
    """How an inbox of a registered kind reaches its provider, and how well that goes."""

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, primary_key=True, related_name="channel")
    settings = models.JSONField(default=dict)
    secrets = models.TextField(blank=True)  # sealed (vault): the secret settings, as JSON
    place = models.JSONField(default=dict)  # how far what is polled has been read: {"uidvalidity": 7, "uid": 42}
    paused_at = models.DateTimeField(null=True)  # nothing is polled and nothing sent; what is called in is still kept
    last_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)  # the provider was last spoken to
    trouble = models.CharField(max_length=300, blank=True)  # what is wrong, in plain words; empty: nothing
    trouble_side = models.CharField(max_length=3, blank=True)  # in, out: only that side's success ends it; empty: either
    trouble_since = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)  # when the admins were told of this trouble


class RawInbound(models.Model):
    """Bytes as they arrived, committed before they are acknowledged; read by a job, kept whatever comes of that."""

    class State(models.TextChoices):
        WAITING = "waiting"
        READ = "read"
        IGNORED = "ignored"  # read, and nothing for anybody to do: `why` says what it was
        FAILED = "failed"  # `why` says what stands in the way; can be read again

    id = models.UUIDField(primary_key=True, default=new_id)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="arrived", db_index=False)
    key = models.CharField(max_length=200)  # what makes it the same as an earlier one: the door's own id of it, or its digest
    digest = models.CharField(max_length=64)  # SHA-256 of the bytes
    head = models.JSONField(default=dict)  # what the door noted beside them
    content = models.BinaryField()
    size_bytes = models.PositiveBigIntegerField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="raws")  # what it became

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "key"], name="what_arrives_is_kept_once")]
        indexes = [
            # the reader: what waits at an inbox, oldest first; the health page: what failed, newest first
            models.Index(fields=["inbox", "state", "id"], name="arrived_by_state"),
            # is the same mail here already, under another id of the mailbox
            models.Index(fields=["inbox", "digest"], name="arrived_by_digest"),
        ]


class MessageId(models.Model):
    """What its sender calls a message that arrived: found again by answers to it, edits of it, and its own copies."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="named")
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="message_ids", db_index=False)
    value = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["value"], name="messages_by_senders_id")]  # not unique: anybody may take another's id


class Thread(models.Model):
    """Where a conversation is answered: one address of one channel. Its id is what reply tokens stand for."""

    id = models.UUIDField(primary_key=True, default=new_id)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="threads", db_index=False)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="threads", db_index=False)
    kind = models.CharField(max_length=10)  # people.models.Address.Kind
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    is_main = models.BooleanField(default=False)  # replies go here; the others only take part (cc)
    created_at = models.DateTimeField()
    last_in_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "kind", "address"], name="an_address_once_per_conversation"),
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(is_main=True), name="one_main_thread_per_conversation"
            ),
        ]
        # kinds without threads of their own (SMS, WhatsApp, Telegram): the conversation that this address has here
        indexes = [models.Index(fields=["inbox", "address", "-last_in_at"], name="threads_of_an_address")]


class Delivery(models.Model):
    """What became of one message on its way to one address."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        DELIVERED = "delivered"
        READ = "read"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    kind = models.CharField(max_length=10)  # of channel
    to = models.CharField(max_length=254)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    note = models.CharField(max_length=300, blank=True)  # why it waits or failed, in plain words
    provider_id = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveIntegerField(default=0)  # begun; whoever writes what came of one names its number (threat Q5)
    attempts_left = models.PositiveSmallIntegerField(default=60)  # a day takes some forty of them; given again by a retry
    queued_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "kind", "to"], name="one_delivery_per_message_and_address")]
        indexes = [
            # receipts: which message does the provider mean
            models.Index(fields=["inbox", "provider_id"], condition=~models.Q(provider_id=""), name="deliveries_by_provider_id"),
            # health: what waits or failed at an inbox
            models.Index(fields=["inbox", "state", "-queued_at"], name="deliveries_by_state"),
        ]


class EarlyReceipt(models.Model):
    """A receipt that came before we knew the provider's id of the message (threat H6); looked at when that is known."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="early_receipts", db_index=False)
    provider_id = models.CharField(max_length=200)
    receipt = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["inbox", "provider_id"], name="early_receipts_by_id")]


class WebformSettings(models.Model):
    """What a contact form asks besides name, address, subject and text; the answers stand on the conversation."""

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, primary_key=True, related_name="webform")
    fields = models.JSONField(default=list)  # in their order, as webform/fields.py reads them


class Call(models.Model):
    """What is known of a phone call, from events that come in any order; it is one conversation, or within one."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"  # a colleague calls a customer

    id = models.UUIDField(primary_key=True, default=new_id)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="calls", db_index=False)
    provider_id = models.CharField(max_length=100, blank=True)  # empty: ours, and the provider has not taken it yet
    direction = models.CharField(max_length=3, choices=Direction)
    number = models.CharField(max_length=254, blank=True)  # the customer's; empty: withheld
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True, related_name="calls")
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="calls", db_index=False)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="calls", db_index=False
    )
    began_at = models.DateTimeField()
    waits_since = models.DateTimeField(null=True)  # in the queue now
    ended_at = models.DateTimeField(null=True)
    is_answered = models.BooleanField(default=False)
    talked_s = models.PositiveIntegerField(null=True)
    why = models.CharField(max_length=20, blank=True)  # of ours: busy, no-answer, failed, canceled
    call_back = models.CharField(max_length=20, blank=True)  # where they want to be called back
    recording = models.CharField(max_length=100, blank=True)  # of the voicemail, as the provider calls it
    recorded_s = models.PositiveIntegerField(null=True)
    transcript = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "provider_id"], condition=~models.Q(provider_id=""), name="a_call_is_known_once"
            )
        ]
        # the sweeper: calls whose end nobody has told
        indexes = [models.Index(fields=["began_at"], condition=models.Q(ended_at=None), name="calls_that_have_not_ended")]
