"""Access tokens for mailboxes that want OAuth2: asked for once, renewed in time, never on disk."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest

from ascolto.channels.contract import Door
from ascolto.channels.email import oauth
from ascolto.egress.client import NoAnswer, Reply
from tests.conftest import NOON


def door() -> Door:
    settings = {
        "oauth_token_url": "https://login.example/token",
        "oauth_client_id": "desk",
        "oauth_client_secret": "segreto",
        "oauth_refresh_token": "r-1",
    }
    return Door(inbox=uuid4(), key="posta", name="Posta", language="it", settings=settings)


class Provider:
    """Answers with what it was told to, and notes what it was asked."""

    def __init__(self, status: int = 200, **said: Any) -> None:
        self.status, self.said = status, said
        self.asked: list[dict[str, list[str]]] = []

    def __call__(self, method: str, url: str, *, headers: Any, content: bytes) -> Reply:
        self.asked.append(parse_qs(content.decode()))
        return Reply(status=self.status, headers={}, body=json.dumps(self.said).encode(), is_cut=False)


def test_a_token_is_asked_for_once_and_again_before_it_runs_out():
    provider, own = Provider(access_token="a-1", expires_in=3600), door()

    tokens = [oauth.access(own, now=NOON + timedelta(minutes=minute), call=provider).access_token for minute in (0, 30, 57, 59)]

    assert tokens == ["a-1"] * 4
    assert len(provider.asked) == 2
    assert provider.asked[0] == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["r-1"],
        "client_id": ["desk"],
        "client_secret": ["segreto"],
    }


def test_a_token_that_the_mailbox_refused_is_not_used_again():
    provider, own = Provider(access_token="a-1", expires_in=3600), door()
    oauth.access(own, now=NOON, call=provider)

    oauth.forget(own)
    oauth.access(own, now=NOON, call=provider)

    assert len(provider.asked) == 2


def test_a_new_refresh_token_is_handed_on_to_be_stored():
    granted = oauth.access(door(), now=NOON, call=Provider(access_token="a-1", refresh_token="r-2"))

    assert granted.refresh_token == "r-2"


@pytest.mark.parametrize(("status", "is_for_good"), [(400, True), (401, True), (429, False), (503, False)])
def test_a_refusal_is_for_good_and_a_bad_moment_is_not(status, is_for_good):
    with pytest.raises(oauth.NoToken) as error:
        oauth.access(door(), now=NOON, call=Provider(status))

    assert error.value.is_for_good is is_for_good


@pytest.mark.parametrize("said", [{}, {"access_token": "x", "expires_in": "soon"}, {"access_token": "x", "expires_in": 1e300}])
def test_an_answer_that_means_nothing_is_no_token(said):
    with pytest.raises(oauth.NoToken):
        oauth.access(door(), now=NOON, call=Provider(**said))


def test_no_answer_is_no_token():
    def silent(*arguments: Any, **named: Any) -> Reply:
        raise NoAnswer("timed out")

    with pytest.raises(oauth.NoToken, match="does not answer"):
        oauth.access(door(), now=NOON, call=silent)
