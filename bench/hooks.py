"""Providers call while nobody reads: how soon each is told that its message is kept, and ten copies over kill -9's are one."""

import asyncio
import hmac
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bench import client, desk
from bench.figure import Figure, at_most, percentile

SECONDS, QUICK_SECONDS = 10.0, 2.0
CALLS_PER_S = 100  # about what a provider sends to a desk that gets a million messages a week, all in the busy hours
CONNECTIONS = 16
GOAL_MS = 50.0
COPIES = 10
RESTARTS, QUICK_RESTARTS = 5, 2
LIVES_S = (0.1, 1.2)  # how long the server lives between becoming ready and its kill
SEED = 20261122
ANSWER_WITHIN_S = 20.0
SAMPLES = Path(__file__).resolve().parent.parent / "tests" / "data" / "hooks"

SECRET = "segreto-di-prova"
WEBHOOK_SECRET = "whsec_c2VncmV0by1kaS11bi1wb250ZS1sdW5nby1hYmJhc3Rhbnph"
NOBODY = "http://127.0.0.1:9"
TWILIO = {"account_sid": "AC1", "auth_token": SECRET, "number": "+390655500199", "api_url": NOBODY}
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "whatsapp": {
        "phone_number_id": "106540352242922",
        "waba_id": "102290129340398",
        "access_token": "EAAG",
        "app_secret": SECRET,
        "verify_token": SECRET,
        "api_url": NOBODY,
    },
    "telegram": {"bot_token": "4242:una-parola-che-nessuno-indovina", "api_url": NOBODY},
    "custom": {"secret": WEBHOOK_SECRET},
    "sms": TWILIO,
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a provider, as bytes for the wire; the same bytes at every copy of it."""

    kind: str
    body: bytes
    request: bytes


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the providers were told, against what became of it."""

    restarts: int
    calls: int
    acknowledged: int
    retries: int
    lost: int  # told that it is kept, and it is not there
    doubled: int  # kept twice, or with an effect twice
    missing: int  # kept, and without its effect
    broken: int  # findings of SQLite's own integrity check


@dataclass
class Ledger:
    acknowledged: dict[tuple[str, bytes], int] = field(default_factory=dict)
    retries: int = 0


def run(*, is_quick: bool) -> list[Figure]:
    """Any figure but zero for lost, doubled or missing is a broken promise (threats R4, H3, H5)."""
    took_ms, kept = acknowledgements(QUICK_SECONDS if is_quick else SECONDS)
    offered = f"{len(took_ms):,} calls of WhatsApp at {CALLS_PER_S}/s, the worker stopped; {kept:,} kept"
    words = f"{offered}; p50 {percentile(took_ms, 50):.1f} ms"
    verdict = copies_apart(restarts=QUICK_RESTARTS if is_quick else RESTARTS)
    of = f"{verdict.calls} samples × {COPIES} copies at once, {verdict.restarts} kills, seed {SEED}"
    of += f"; {verdict.retries} broken off and sent again"
    return [
        at_most("acknowledged after the commit: p99", percentile(took_ms, 99), GOAL_MS, unit="ms", digits=1, reference=words),
        at_most("acknowledged and not kept", len(took_ms) - kept + verdict.lost, 0, reference=of),
        at_most("kept twice, or with an effect twice", verdict.doubled, 0),
        at_most("kept, and without its effect", verdict.missing, 0),
        at_most("findings of the database's integrity check", verdict.broken, 0),
    ]


# How soon


def acknowledgements(seconds: float) -> tuple[list[float], int]:
    """Milliseconds from call to answer, offered at a steady pace that waits for nobody; and how many were kept."""
    with desk.new_desk() as there:
        doors = make_doors(there)
        there.serve("--no-worker")
        sample = json.loads((SAMPLES / "whatsapp.json").read_text())["text"]
        calls = [another(sample, number, doors["whatsapp"], there.port) for number in range(int(CALLS_PER_S * seconds))]
        took_ms = client.run(offer(there.port, calls, another(sample, -1, doors["whatsapp"], there.port)))
        there.stop()
        database = sqlite3.connect(f"file:{there.database}?mode=ro", uri=True)
        kept = database.execute("SELECT count(*) FROM channels_rawinbound").fetchone()[0] - 1  # the first was to warm up
        database.close()
    return took_ms, kept


def another(sample: dict[str, Any], number: int, door: Any, port: int) -> Call:
    body = json.dumps(sample).replace("wamid.in1", f"wamid.bench{number}").encode()
    return call_of("whatsapp", body, door, port)


async def offer(port: int, calls: list[Call], first: Call) -> list[float]:
    idle: asyncio.Queue[client.Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        idle.put_nowait(await client.connect(port))
    took_ms: list[float] = []
    await one(idle, first.request, time.monotonic())
    began = time.monotonic()
    tasks = []
    for number, call in enumerate(calls):
        due = began + number / CALLS_PER_S
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        tasks.append(asyncio.create_task(one(idle, call.request, due)))
    for task in tasks:
        took_ms.append(await task)
    return took_ms


async def one(idle: "asyncio.Queue[client.Connection]", request: bytes, due: float) -> float:
    """From when it was due, so that a server that makes others wait is not flattered."""
    connection = await idle.get()
    status, body = await asyncio.wait_for(connection.send(request), ANSWER_WITHIN_S)
    idle.put_nowait(connection)
    if status != 200:
        raise RuntimeError(f"{status}: {body[:300]!r}")
    return (time.monotonic() - due) * 1000


# How often


def copies_apart(*, restarts: int) -> Verdict:
    """In a process of its own: this one has settled on the keys of the desk before."""
    command = [sys.executable, "-m", "bench.hooks", str(restarts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return Verdict(**json.loads(done.stdout))


def copies(*, restarts: int, seed: int) -> Verdict:
    """Each sample in ten copies at once, over and over, while server and worker are killed; then everything is read."""
    chance = random.Random(seed)
    with desk.new_desk() as there:
        doors = make_doors(there)
        calls = [call_of(kind, body, doors[kind], there.port) for kind in doors for body in samples_of(kind)]
        there.serve()
        ledger = Ledger()
        for number in range(restarts + 1):
            kill_after_s = chance.uniform(*LIVES_S) if number < restarts else None
            client.run(all_at_once(there, calls, ledger, kill_after_s, chance))
            if kill_after_s is not None:
                there.serve()
        there.stop()
        return compare(there, doors, calls, ledger, restarts)


async def all_at_once(
    there: desk.Desk, calls: list[Call], ledger: Ledger, kill_after_s: float | None, chance: random.Random
) -> None:
    stop = asyncio.Event()
    wanted = [call for call in calls for _ in range(COPIES)]
    chance.shuffle(wanted)
    waiting = iter(wanted)
    workers = [asyncio.create_task(send_on(there.port, waiting, ledger, stop)) for _ in range(CONNECTIONS * 2)]
    if kill_after_s is not None:
        await asyncio.sleep(kill_after_s)
        stop.set()
        await asyncio.to_thread(kill_all, there)
    await asyncio.gather(*workers)


def kill_all(there: desk.Desk) -> None:
    """kill -9 for the server and its worker."""
    workers = desk.children_of(there.server.pid)
    there.kill()
    for pid in workers:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def send_on(port: int, waiting: Any, ledger: Ledger, stop: asyncio.Event) -> None:
    """Take a call and send it until it is answered; when the server is killed, the rest is left for the next round."""
    connection: client.Connection | None = None
    for call in waiting:
        while True:
            try:
                connection = connection or await client.connect(port)
                status, body = await asyncio.wait_for(connection.send(call.request), ANSWER_WITHIN_S)
            except (client.Gone, OSError, TimeoutError):
                connection = None
                ledger.retries += 1
                if stop.is_set():
                    return
                await asyncio.sleep(0.05)
                continue
            if status == 200:
                ledger.acknowledged[call.kind, call.body] = ledger.acknowledged.get((call.kind, call.body), 0) + 1
                break
            if status != 503:
                raise RuntimeError(f"{call.kind} {status}: {body[:300]!r}")
            ledger.retries += 1
            await asyncio.sleep(0.05)
        if stop.is_set():
            return


def compare(there: desk.Desk, doors: Mapping[str, Any], calls: list[Call], ledger: Ledger, restarts: int) -> Verdict:
    """What was promised against what is stored, and what is stored against what one careful reader makes of it."""
    read_everything(doors)
    database = sqlite3.connect(f"file:{there.database}?mode=ro", uri=True)
    kept = [bytes(row[0]) for row in database.execute("SELECT content FROM channels_rawinbound")]
    lost = sum(body not in set(kept) for _, body in ledger.acknowledged)
    doubled = len(kept) - len(set(kept))
    wanted = {said.id: kind for kind in doors for said in messages_in(kind, doors[kind])}
    named = [row[0] for row in database.execute("SELECT value FROM channels_messageid")]
    missing = sum(id not in set(named) for id in wanted)
    doubled += len(named) - len(set(named))
    messages = database.execute("SELECT count(*) FROM conversations_message").fetchone()[0]
    told = database.execute("SELECT count(*) FROM eventlog_event WHERE kind = 'conversation.message_received'").fetchone()[0]
    doubled += max(0, messages - len(set(named))) + abs(told - messages)
    broken = [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
    broken += [row[0] for row in database.execute("PRAGMA foreign_key_check")]
    database.close()
    return Verdict(
        restarts=restarts,
        calls=len(calls),
        acknowledged=len(ledger.acknowledged),
        retries=ledger.retries,
        lost=lost,
        doubled=doubled,
        missing=missing,
        broken=len(broken),
    )


def read_everything(doors: Mapping[str, Any]) -> None:
    """What the killed workers left; as of tomorrow, when files that nobody gives out are given up."""
    from ascolto.channels.arrivals import read_waiting
    from ascolto.channels.contract import TryLater

    tomorrow = datetime.now(UTC) + timedelta(hours=25)
    for door in doors.values():
        for _ in range(50):
            with suppress(TryLater):
                if not read_waiting(inbox_id=door.inbox, now=tomorrow):
                    break


def messages_in(kind: str, door: Any) -> list[Any]:
    """The messages of people that the samples are."""
    from uuid import uuid4

    from ascolto.channels.contract import ArrivedMessage, Raw
    from ascolto.channels.registry import KINDS

    raws = [Raw(id=uuid4(), content=body, received_at=datetime.now(UTC), head={}) for body in samples_of(kind)]
    arrivals = [each for said in KINDS[kind].read(raws, door) for each in said]  # type: ignore[union-attr]
    return [each for each in arrivals if isinstance(each, ArrivedMessage) and not each.automatic]


# The calls


def make_doors(there: desk.Desk) -> dict[str, Any]:
    """An inbox of each kind whose provider calls."""
    from ascolto.channels.connect import door_of, make_channel

    now = datetime.now(UTC)
    made = {
        kind: make_channel(kind=kind, name=kind, language="it", values=values, at=now, key=f"bench-{kind}")
        for kind, values in SETTINGS.items()
    }
    from django.conf import settings

    settings.SITE_URL = f"http://127.0.0.1:{there.port}"
    return {kind: door_of(inbox) for kind, inbox in made.items()}


def samples_of(kind: str) -> list[bytes]:
    found = json.loads((SAMPLES / f"{kind}.json").read_text())
    if kind == "sms":
        return [urlencode(said).encode() for said in found.values()]
    return [json.dumps(said).encode() for said in found.values()]


def call_of(kind: str, body: bytes, door: Any, port: int) -> Call:
    """As bytes for the wire."""
    content_type = "application/x-www-form-urlencoded" if kind == "sms" else "application/json"
    lines = [f"POST /hooks/{kind}/{door.key}/ HTTP/1.1", f"Host: {client.HOST}:{port}", f"Content-Type: {content_type}"]
    lines += [f"Content-Length: {len(body)}", *[f"{name}: {value}" for name, value in PROOFS[kind](body, door).items()]]
    return Call(kind=kind, body=body, request=("\r\n".join(lines) + "\r\n\r\n").encode() + body)


def by_whatsapp(body: bytes, door: Any) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, sha256).hexdigest()}


def by_telegram(body: bytes, door: Any) -> dict[str, str]:
    from ascolto.channels.telegram.hook import HEADER, secret_of

    return {HEADER: secret_of(door)}


def by_custom(body: bytes, door: Any) -> dict[str, str]:
    from ascolto.vault.webhooks import sign

    return sign(body, id=f"msg_{sha256(body).hexdigest()[:32]}", at=datetime.now(UTC), secrets=[WEBHOOK_SECRET])


def by_twilio(body: bytes, door: Any) -> dict[str, str]:
    from twilio.request_validator import RequestValidator

    params = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return {"X-Twilio-Signature": RequestValidator(SECRET).compute_signature(door.hook_url, params)}


PROOFS: Mapping[str, Callable[[bytes, Any], dict[str, str]]] = {
    "whatsapp": by_whatsapp,
    "telegram": by_telegram,
    "custom": by_custom,
    "sms": by_twilio,
}


if __name__ == "__main__":
    print(json.dumps(asdict(copies(restarts=int(sys.argv[1]), seed=SEED))))
