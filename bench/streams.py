"""Five thousand open streams in one process: memory for each, and one event to all of them."""

import asyncio
import json
import resource
import subprocess
import sys
import time
import uuid
from typing import Any

from bench import client, desk
from bench.disk import TEXT
from bench.figure import Figure, at_most, percentile

COUNT, QUICK_COUNT = 5000, 500
EVENTS = 10
GOAL_KB = 30
AT_ONCE = 50  # streams opened at a time
SETTLE_S = 3.0
NEEDED_FILES = 12_000


def run(*, is_quick: bool) -> list[Figure]:
    """Visits of one customer, so that what one of them writes is an event for all."""
    count = QUICK_COUNT if is_quick else COUNT
    raise_file_limit()
    with desk.new_desk() as there:
        tokens = [each.token for each in desk.visitors(there, count)]
        of_one_customer()
        there.serve("--no-worker")
        plan = {"port": there.port, "tokens": tokens, "pid": there.server.pid}
        done = subprocess.run(
            [sys.executable, "-m", "bench.streams"], input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True
        )
        lived = json.loads(done.stdout)
    each_kb = (lived["after_kb"] - lived["before_kb"]) / count
    memory = (
        f"resident memory of the server {lived['before_kb'] / 1024:.0f} → {lived['after_kb'] / 1024:.0f} MB; {count:,} streams"
    )
    took = lived["took_ms"]
    spread = f"p50 {percentile(took, 50):.0f} ms, last {max(took):.0f} ms; {EVENTS} events × {count:,} listeners, POST to arrival"
    opened = f"{count / lived['open_s']:,.0f} streams opened each second"
    return [
        at_most("memory of an open stream", each_kb, GOAL_KB, unit="kB", digits=1, reference=memory),
        Figure(name="one event to all: p99", value=percentile(took, 99), unit="ms", reference=spread),
        Figure(name="all streams open after", value=lived["open_s"], unit="s", digits=1, reference=opened),
    ]


def raise_file_limit() -> None:
    """A stream is an open file, here and in the server that inherits this. :raises RuntimeError: not allowed so many"""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < NEEDED_FILES:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (NEEDED_FILES, max(hard, NEEDED_FILES)))
        except (ValueError, OSError) as error:
            raise RuntimeError(f"may open {soft} files, needs {NEEDED_FILES}: ulimit -n {NEEDED_FILES}") from error


def of_one_customer() -> None:
    from ascolto.channels.models import Visit

    Visit.objects.update(customer=Visit.objects.values_list("customer", flat=True)[:1])


async def live(plan: dict[str, Any]) -> dict[str, Any]:
    port, arrived = plan["port"], Arrivals()
    path = f"/messenger/{desk.KEY}/api"
    connection = await client.connect(port)
    conversation = (await write(connection, plan, None))["conversation"]
    before_kb = desk.memory_kb(plan["pid"])["Rss"]
    started = time.perf_counter()
    gate = asyncio.Semaphore(AT_ONCE)

    async def open_one(token: str) -> client.Stream:
        async with gate:
            return await client.listen(port, client.get(f"{path}/stream", bearer=token, port=port), arrived.hear)

    streams = await asyncio.gather(*(open_one(token) for token in plan["tokens"]))
    open_s = time.perf_counter() - started
    await asyncio.sleep(SETTLE_S)
    after_kb = desk.memory_kb(plan["pid"])["Rss"]
    for _ in range(EVENTS):
        arrived.begin(len(streams))
        await write(connection, plan, conversation)
        await asyncio.wait_for(arrived.all_heard, 60)
        await asyncio.sleep(0.2)
    return {"before_kb": before_kb, "after_kb": after_kb, "open_s": open_s, "took_ms": arrived.took_ms}


class Arrivals:
    """Counts who has heard the event that was sent last."""

    def __init__(self) -> None:
        self.took_ms: list[float] = []
        self.left = 0
        self.all_heard: asyncio.Future[None]

    def begin(self, listeners: int) -> None:
        self.left = listeners
        self.all_heard = asyncio.get_running_loop().create_future()
        self.begun = time.perf_counter()

    def hear(self, data: bytes) -> None:
        if self.left and b"message_received" in data:
            self.took_ms.append((time.perf_counter() - self.begun) * 1000)
            self.left -= 1
            if not self.left:
                self.all_heard.set_result(None)


async def write(connection: client.Connection, plan: dict[str, Any], conversation: str | None) -> dict[str, Any]:
    """One message of the first visit."""
    request = client.message(
        key=desk.KEY,
        bearer=plan["tokens"][0],
        client_id=str(uuid.uuid4()),
        body=TEXT,
        conversation=conversation,
        port=plan["port"],
    )
    status, body = await connection.send(request)
    if status != 201:
        raise RuntimeError(f"{status}: {body[:300]!r}")
    said: dict[str, Any] = json.loads(body)
    return said


if __name__ == "__main__":
    raise_file_limit()
    client.tell(client.run(live(json.load(sys.stdin))))
