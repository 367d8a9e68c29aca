"""A bridge on this machine, and the inbox that speaks with it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from ascolto.channels.contract import Door
from ascolto.vault.webhooks import new_secret
from tests.standins.provider import Asked, Provider, Said


class Bridge(Provider):
    """Takes everything."""

    def answer(self, asked: Asked) -> Said:
        return Said(status=204)


@pytest.fixture
def bridge(settings: Any) -> Iterator[Bridge]:
    there = Bridge()
    with there.running():
        settings.EGRESS_ALLOW = frozenset({there.address})
        yield there


@pytest.fixture
def door(bridge: Bridge) -> Door:
    return Door(
        inbox=UUID(int=5),
        key="ponte",
        name="Ponte",
        language="it",
        settings={"secret": new_secret(), "earlier_secret": "", "url": f"{bridge.url}/ascolto"},
        hook_url="https://desk.example/hooks/custom/ponte/",
        site_url="https://desk.example",
    )
