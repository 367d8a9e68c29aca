"""A bot, and a Telegram on this machine that knows it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from ascolto.channels.contract import Door
from tests.standins.telegram import TOKEN, Telegram


@pytest.fixture
def telegram(settings: Any) -> Iterator[Telegram]:
    there = Telegram()
    with there.running():
        settings.EGRESS_ALLOW = frozenset({there.address})
        yield there


@pytest.fixture
def door(telegram: Telegram) -> Door:
    return Door(
        inbox=UUID(int=7),
        key="bot",
        name="Bot",
        language="it",
        settings={
            "bot_token": TOKEN,
            "bot_name": "@lumen_help_bot",
            "api_url": telegram.url,
            "greeting": "Buongiorno, ci scriva.",
        },
        hook_url="https://desk.example/hooks/telegram/bot/",
        site_url="https://desk.example",
    )
