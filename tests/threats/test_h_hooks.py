"""The doors of providers open to the provider alone (threats.md, H1): no session and no token of ours is a key to them."""

import json
from typing import Any

import pytest

from ascolto.channels.connect import make_channel
from ascolto.channels.models import RawInbound
from ascolto.channels.registry import KINDS, hook_kind
from ascolto.edge import limits
from tests.contracts.examples import EXAMPLES, NOON
from tests.edge.desk import desk, run
from tests.threats.conftest import ACTORS, Everyone

CALLED = sorted(name for name in KINDS if hook_kind(name) and EXAMPLES[name].prove)


@pytest.mark.django_db(transaction=True)
def test_h1_whoever_is_signed_in_and_whatever_token_they_have_is_no_provider(
    everyone: Everyone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.Limits, "count", lambda *_: nothing())
    inboxes = {
        name: make_channel(kind=name, name=name, language="it", values=EXAMPLES[name].settings, at=NOON, key=f"porta-{name}")
        for name in CALLED
    }
    before = RawInbound.objects.count()

    async def story() -> None:
        async with desk() as here:
            for name, inbox in inboxes.items():
                body = next(iter(EXAMPLES[name].samples.values()))
                for actor in ACTORS:
                    knocker = everyone.actors[actor]
                    headers = {"cookie": f"sessionid={knocker.cookie}"} if knocker.cookie else {}
                    path = f"/hooks/{name}/{inbox.key}/"
                    posted = await here.call("POST", path, body=body, headers=headers, token=knocker.bearer)
                    fetched = await here.call("GET", path, headers=headers, token=knocker.bearer)
                    assert (name, actor, posted.status, fetched.status) == (name, actor, 403, 405)
                    assert json.loads(posted.body)["error"]["code"] == "forged"

    run(story())
    assert RawInbound.objects.count() == before


async def nothing(*_: Any) -> None:
    return None
