"""Forget sessions that are over."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session


def prune_sessions(now: datetime) -> None:
    """Delete sessions past their end, and what the list of sessions kept about them: addresses and browsers. Twice is once."""
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
