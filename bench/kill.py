"""kill -9 at random while visitors write with ids and retries: what was acknowledged is stored, nothing lost, nothing twice."""

import asyncio
import json
import random
import sqlite3
import sys
from dataclasses import asdict, dataclass, field

from bench import client, desk
from bench.disk import TEXT
from bench.figure import Figure, at_most

KILLS, QUICK_KILLS = 20, 3
CLIENTS = 50
SEED = 20261121
LIVES_S = (0.2, 1.5)  # how long the server lives between becoming ready and its kill
ANSWER_WITHIN_S = 10.0


@dataclass
class Ledger:
    """What the visitors were promised: client id → message id, and what they still wait for."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    changed_answers: int = 0  # a retry was answered with another message than before
    sent: int = 0
    retries: int = 0

    def note(self, client_id: str, message: str) -> None:
        if self.acknowledged.setdefault(client_id, message) != message:
            self.changed_answers += 1


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The ledger against the database after the last restart."""

    kills: int
    acknowledged: int
    retries: int
    lost: int
    duplicated: int
    half: int  # messages without their event, or events without their message
    broken: int  # findings of SQLite's own integrity check
    longest_start_s: float


def run(*, is_quick: bool) -> list[Figure]:
    """Any figure but zero for lost, duplicated or half is a broken promise (threat R2)."""
    verdict = torment(kills=QUICK_KILLS if is_quick else KILLS, clients=CLIENTS, seed=SEED)
    of = f"{verdict.kills} kills, {CLIENTS} clients, seed {SEED}"
    words = f"{of}; {verdict.acknowledged:,} acknowledged, {verdict.retries:,} sent again"
    return [
        at_most("acknowledged and lost", verdict.lost, 0, reference=words),
        at_most("stored twice", verdict.duplicated, 0),
        at_most("stored half (message without event, or event alone)", verdict.half, 0),
        at_most("findings of the database's integrity check", verdict.broken, 0),
        Figure(name="longest start after a kill", value=verdict.longest_start_s, unit="s", digits=1),
    ]


def torment(*, kills: int, clients: int, seed: int) -> Verdict:
    """Serve, let visitors write, kill, start again, so many times; then compare what was promised with what is stored."""
    chance = random.Random(seed)
    with desk.new_desk() as there:
        tokens = [each.token for each in desk.visitors(there, clients)]
        there.serve("--no-worker")
        ledger = Ledger()
        starts = client.run(live(there, tokens, ledger, kills, chance))
        there.stop()
        lost, duplicated, half, broken = compare(there, ledger)
    return Verdict(
        kills=kills,
        acknowledged=len(ledger.acknowledged),
        retries=ledger.retries,
        lost=lost,
        duplicated=duplicated + ledger.changed_answers,
        half=half,
        broken=broken,
        longest_start_s=max(starts),
    )


async def live(there: desk.Desk, tokens: list[str], ledger: Ledger, kills: int, chance: random.Random) -> list[float]:
    """The visitors write all the time; the server dies and comes back. Returns how long each start took."""
    stop = asyncio.Event()
    visitors = [asyncio.create_task(write_on_and_on(there.port, token, ledger, stop)) for token in tokens]
    starts: list[float] = []
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(*LIVES_S))
        await asyncio.to_thread(there.kill)
        starts.append(await asyncio.to_thread(there.serve, "--no-worker"))
    stop.set()
    await asyncio.gather(*visitors)  # each sends what it has in hand until it is answered
    return starts


async def write_on_and_on(port: int, token: str, ledger: Ledger, stop: asyncio.Event) -> None:
    """One visitor: a message, again and again until it is answered, then the next."""
    connection: client.Connection | None = None
    conversation: str | None = None
    number = 0
    while not stop.is_set():
        client_id = f"{token[:12]}-{number}"
        number += 1
        request = client.message(key=desk.KEY, bearer=token, client_id=client_id, body=TEXT, conversation=conversation, port=port)
        ledger.sent += 1
        while True:
            try:
                connection = connection or await client.connect(port)
                status, body = await asyncio.wait_for(connection.send(request), ANSWER_WITHIN_S)
            except (client.Gone, OSError, TimeoutError):
                connection = None
                ledger.retries += 1
                await asyncio.sleep(0.05)
                continue
            if status == 201:
                break
            if status not in (429, 503):
                raise RuntimeError(f"{status}: {body[:300]!r}")
            ledger.retries += 1
            await asyncio.sleep(0.05)
        said = json.loads(body)
        conversation = conversation or said["conversation"]
        ledger.note(client_id, said["id"])


def compare(there: desk.Desk, ledger: Ledger) -> tuple[int, int, int, int]:
    """Lost, stored twice, stored half, and what the database finds wrong with itself; asked past the product."""
    database = sqlite3.connect(f"file:{there.database}?mode=ro", uri=True)
    ids = {row[0] for row in database.execute("SELECT id FROM conversations_message")}
    lost = sum(message.replace("-", "") not in ids for message in ledger.acknowledged.values())
    sources = [row[0].split(":", 2)[2] for row in database.execute("SELECT source FROM conversations_message")]
    duplicated = len(sources) - len(set(sources))
    about = "SELECT replace(json_extract(facts, '$.message'), '-', '') FROM eventlog_event WHERE kind = ?"
    told = [row[0] for row in database.execute(about, ["conversation.message_received"])]
    half = len(ids.symmetric_difference(told)) + len(told) - len(set(told))
    unknown = len(set(sources) - set(ledger.acknowledged))  # nothing may be stored that no visitor got an answer for in the end
    broken = [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
    broken += [row[0] for row in database.execute("PRAGMA foreign_key_check")]
    database.close()
    return lost, duplicated, half + unknown, len(broken)


if __name__ == "__main__":
    print(json.dumps(asdict(torment(kills=int(sys.argv[1]), clients=CLIENTS, seed=SEED))))
