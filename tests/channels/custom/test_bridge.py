"""The bridge that docs/use/custom-channel.md shows runs as it stands there, in both languages."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from ascolto.channels.contract import ArrivedMessage, HookCall, Receipt
from ascolto.channels.custom.channel import CustomKind
from ascolto.channels.custom.read import read
from tests.channels.custom.test_custom import HELLO
from tests.running import free_port, pass_time
from tests.standins.provider import Asked, Provider, Said, as_json

DOCS = Path(__file__).parents[3] / "docs" / "use"
PAGES = ("custom-channel.md", "custom-channel.it.md")
KIND = CustomKind()


class DeskDoor(Provider):
    """The desk's address for this channel: believes what is signed, and answers what the kind answers."""

    def __init__(self) -> None:
        super().__init__()
        self.door: Any = None

    def answer(self, asked: Asked) -> Said:
        call = HookCall(method="POST", url="", query={}, headers=asked.headers, body=asked.body, at=datetime.now(UTC))
        KIND.verify(call, self.door)
        return as_json(json.loads(KIND.answer(call, self.door).body))


def program_in(page: str) -> str:
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(), re.S)[0]


@pytest.fixture
def desk_door(door: Any) -> Iterator[DeskDoor]:
    there = DeskDoor()
    there.door = door
    with there.running():
        yield there


@pytest.fixture(params=PAGES)
def bridge_port(request: pytest.FixtureRequest, desk_door: DeskDoor, door: Any, tmp_path: Path) -> Iterator[int]:
    port = free_port()
    path = tmp_path / "bridge.py"
    path.write_text(program_in(request.param))
    own = {**os.environ, "DESK": f"{desk_door.url}/hooks/custom/ponte/", "SECRET": door.get("secret"), "PORT": str(port)}
    process = subprocess.Popen([sys.executable, str(path)], env=own, stdout=(tmp_path / "said").open("w"))
    try:
        yield port
    finally:
        process.kill()
        process.wait(10)


def post(port: int, path: str, said: Any, **headers: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(said).encode(), headers)
    for _ in range(100):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except OSError:  # it is still starting
            pass_time()
    raise AssertionError("the bridge did not start")


def test_a_message_goes_in_and_a_reply_comes_out_and_is_reported(
    bridge_port: int, desk_door: DeskDoor, door: Any, tmp_path: Path, settings: Any
) -> None:
    said = {"id": "m-17", "from": {"id": "rosa-1", "name": "Rosa"}, "text": "Buongiorno 💡"}
    settings.EGRESS_ALLOW = frozenset({f"127.0.0.1:{bridge_port}"})
    here = replace(door, settings={**door.settings, "url": f"http://127.0.0.1:{bridge_port}/ascolto"})

    assert post(bridge_port, "/customer", said) == 204
    [message] = read(desk_door.asked[0].body, door)
    assert isinstance(message, ArrivedMessage)
    assert (message.id, message.text, message.sender.value) == ("m-17", "Buongiorno 💡", "ponte:rosa-1")

    taken = KIND.send(HELLO, here)
    KIND.send(HELLO, here)
    for _ in range(50):
        if len(desk_door.asked) > 2:
            break
        pass_time()
    [receipt] = read(desk_door.asked[1].body, door)
    assert isinstance(receipt, Receipt)
    assert (receipt.id, receipt.state) == (taken.id, "delivered")
    assert (tmp_path / "said").read_text() == "to rosa-1: Buongiorno, arriviamo\n"
    assert KIND.check(here)[0].is_well


def test_what_is_not_signed_goes_nowhere(bridge_port: int, tmp_path: Path) -> None:
    reply = {"type": "reply", "data": {"id": "1", "to": {"id": "rosa-1"}, "text": "falso"}}

    assert post(bridge_port, "/ascolto", reply) == 401
    assert (
        post(bridge_port, "/ascolto", reply, **{"webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}) == 401
    )
    assert (tmp_path / "said").read_text() == ""


def test_both_pages_show_the_same_program() -> None:
    assert program_in(PAGES[0]) == program_in(PAGES[1])
