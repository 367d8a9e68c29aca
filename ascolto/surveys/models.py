"""Invitations to say how it went, and the answers to them."""

from django.conf import settings
from django.db import models

from ascolto.conversations.models import Conversation, Episode, Inbox
from ascolto.database.ids import new_id
from ascolto.people.models import Customer, Team

SCORES = range(1, 6)


class Invitation(models.Model):
    """
    A customer was asked about one episode. Who answered them then is written down here, so that a later change of
    assignee, team or inbox moves no answer (measurement.md, defect C).
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="invitations")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="invitations")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="invitations")
    channel = models.CharField(max_length=20)  # the kind of inbox they wrote to
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="invitations")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="invitations")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="invitations")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    displayed_at = models.DateTimeField(null=True)  # the questions stood on a screen of theirs
    mailed_at = models.DateTimeField(null=True)  # the mail server took the letter
    mail_id = models.CharField(max_length=200, blank=True)  # its Message-ID; every retry has the same

    class Meta:
        constraints = [models.UniqueConstraint(fields=["episode"], name="one_invitation_per_episode")]
        indexes = [
            models.Index(
                fields=["inbox", "invited_at"], name="invitations_by_inbox"
            ),  # the numbers page: a cohort of some inboxes
            models.Index(
                fields=["conversation", "-invited_at"], name="invitations_of_a_conversation"
            ),  # pending, beside the thread
            models.Index(fields=["customer", "-mailed_at"], name="invitations_of_a_customer"),  # the rest period
        ]


class Answer(models.Model):
    """What a customer said to one invitation; later words replace it for a week. A part of it is an answer too."""

    class Source(models.TextChoices):
        MESSENGER = "messenger"
        LINK = "link"

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, primary_key=True, related_name="answer")
    csat = models.PositiveSmallIntegerField(null=True)  # 1 not at all … 5 very
    effort = models.PositiveSmallIntegerField(null=True)  # 1 much less than expected … 5 much more: low is good
    why = models.TextField(blank=True)
    source = models.CharField(max_length=10, choices=Source)
    answered_at = models.DateTimeField()
    amended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(csat__isnull=True) | models.Q(csat__in=[*SCORES]), name="csat_is_1_to_5"),
            models.CheckConstraint(
                condition=models.Q(effort__isnull=True) | models.Q(effort__in=[*SCORES]), name="effort_is_1_to_5"
            ),
            models.CheckConstraint(
                condition=models.Q(csat__isnull=False) | models.Q(effort__isnull=False) | ~models.Q(why=""),
                name="an_answer_says_something",
            ),
        ]
        indexes = [models.Index(fields=["-answered_at"], name="answers_by_time")]  # the list behind a figure
