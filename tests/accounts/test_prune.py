"""What is over is forgotten."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils.timezone import now

from ascolto.accounts.prune import prune_sessions

pytestmark = pytest.mark.django_db


def test_a_session_past_its_end_leaves_neither_address_nor_browser(bruno, as_user):
    as_user(bruno)

    prune_sessions(now())
    assert UserSession.objects.count() == 1

    prune_sessions(now() + timedelta(days=15))
    assert not UserSession.objects.exists()
    assert not Session.objects.exists()
