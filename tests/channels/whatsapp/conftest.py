"""A number, and a Meta on this machine that knows it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from ascolto.channels.contract import Door
from tests.standins.whatsapp import ACCOUNT_ID, APP_SECRET, NUMBER_ID, TOKEN, VERIFY_TOKEN, WhatsApp


@pytest.fixture
def meta(settings: Any) -> Iterator[WhatsApp]:
    there = WhatsApp()
    with there.running():
        settings.EGRESS_ALLOW = frozenset({there.address})
        yield there


@pytest.fixture
def door(meta: WhatsApp) -> Door:
    return Door(
        inbox=UUID(int=9),
        key="wa",
        name="WhatsApp",
        language="it",
        settings={
            "phone_number_id": NUMBER_ID,
            "waba_id": ACCOUNT_ID,
            "access_token": TOKEN,
            "app_secret": APP_SECRET,
            "verify_token": VERIFY_TOKEN,
            "api_url": f"{meta.url}/v25.0",
        },
        hook_url="https://desk.example/hooks/whatsapp/wa/",
        site_url="https://desk.example",
    )
