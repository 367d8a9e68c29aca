"""Answers kept for those who ask again with the same Idempotency-Key."""

from django.db import models

from ascolto.accounts.models import Token


class KeptAnswer(models.Model):
    """What a POST answered, for 24 hours. Made and filled in the transaction of its effect: both stay or neither does."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)  # as the caller chose it
    request_hash = models.CharField(max_length=64)  # sha256 of method, address and body
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)  # ETag, Location
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_kept_answer_per_token_and_key")]
        indexes = [models.Index(fields=["at"], name="kept_answers_by_age")]  # pruning
