"""No more automatic letters, by one click."""

from typing import Any

import pytest
from django.test import Client

from ascolto.channels.models import Unsubscribed
from ascolto.channels.unsubscribe import unsubscribe_url
from ascolto.people.models import Address


@pytest.fixture
def path(world: Any) -> str:
    return unsubscribe_url(Address.objects.get(value="anna@example.org")).removeprefix("http://testserver")


def test_e4_looking_changes_nothing(client: Client, path: str) -> None:
    page = client.get(path)

    assert page.status_code == 200
    assert "anna@example.org" not in page.content.decode()
    assert not Unsubscribed.objects.exists()


def test_e4_a_mail_programs_post_is_enough_without_cookie_or_token(path: str) -> None:
    browser = Client(enforce_csrf_checks=True)

    for _ in range(2):
        answer = browser.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200

    assert Unsubscribed.objects.get().address == "anna@example.org"


@pytest.mark.parametrize("change", [lambda p: p[:-1], lambda p: p + "x", lambda p: "/u/x", lambda p: p.replace("/u/", "/u/A")])
def test_e1_a_forged_link_does_nothing(client: Client, path: str, change: Any) -> None:
    assert client.post(change(path)).status_code == 404
    assert not Unsubscribed.objects.exists()
