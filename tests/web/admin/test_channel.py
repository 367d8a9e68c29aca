"""/settings/inboxes/<key>/channel/ and what stands around it."""

from collections.abc import Sequence
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from ascolto.channels import health, raw
from ascolto.channels.alarm import alarm
from ascolto.channels.arrivals import read_waiting
from ascolto.channels.connect import BadSettings, change_settings, door_of, make_channel
from ascolto.channels.contract import Capabilities, Door, Finding, Setting, Unreadable
from ascolto.channels.models import Channel, RawInbound
from ascolto.channels.registry import KINDS
from ascolto.conversations.models import Inbox
from tests.conftest import NOON

SECRET = "canary-of-a-password"


class Pigeon:
    """A kind with one setting of each form, that reads nothing and always finds the same."""

    name, label, hint, address_kind = "custom", "Piccione", "Porta lettere.", "custom"
    capabilities = Capabilities()
    settings: Sequence[Setting] = (
        Setting(name="host", label="Server", form="host", is_required=True),
        Setting(name="port", label="Porta", form="port", default=993),
        Setting(name="password", label="Parola", form="secret", is_required=True),
        Setting(name="address", label="Indirizzo", form="email"),
        Setting(name="number", label="Numero", form="phone"),
        Setting(name="after", label="Poi", form="choice", choices=[("keep", "tieni"), ("delete", "butta")], default="keep"),
        Setting(name="loud", label="Forte", form="flag"),
        Setting(name="site", label="Sito", form="url"),
        Setting(name="signature", label="Firma", form="long"),
    )
    findings: Sequence[Finding] = (Finding(is_well=True, words="Il server risponde."),)

    def read(self, raws: Any, door: Door) -> Any:
        return [Unreadable("Non si legge.") for _ in raws]

    def check(self, door: Door) -> Sequence[Finding]:
        return self.findings


FILLED = {"host": "Imap.Example.com", "password": SECRET, "inbox_name": "Posta", "inbox_language": "it"}


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Pigeon:
    kind = Pigeon()
    monkeypatch.setitem(KINDS, "custom", kind)
    return kind


@pytest.fixture
def inbox(world: Any, pigeon: Pigeon) -> Inbox:
    return make_channel(kind="custom", name="Posta", language="it", values=FILLED, at=NOON, key="posta")


def test_a_channel_is_connected_and_its_secret_never_shown_again(signed_in: Any, world: Any, pigeon: Pigeon) -> None:
    ada = signed_in(world.ada)
    response = ada.post("/settings/channels/new/custom/", FILLED)
    page = ada.get(response.headers["Location"]).text

    made = Inbox.objects.get(name="Posta")
    assert door_of(made).settings["password"] == SECRET
    assert door_of(made).settings["host"] == "imap.example.com"
    assert SECRET not in page


def test_a22_a_secret_is_sealed_and_written_only(signed_in: Any, world: Any, inbox: Inbox) -> None:
    ada = signed_in(world.ada)
    pages = [ada.get(f"/settings/inboxes/{inbox.key}/{place}").text for place in ("", "channel/", "arrived/")]

    assert SECRET not in str(Channel.objects.values().get(pk=inbox.pk))
    assert not [page for page in pages if SECRET in page]


def test_an_empty_secret_keeps_the_one_that_is_there(signed_in: Any, world: Any, inbox: Inbox) -> None:
    signed_in(world.ada).post(f"/settings/inboxes/{inbox.key}/channel/", {**FILLED, "password": "", "host": "mail.example.com"})

    assert door_of(inbox).settings["password"] == SECRET
    assert door_of(inbox).settings["host"] == "mail.example.com"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", ""),
        ("host", "a b"),
        ("host", "user@host"),
        ("port", "0"),
        ("port", "99999"),
        ("port", "٣"),
        ("address", "nobody"),
        ("number", "12"),
        ("after", "burn"),
        ("site", "ftp://x"),
        ("site", "https://me:secret@x"),
        ("signature", "x" * 10_001),
    ],
)
def test_settings_that_cannot_be_are_refused_with_words(signed_in: Any, world: Any, inbox: Inbox, name: str, value: str) -> None:
    before = door_of(inbox).settings
    response = signed_in(world.ada).post(f"/settings/inboxes/{inbox.key}/channel/", {**FILLED, name: value})

    assert response.status_code == 422
    assert door_of(inbox).settings == before


def test_a_setting_that_is_needed_cannot_be_left_out(pigeon: Pigeon, world: Any) -> None:
    with pytest.raises(BadSettings) as refused:
        make_channel(kind="custom", name="Posta", language="it", values={"host": "x.example"}, at=NOON)

    assert set(refused.value.problems) == {"password"}


def test_a_try_says_what_it_found_and_ends_the_trouble(signed_in: Any, world: Any, inbox: Inbox, pigeon: Pigeon) -> None:
    health.note_trouble(inbox=inbox.pk, words="Il server non risponde.", at=NOON)
    ada = signed_in(world.ada)
    assert "Il server non risponde." in ada.get(f"/settings/inboxes/{inbox.key}/channel/").text

    page = ada.post(f"/settings/inboxes/{inbox.key}/channel/trial/").text

    assert "Il server risponde." in page
    assert Channel.objects.get(pk=inbox.pk).trouble == ""


def test_a_channel_rests_and_works_again(signed_in: Any, world: Any, inbox: Inbox) -> None:
    ada = signed_in(world.ada)
    ada.post(f"/settings/inboxes/{inbox.key}/channel/rest/", {"rest": "begin"})
    assert Channel.objects.get(pk=inbox.pk).paused_at is not None

    ada.post(f"/settings/inboxes/{inbox.key}/channel/rest/", {"rest": "end"})
    assert Channel.objects.get(pk=inbox.pk).paused_at is None


def test_what_could_not_be_read_is_shown_with_its_reason_and_read_again(signed_in: Any, world: Any, inbox: Inbox) -> None:
    raw.keep(raw.Arrived(inbox=inbox.pk, content=b"<script>alert(1)</script>", at=NOON))
    read_waiting(inbox_id=inbox.pk, now=NOON)
    ada = signed_in(world.ada)
    page = ada.get(f"/settings/inboxes/{inbox.key}/arrived/").text
    row = RawInbound.objects.get()
    original = ada.get(f"/settings/inboxes/{inbox.key}/arrived/{row.pk}/")

    assert "Non si legge." in page
    assert original.content == b"<script>alert(1)</script>"
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert original.headers["Content-Type"] == "application/octet-stream"
    ada.post(f"/settings/inboxes/{inbox.key}/arrived/readings/", {"id": [str(row.pk), "nonsense"]})
    assert RawInbound.objects.get().state == "waiting"


def test_health_counts_what_waits_and_failed_in_three_queries(
    inbox: Inbox, django_assert_num_queries: Any, signed_in: Any, world: Any
) -> None:
    raw.keep_many([raw.Arrived(inbox=inbox.pk, content=each, at=NOON) for each in (b"1", b"2")])
    read_waiting(inbox_id=inbox.pk, now=NOON)
    raw.keep(raw.Arrived(inbox=inbox.pk, content=b"3", at=NOON))

    with django_assert_num_queries(3):
        found = health.health_of_all(now=NOON + timedelta(hours=1))

    assert [(each.unread, each.failed_in, each.is_stuck, each.is_well) for each in found] == [(1, 2, True, False)]
    assert "Posta" in signed_in(world.ada).get("/settings/health/").text


def test_admins_are_told_of_trouble_that_lasts_once_a_day(inbox: Inbox, settings: Any) -> None:
    health.note_trouble(inbox=inbox.pk, words="La password non va.", at=NOON)

    counts = [alarm(NOON + timedelta(minutes=minutes)) for minutes in (5, 20, 25, 24 * 60 + 30)]

    assert counts == [0, 1, 0, 1]
    letters = [message_from_bytes(each.read_bytes()) for each in Path(settings.MAIL_DIR).glob("*.eml")]
    assert {each["To"] for each in letters} == {"ada@lumen.example"}
    assert all(each["Auto-Submitted"] == "auto-generated" for each in letters)


def test_only_admins_come_here(signed_in: Any, world: Any, inbox: Inbox) -> None:
    carla = signed_in(world.carla)
    addresses = ["channel/", "arrived/", f"arrived/{inbox.pk}/"]

    assert {carla.get(f"/settings/inboxes/{inbox.key}/{each}").status_code for each in addresses} == {403}
    assert carla.post(f"/settings/inboxes/{inbox.key}/channel/trial/").status_code == 403


def test_a_kind_that_is_none_is_not_there(signed_in: Any, world: Any, pigeon: Pigeon) -> None:
    ada = signed_in(world.ada)

    assert ada.get("/settings/channels/new/smoke/").status_code == 404
    assert ada.get(f"/settings/inboxes/{world.inbox.key}/channel/").status_code == 404


def test_settings_twice_are_once(inbox: Inbox) -> None:
    change_settings(inbox=inbox, values={"loud": "on"})
    change_settings(inbox=inbox, values={"loud": "on"})

    assert door_of(inbox).settings["loud"] is True


def test_what_leaves_does_not_end_the_trouble_of_what_should_come(inbox: Inbox) -> None:
    health.note_trouble(inbox=inbox.pk, words="La password non va.", at=NOON, side="in")

    health.note_sent(inbox=inbox.pk, at=NOON)
    assert Channel.objects.get(pk=inbox.pk).trouble
    health.note_well(inbox=inbox.pk, at=NOON, side="in")
    assert not Channel.objects.get(pk=inbox.pk).trouble


def test_two_inboxes_cannot_have_one_address(inbox: Inbox) -> None:
    change_settings(inbox=inbox, values={"address": "aiuto@lumen.example"})
    change_settings(inbox=inbox, values={"address": "aiuto@lumen.example"})

    with pytest.raises(BadSettings) as refused:
        make_channel(kind="custom", name="Due", language="it", values={**FILLED, "address": "Aiuto@lumen.example"}, at=NOON)

    assert set(refused.value.problems) == {"address"}
