"""By text message and by phone, against a running desk and a provider on the other side of HTTP."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.journeys.conftest import Colleague
from tests.running import ROOT, RunningDesk, running_desk
from tests.standins.twilio import OUR_NUMBER, SID, TOKEN, Person, StandIn, serving

MARIO, BRUNOS = "+393331234567", "+393470000007"


def eventually(what: Callable[[], Any], timeout_s: float = 20) -> Any:
    """The first true value of `what`: a worker has a part in it."""
    until = time.monotonic() + timeout_s
    while not (value := what()):
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.2)
    return value


@pytest.fixture(scope="module")
def provider() -> Iterator[StandIn]:
    with serving(StandIn()) as standin:
        yield standin


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, provider: StandIn) -> Iterator[RunningDesk]:
    allowed = {"ASCOLTO_EGRESS_ALLOW": urlsplit(provider.url).netloc}
    with running_desk(tmp_path_factory.mktemp("desk"), **allowed) as running:
        for kind, key in (("sms", "messaggi"), ("phone", "telefono")):
            connect(running, provider, kind, key)
        row = provider.numbers[OUR_NUMBER]
        row["sms_url"] = f"{running.url}/hooks/sms/messaggi/"
        row["voice_url"] = f"{running.url}/hooks/phone/telefono/"
        row["status_callback"] = f"{running.url}/hooks/phone/telefono/?step=status"
        yield running


def connect(desk: RunningDesk, provider: StandIn, kind: str, key: str) -> None:
    values = [f"account_sid={SID}", "auth_token=-", f"number={OUR_NUMBER}", f"api_url={provider.url}"]
    command = [sys.executable, "-m", "ascolto.cli.__main__", "inbox", "connect", kind, key.title(), *values, "--key", key]
    done = subprocess.run(command, cwd=ROOT, env=desk.environment, input=TOKEN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture
def api(desk: RunningDesk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{desk.url}/api/v1", headers={"Authorization": f"Bearer {desk.facts['token']}"}) as client:
        yield client


def conversation_that_says(api: httpx.Client, words: str) -> dict[str, Any] | None:
    for each in api.get("/conversations").json()["items"]:
        messages = api.get(f"/conversations/{each['id']}/messages").json()["items"]
        if any(words in message["body"] for message in messages):
            return {**each, "messages": messages}
    return None


def test_a_text_message_is_answered_and_delivered(
    desk: RunningDesk, provider: StandIn, bruno: Colleague, api: httpx.Client
) -> None:
    provider.text(MARIO, "Buongiorno, a che ora aprite?")
    provider.text(MARIO, "Buongiorno, a che ora aprite?")  # another message, though it says the same

    found = eventually(lambda: conversation_that_says(api, "a che ora aprite"))
    assert bruno.does(found["number"], "replies", text="Alle nove.", client_id="r1").status_code == 200
    eventually(lambda: provider.sent)
    provider.let_pass()

    assert [(each["To"], each["Body"]) for each in provider.sent] == [(MARIO, "Alle nove.")]
    eventually(lambda: "Alle nove." in bruno.page(f"/conversations/{found['number']}/"))
    assert {status for *_, status, _ in provider.said} == {200}


def test_a_caller_waits_asks_to_be_called_back_and_is(
    desk: RunningDesk, provider: StandIn, bruno: Colleague, api: httpx.Client
) -> None:
    line = provider.call(Person(MARIO, keys=["1"]))
    provider.let_pass()
    assert line.heard[0] == "Buongiorno, qui Negozio Esempio."
    assert line.heard[-1] == "Grazie. La richiamiamo appena possibile. Arrivederci."
    found = eventually(lambda: conversation_that_says(api, "chiede di essere richiamato"))
    assert found["attributes"]["call_back"]["phone"] == MARIO

    bruno.submit("/account/", name="Bruno Neri", language="it", phone=BRUNOS)
    provider.people = {
        BRUNOS: Person(BRUNOS, picks_up="completed"),
        MARIO: Person(MARIO, picks_up="completed", talks_s=61),
    }
    assert bruno.does(found["number"], "calls", phone=MARIO).status_code == 200
    eventually(lambda: [each for each in provider.lines.values() if each.values["To"] == BRUNOS])
    provider.ring_agents()
    provider.let_pass()

    eventually(lambda: "conversazione di 1:01" in bruno.page(f"/conversations/{found['number']}/"))
    assert "call_back" not in api.get(f"/conversations/{found['id']}").json()["attributes"]


def test_a_message_after_the_tone_stands_in_the_conversation_with_its_recording(
    desk: RunningDesk, provider: StandIn, bruno: Colleague, api: httpx.Client
) -> None:
    provider.call(Person("+393339990001", keys=["1"], patience=1))
    provider.hook(
        f"{desk.url}/hooks/phone/telefono/?step=recording&caller=%2B393339990001",
        {
            "CallSid": "CA77",
            **provider.keep_recording(next(iter(provider.lines.values())), 12)[1],
            "RecordingStatus": "completed",
        },
    )

    found = eventually(lambda: conversation_that_says(api, "Segreteria, 0:12"))
    assert len(found["messages"]) == 2
    assert "voicemail.mp3" in bruno.page(f"/conversations/{found['number']}/")


def test_h1_what_is_not_signed_is_refused_at_the_door(desk: RunningDesk) -> None:
    for address in ("sms/messaggi/", "phone/telefono/", "phone/telefono/?step=wait"):
        answer = httpx.post(f"{desk.url}/hooks/{address}", data={"CallSid": "CA1", "MessageSid": "SM1", "Body": "ciao"})
        assert answer.status_code == 403
