"""Setting a number up on the screen, without having read a manual."""

import pytest

from ascolto.channels.connect import BadSettings, change_settings
from ascolto.channels.models import Channel
from tests.standins.twilio import OUR_NUMBER, TOKEN


@pytest.fixture
def ada(world, signed_in):
    return signed_in(world.ada)


def test_connect_tells_the_provider_where_to_call(provider, ada):
    row = provider.standin.numbers[OUR_NUMBER]
    row["voice_url"] = row["status_callback"] = "https://elsewhere.example/"

    page = ada.post("/settings/inboxes/telefono/channel/connection/")

    assert page.status_code == 200
    assert "Il numero ci chiama." in page.content.decode()
    assert row["voice_url"].endswith("/hooks/phone/telefono/")
    assert row["status_callback"].endswith("?step=status")


def test_the_try_says_what_is_wrong_and_what_to_do(provider, ada):
    provider.standin.numbers[OUR_NUMBER]["sms_url"] = ""

    page = ada.post("/settings/inboxes/messaggi/channel/trial/").content.decode()

    assert "Il numero non ci chiama ancora." in page
    assert "/hooks/sms/messaggi/" in page


@pytest.mark.parametrize("key", ["messaggi", "telefono"])
def test_a22_the_token_is_never_shown_and_stands_sealed(provider, ada, key):
    page = ada.get(f"/settings/inboxes/{key}/channel/").content.decode()

    assert TOKEN not in page
    assert not [row for row in Channel.objects.all() if TOKEN in f"{row.settings}{row.secrets}"]


def test_settings_that_cannot_be_are_refused_in_words(provider):
    with pytest.raises(BadSettings) as refused:
        change_settings(inbox=provider.phone, values={"number": "12", "api_url": "ftp://a.example", "ring_s": "7"})

    assert set(refused.value.problems) == {"number", "api_url", "ring_s"}
