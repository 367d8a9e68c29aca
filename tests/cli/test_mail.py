"""`ascolto mail receive`: 0 is a promise, 75 asks the mail server to keep it."""

import io
import os
import signal
import smtplib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from ascolto.channels import raw
from ascolto.channels.connect import make_channel
from ascolto.channels.email.limits import MAX_RAW_BYTES
from ascolto.channels.models import RawInbound
from ascolto.cli.__main__ import main
from ascolto.files import store
from tests.conftest import NOON
from tests.mailservers import USER, mail
from tests.running import ROOT, free_port


@pytest.fixture
def inbox(world: Any) -> Any:
    return make_channel(kind="email", name="Posta", language="it", values={"address": USER}, at=NOON, key="posta")


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`pipe(bytes, *arguments)`: the command with these on its standard input; its exit code."""

    def run(content: bytes, *arguments: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        return main(["mail", "receive", *arguments])

    return run


def test_a_mail_on_standard_input_is_kept_as_it_is_with_its_envelope(inbox, pipe):
    assert pipe(mail(1), "--inbox", "posta", "--from", "rosa@posta.example", "--to", USER) == 0

    row = RawInbound.objects.get()
    assert bytes(row.content) == mail(1)
    assert row.head == {"door": "pipe", "envelope_from": "rosa@posta.example", "envelope_to": [USER]}


def test_the_same_mail_twice_is_one(inbox, pipe):
    assert pipe(mail(1), "--inbox", "posta") == 0
    assert pipe(mail(1), "--inbox", "posta") == 0

    assert RawInbound.objects.count() == 1


@pytest.mark.parametrize(("content", "key"), [(mail(1), "nope"), (mail(1), "sito"), (b"\n", "posta")])
def test_what_can_never_be_taken_is_1_with_the_reason(inbox, pipe, capsys, content, key):
    assert pipe(content, "--inbox", key) == 1

    assert "ascolto:" in capsys.readouterr().err
    assert not RawInbound.objects.exists()


def test_whatever_stands_in_the_way_is_75(inbox, pipe, capsys, monkeypatch):
    def away(arrived: Any) -> Any:
        raise OperationalError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(raw, "keep_many", away)
        assert pipe(mail(1), "--inbox", "posta") == 75
    with monkeypatch.context() as full:
        full.setattr(store, "SPACE_KEPT_BYTES", 1 << 60)
        assert pipe(mail(1), "--inbox", "posta") == 75

    assert "try later" in capsys.readouterr().err
    assert not RawInbound.objects.exists()


def test_a18_of_a_mail_that_is_too_large_the_head_is_kept(inbox, pipe):
    assert pipe(mail(1) + b"x" * (MAX_RAW_BYTES + 5), "--inbox", "posta") == 0

    row = RawInbound.objects.get()
    assert row.head["too_large"] == len(mail(1)) + MAX_RAW_BYTES + 5
    assert row.size_bytes <= 256 * 1024


def test_a_wrong_setting_does_not_send_mail_back(tmp_path: Path) -> None:
    environment = {**os.environ, "ASCOLTO_DATA": str(tmp_path), "ASCOLTO_LANGUAGE": "klingon"}
    environment["DJANGO_SETTINGS_MODULE"] = "ascolto.project.settings"
    command = [sys.executable, "-m", "ascolto.cli", "mail", "receive", "--inbox", "posta"]

    done = subprocess.run(command, cwd=ROOT, env=environment, input=mail(1), capture_output=True, check=False)

    assert done.returncode == 75
    assert b"ASCOLTO_LANGUAGE" in done.stderr


def test_the_door_listens_where_it_is_told_and_stops_in_good_order(tmp_path: Path) -> None:
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ASCOLTO_")}
    environment |= {"ASCOLTO_DATA": str(tmp_path), "ASCOLTO_MAIL_DOOR": f"lmtp://127.0.0.1:{port}"}
    environment["DJANGO_SETTINGS_MODULE"] = "ascolto.project.settings"
    door = subprocess.Popen(
        [sys.executable, "-m", "ascolto.cli", "mail", "serve"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    )
    try:
        assert door.stdout is not None
        assert f"lmtp://127.0.0.1:{port}".encode() in door.stdout.readline()
        with smtplib.LMTP("127.0.0.1", port) as server:
            assert server.ehlo()[0] == 250
    finally:
        door.send_signal(signal.SIGTERM)
        assert door.wait(15) == 0
