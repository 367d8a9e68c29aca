"""Replies by mail while the server is away, refuses and breaks and the worker is killed (threat R3); and how fast they leave."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import desk
from bench.figure import Figure, at_most

REPLIES, QUICK_REPLIES = 1000, 80
KILLS, QUICK_KILLS = 20, 3
DOWN_S, QUICK_DOWN_S = 60.0, 1.5
CONVERSATIONS_EACH = 5  # replies of a conversation
SPEED = 30.0  # of the clock in the short form: leases and waits pass so much faster
SEED = 20261122
LIVES_S = (0.3, 2.0)  # how long a worker lives before its kill
DRAIN_WITHIN_S = 300.0
RATE_REPLIES, QUICK_RATE_REPLIES = 1000, 150
MARK = re.compile(r"reply (\d+) of (\d+)")
FAULTS = (("later", 0.15), ("refused", 0.03), ("drop_before", 0.1), ("drop_after", 0.1))


@dataclass
class Peer:
    """A mail server that fails by a plan, and remembers all that it took and all that it did wrong."""

    port: int
    chance: random.Random
    is_faulty: bool = False
    taken: list[tuple[str, str, float]] = field(default_factory=list)  # words, Message-ID, when
    done: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    connections: int = 0
    controller: Any = None

    def open(self) -> None:
        from aiosmtpd.controller import Controller

        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def close(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    def fault(self) -> str:
        if not self.is_faulty:
            return ""
        drawn = self.chance.random()
        for name, share in FAULTS:
            drawn -= share
            if drawn < 0:
                self.done[name] += 1
                return name
        return ""

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        content = envelope.content.decode("utf-8", "replace")
        words, id = said(content), content.partition("Message-ID: ")[2].partition("\r\n")[0]
        fault = self.fault()
        if fault == "later":
            return "451 come back"
        if fault == "refused":
            self.refused.add(words)
            return "554 not this one"
        if fault == "drop_before":
            server.transport.abort()
            return "451 gone"
        self.taken.append((words, id, time.monotonic()))
        if fault == "drop_after":
            server.transport.abort()
        return "250 OK"


def said(content: str) -> str:
    found = MARK.search(content)
    return found.group() if found else ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the peer has against what the desk says."""

    replies: int
    kills: int
    taken: int
    lost: int  # neither taken nor said to have failed
    wrongly_failed: int  # said to have failed though the peer did not refuse it for good
    wrongly_sent: int  # said to be sent though the peer never took it
    duplicates: int
    lost_acknowledgements: int  # injected; each kill may be one more
    changed_ids: int  # replies that came under more than one Message-ID
    out_of_order: int
    faults: dict[str, int]
    drained_s: float  # from the recovery of the server until nothing waits


def run(*, is_quick: bool) -> list[Figure]:
    """A reply that is lost, an id that changes, or an order that is not kept is a broken promise."""
    verdict = torment(
        replies=QUICK_REPLIES if is_quick else REPLIES,
        kills=QUICK_KILLS if is_quick else KILLS,
        down_s=QUICK_DOWN_S if is_quick else DOWN_S,
        speed=SPEED if is_quick else 1.0,
        seed=SEED,
    )
    rate, lines = measure_rate(QUICK_RATE_REPLIES if is_quick else RATE_REPLIES)
    allowed = verdict.lost_acknowledgements + verdict.kills
    did = ", ".join(f"{count} {name}" for name, count in sorted(verdict.faults.items()))
    words = f"{verdict.replies:,} replies, away for {DOWN_S:g} s, then {did}; {verdict.kills} kills, seed {SEED}"
    return [
        at_most("replies lost", verdict.lost, 0, reference=words),
        at_most("said to have failed and did not, or to be sent and were not", verdict.wrongly_failed + verdict.wrongly_sent, 0),
        at_most("replies under more than one Message-ID", verdict.changed_ids, 0),
        at_most("replies out of order in their conversation", verdict.out_of_order, 0),
        at_most(
            "mails that came twice",
            verdict.duplicates,
            allowed,
            reference=f"{verdict.lost_acknowledgements} acknowledgements were cut off, and each kill may cost one",
        ),
        at_most("drained after the server is well again", verdict.drained_s, 120, unit="s", digits=1),
        Figure(name="mails a second to a sink on this machine", value=rate, unit="/s", digits=1, reference=words_of(lines)),
    ]


def words_of(lines: int) -> str:
    return f"one worker, {lines} connection{'s' if lines != 1 else ''}, from the first mail to the last"


def torment(*, replies: int, kills: int, down_s: float, speed: float, seed: int) -> Verdict:
    """Write all replies, let the worker send them through a peer that fails and under kills, then compare."""
    chance = random.Random(seed)
    peer = Peer(desk.free_port(), random.Random(seed + 1))
    with desk.new_desk() as there:
        written = write(there, peer.port, replies, CONVERSATIONS_EACH)
        began = time.time()
        worker = start_worker(there.folder, began, speed)
        try:
            time.sleep(down_s)
            peer.is_faulty = True
            peer.open()
            for _ in range(kills):
                time.sleep(chance.uniform(*LIVES_S))
                kill(worker)
                worker = start_worker(there.folder, began, speed)
            time.sleep(LIVES_S[1])
            peer.is_faulty = False
            recovered = time.monotonic()
            wait_until_drained()
            drained_s = time.monotonic() - recovered
        finally:
            kill(worker)
            peer.close()
        return compare(peer, written, kills, drained_s)


def measure_rate(replies: int) -> tuple[float, int]:
    """Mails a second from the first to the last, each of another conversation; and over how many connections."""
    peer = Peer(desk.free_port(), random.Random(SEED))
    with desk.new_desk() as there:
        write(there, peer.port, replies, 1)
        peer.open()
        worker = start_worker(there.folder, time.time(), 1.0)
        try:
            wait_until_drained()
        finally:
            kill(worker)
            peer.close()
    times = [at for _, _, at in peer.taken]
    return (len(times) - 1) / (times[-1] - times[0]), peer.connections


def write(there: desk.Desk, port: int, replies: int, each: int) -> dict[str, tuple[str, int]]:
    """Mail conversations with so many replies each: words → (conversation, place in it)."""
    from ascolto.accounts.models import User
    from ascolto.channels.connect import make_channel
    from ascolto.channels.inbound import InboundMessage, accept_many
    from ascolto.channels.models import Thread
    from ascolto.conversations.models import Conversation
    from ascolto.conversations.receive import Received
    from ascolto.conversations.reply import write_reply
    from ascolto.eventlog.event import Actor
    from ascolto.people.identify import Claim

    now = datetime.now(UTC)
    values = {
        "address": "desk@bench.example",
        "smtp_host": "127.0.0.1",
        "smtp_port": str(port),
        "smtp_security": "none",
        "per_minute": "0",
    }
    inbox = make_channel(kind="email", name="Posta", language="it", values=values, at=now)
    agent, _is_new = User.objects.get_or_create(email="bruno@bench.example", defaults={"name": "Bruno", "role": "agent"})
    by = Actor("agent", str(agent.pk))
    count = -(-replies // each)
    came = accept_many(
        [
            InboundMessage(
                inbox=inbox.id,
                text="ciao",
                at=now,
                source=None,
                subject="Domanda",
                claim=Claim(carried=("email", f"c{n}@d{n}.example")),
            )
            for n in range(count)
        ]
    )
    conversations = [answer.conversation for answer in came if isinstance(answer, Received)]
    Thread.objects.bulk_create(
        Thread(conversation_id=id, inbox=inbox, kind="email", address=f"c{n}@d{n}.example", is_main=True, created_at=now)
        for n, id in enumerate(conversations)
    )
    written: dict[str, tuple[str, int]] = {}
    for place in range(each):
        for n, id in enumerate(conversations):
            words = f"reply {place} of {n}"
            at = now + timedelta(milliseconds=len(written))
            write_reply(conversation=Conversation.objects.get(pk=id), text=words, by=by, author=agent, at=at)
            written[words] = (str(id), place)
    return written


def start_worker(folder: Path, began: float, speed: float) -> "subprocess.Popen[bytes]":
    from django.conf import settings

    command = [sys.executable, "-m", "bench.mail_out", "worker", str(folder), str(began), str(speed)]
    # This process keeps the secret of its first desk, and has sealed with it.
    environment = os.environ | desk.environment(folder, 8000) | {"ASCOLTO_SECRET": settings.SECRET_KEY}
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env=environment)


def work(folder: Path, began: float, speed: float) -> None:
    """The product's own worker, in a process where time goes `speed` times as fast."""
    desk.prepare_to_read(folder)
    import threading

    from ascolto.jobs import heartbeat
    from ascolto.project import timetable, wiring, worker

    def now() -> datetime:
        return datetime.fromtimestamp(began + (time.time() - began) * speed, UTC)

    if speed != 1.0:
        worker.utc_now = now  # type: ignore[assignment]
        worker.IDLE_S, heartbeat.EVERY_S = 0.2, 0.5  # type: ignore[misc]
    timetable.connect()
    worker.Worker(wiring.REACTIONS, (), f"bench:{os.getpid()}").run(threading.Event())


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """Pull the plug: kill -9."""
    if worker.poll() is None:
        worker.send_signal(signal.SIGKILL)
    worker.wait()


def wait_until_drained() -> None:
    from ascolto.channels.models import Delivery
    from ascolto.conversations.models import Message

    until = time.monotonic() + DRAIN_WITHIN_S
    while time.monotonic() < until:
        unsent = Message.objects.filter(author_kind="agent", delivery__in=["live", "queued"])
        if not unsent.exists() and not Delivery.objects.filter(state__in=["queued", "sending"]).exists():
            return
        time.sleep(0.2)
    raise RuntimeError(f"{Delivery.objects.filter(state__in=['queued', 'sending']).count()} replies still wait")


def compare(peer: Peer, written: dict[str, tuple[str, int]], kills: int, drained_s: float) -> Verdict:
    from ascolto.conversations.models import Message

    rows = {row.text: row for row in Message.objects.filter(author_kind="agent")}
    ids: dict[str, set[str]] = {}
    places: dict[str, list[int]] = {}
    for words, id, _at in peer.taken:
        if words not in ids:
            conversation, place = written[words]
            places.setdefault(conversation, []).append(place)
        ids.setdefault(words, set()).add(id)
    failed = {words for words, row in rows.items() if row.delivery == "failed"}
    sent = {words for words, row in rows.items() if row.delivery == "sent"}
    return Verdict(
        replies=len(written),
        kills=kills,
        taken=len(ids),
        lost=len(set(written) - set(ids) - failed),
        wrongly_failed=len(failed - peer.refused),
        wrongly_sent=len(sent - set(ids)),
        duplicates=len(peer.taken) - len(ids),
        lost_acknowledgements=peer.done["drop_after"],
        changed_ids=sum(len(found) > 1 or found != {rows[words].mail_id} for words, found in ids.items()),
        out_of_order=sum(places != sorted(places) for places in places.values()),
        faults=dict(peer.done),
        drained_s=round(drained_s, 1),
    )


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        work(Path(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
    else:
        verdict = torment(replies=int(sys.argv[1]), kills=int(sys.argv[2]), down_s=QUICK_DOWN_S, speed=SPEED, seed=SEED)
        print(json.dumps(asdict(verdict)))
