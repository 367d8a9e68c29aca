"""kill -9 of the worker at random while mails arrive, some of them again: each stored once, none lost (threat R1)."""

import json
import random
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field

from bench import desk
from bench.figure import Figure, at_most
from bench.mailbox import desk_with_mailbox, written
from tests.mailservers import Dovecot

MAILS, AGAIN, KILLS = 2_000, 500, 100
QUICK_MAILS, QUICK_AGAIN, QUICK_KILLS = 200, 50, 6
SEED = 20261122
LIVES_S = (0.05, 2.5)  # of a worker, from its first look into the mailbox to its kill
DRAINED_WITHIN_S = 120.0
RECEIVED = b"Received: from relay.example by mx.example; Wed, 18 Nov 2026 11:00:01 +0000\r\n"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was put into the mailbox against what the desk has after the last worker."""

    kills: int
    delivered: int
    again: int
    kept: int  # raw mails, copies with another way here among them
    lost: int
    duplicated: int
    half: int  # messages without their event, or not read, or left in the mailbox
    broken: int  # findings of SQLite's own integrity check
    killed_at_work: int  # kills after which there was work left


def run(*, is_quick: bool) -> list[Figure]:
    """Any figure but zero for lost, duplicated or half is a broken promise."""
    sizes = (QUICK_MAILS, QUICK_AGAIN, QUICK_KILLS) if is_quick else (MAILS, AGAIN, KILLS)
    verdict = torment(mails=sizes[0], again=sizes[1], kills=sizes[2], seed=SEED)
    words = (
        f"{verdict.kills} kills of the worker, {verdict.killed_at_work} of them in the middle of work, seed {SEED}; "
        f"{verdict.delivered:,} mails by IMAP (dovecot, deleted there once they are kept) and {verdict.again:,} of them again"
    )
    return [
        at_most("mails lost", verdict.lost, 0, reference=words),
        at_most("mails stored twice", verdict.duplicated, 0),
        at_most("mails stored half, unread or left behind", verdict.half, 0),
        at_most("findings of the database's integrity check", verdict.broken, 0),
    ]


@dataclass
class Supervisor:
    """Starts workers, each told whose work it goes on with, as `ascolto serve` does."""

    there: desk.Desk
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> None:
        command = [sys.executable, "-m", "ascolto.cli", "worker"]
        if self.workers:
            command += ["--instead-of", str(self.workers[-1].pid)]
        with (self.there.folder / "worker.log").open("ab") as log:
            environment = desk.environment(self.there.folder, self.there.port)
            self.workers.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))

    def kill(self) -> None:
        self.workers[-1].kill()
        self.workers[-1].wait()

    def stop(self) -> None:
        self.workers[-1].terminate()
        self.workers[-1].wait(40)


def torment(*, mails: int, again: int, kills: int, seed: int) -> Verdict:
    """Mails arrive all the time; workers come and are killed; the last one may finish."""
    chance = random.Random(seed)
    with desk_with_mailbox(imap_after="delete") as (there, server, _):
        supervisor = Supervisor(there)
        sender = threading.Thread(target=deliver, args=(server, mails, again, kills, chance))
        sender.start()
        at_work = 0
        for _ in range(kills):
            supervisor.start()
            wait_for_look(there, supervisor)
            time.sleep(chance.uniform(*LIVES_S))
            supervisor.kill()
            at_work += server.count() > 0 or waiting(there) > 0
        sender.join()
        supervisor.start()
        drained = wait_until_drained(there, server, mails)
        supervisor.stop()
        return compare(there, server, mails=mails, again=again, kills=kills, at_work=at_work, is_drained=drained)


def deliver(server: Dovecot, mails: int, again: int, kills: int, chance: random.Random) -> None:
    """Every mail once, some again: the same bytes, or with another Received line, as after a lost acknowledgement."""
    copies = sorted(chance.randrange(mails) for _ in range(again))
    pause_s = kills * 2.0 / (mails + again)  # so that there are new ones until about the last kill
    for number in range(mails):
        raw = written(number)
        server.deliver(raw, name=f"{number}.0.desk")
        time.sleep(pause_s)
        for copy in range(copies.count(number)):
            way = RECEIVED if chance.random() < 0.5 else b""
            server.deliver(way + raw, name=f"{number}.{copy + 1}.desk")
            time.sleep(pause_s)


def wait_for_look(there: desk.Desk, supervisor: Supervisor) -> None:
    """Until this worker's watch has begun, which is when it is worth killing."""
    started = time.monotonic()
    name = f":{supervisor.workers[-1].pid}"
    while time.monotonic() - started < 20:
        rows = ask(there, "SELECT name FROM jobs_workerheartbeat")
        if any(row[0].endswith(name) for row in rows):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the worker did not start:\n{(there.folder / 'worker.log').read_text()[-2000:]}")


def wait_until_drained(there: desk.Desk, server: Dovecot, mails: int) -> bool:
    deadline = time.monotonic() + DRAINED_WITHIN_S
    while time.monotonic() < deadline:
        if server.count() == 0 and waiting(there) == 0 and stored(there) >= mails:
            return True
        time.sleep(0.2)
    return False


def waiting(there: desk.Desk) -> int:
    return int(ask(there, "SELECT count(*) FROM channels_rawinbound WHERE state = 'waiting'")[0][0])


def stored(there: desk.Desk) -> int:
    return int(ask(there, "SELECT count(*) FROM conversations_message")[0][0])


def ask(there: desk.Desk, query: str) -> list[tuple[str, ...]]:
    """Past the product, with a connection of its own."""
    database = sqlite3.connect(f"file:{there.database}?mode=ro", uri=True, timeout=20)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def compare(there: desk.Desk, server: Dovecot, *, mails: int, again: int, kills: int, at_work: int, is_drained: bool) -> Verdict:
    named = [row[0] for row in ask(there, "SELECT value FROM channels_messageid")]
    wanted = {f"<bench-{number}@posta.example>" for number in range(mails)}
    messages = {row[0] for row in ask(there, "SELECT id FROM conversations_message")}
    received = "SELECT replace(json_extract(facts, '$.message'), '-', '') FROM eventlog_event"
    told = [row[0] for row in ask(there, f"{received} WHERE kind = 'conversation.message_received'")]
    unread = int(ask(there, "SELECT count(*) FROM channels_rawinbound WHERE state != 'read'")[0][0])
    half = len(messages.symmetric_difference(told)) + len(told) - len(set(told)) + unread + server.count() + (not is_drained)
    broken = [
        row for query in ("PRAGMA integrity_check", "PRAGMA foreign_key_check") for row in ask(there, query) if row[0] != "ok"
    ]
    return Verdict(
        kills=kills,
        delivered=mails,
        again=again,
        kept=int(ask(there, "SELECT count(*) FROM channels_rawinbound")[0][0]),
        lost=len(wanted - set(named)),
        duplicated=len(messages) - len(wanted & set(named)),
        half=half,
        broken=len(broken),
        killed_at_work=at_work,
    )


if __name__ == "__main__":
    mails, again, kills = (int(each) for each in sys.argv[1:4])
    print(json.dumps(asdict(torment(mails=mails, again=again, kills=kills, seed=SEED))))
