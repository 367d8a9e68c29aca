"""Forget kept answers; apart from where they are given, so that the worker does not load the whole API for it."""

from datetime import datetime, timedelta

from ascolto.api.models import KeptAnswer

LASTS = timedelta(hours=24)  # how long the same Idempotency-Key gives the same answer


def prune_answers(now: datetime) -> None:
    """Forget answers older than 24 hours. Twice is once."""
    KeptAnswer.objects.filter(at__lte=now - LASTS).delete()
