"""From the start of a visitor's POST to the agent's screen: the event on the agent's stream, at several paces."""

import asyncio
import json
import subprocess
import sys
import time
import uuid
from typing import Any

from bench import client, desk
from bench.disk import TEXT
from bench.figure import Figure, at_most, percentile

PACES = (1, 50, 200)  # messages per second
GOAL_PACE, GOAL_MS = 50, 150
SECONDS, QUICK_SECONDS = 20.0, 4.0
CONNECTIONS = 40
LATE_S = 5.0  # after the last message; what has not come by then has not come


def run(*, is_quick: bool) -> list[Figure]:
    """Visitors at a steady pace, whatever the answers take; one agent listens."""
    figures: list[Figure] = []
    with desk.new_desk() as there:
        tokens = [each.token for each in desk.visitors(there, CONNECTIONS)]
        _, cookie = desk.signed_in()
        there.serve()
        for pace in PACES:
            plan = {"port": there.port, "tokens": tokens, "cookie": cookie, "pace": pace}
            plan["seconds"] = QUICK_SECONDS if is_quick else SECONDS
            done = subprocess.run(
                [sys.executable, "-m", "bench.first_word"], input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True
            )
            figures += figures_of(pace, json.loads(done.stdout))
    return figures


def figures_of(pace: int, lived: dict[str, Any]) -> list[Figure]:
    took_ms = lived["took_ms"]
    p99 = percentile(took_ms, 99)
    words = f"p50 {percentile(took_ms, 50):.1f} ms; {len(took_ms):,} messages, all came; the worker runs beside the server"
    if lived["missing"]:
        raise RuntimeError(f"{lived['missing']} messages never reached the agent's stream")
    name = f"first word to screen at {pace}/s: p99"
    if pace == GOAL_PACE:
        return [at_most(name, p99, GOAL_MS, unit="ms", digits=1, reference=words)]
    return [Figure(name=name, value=p99, unit="ms", digits=1, reference=words)]


class Watch:
    """When each message was begun, and when the agent's stream spoke of it."""

    def __init__(self) -> None:
        self.begun: dict[str, float] = {}
        self.seen: dict[str, float] = {}

    def hear(self, data: bytes) -> None:
        now = time.perf_counter()
        said = json.loads(data)
        if said.get("kind") == "conversation.message_received":
            self.seen.setdefault(said["message"], now)

    def took_ms(self) -> list[float]:
        return [(self.seen[id] - at) * 1000 for id, at in self.begun.items() if id in self.seen]

    def missing(self) -> int:
        return sum(id not in self.seen for id in self.begun)


async def live(plan: dict[str, Any]) -> dict[str, Any]:
    port, watch = plan["port"], Watch()
    stream = await client.listen(port, client.get("/live/stream", cookie=plan["cookie"], port=port), watch.hear)
    free: asyncio.Queue[tuple[client.Connection, str]] = asyncio.Queue()
    conversations: dict[str, str] = {}
    for token in plan["tokens"]:
        free.put_nowait((await client.connect(port), token))
    started = time.perf_counter()
    sending = []
    for number in range(int(plan["pace"] * plan["seconds"])):
        await asyncio.sleep(max(0.0, started + number / plan["pace"] - time.perf_counter()))
        sending.append(asyncio.create_task(write(port, free, conversations, watch)))
    await asyncio.gather(*sending)
    until = time.perf_counter() + LATE_S
    while watch.missing() and time.perf_counter() < until:
        await asyncio.sleep(0.05)
    stream.transport.close()
    return {"took_ms": watch.took_ms(), "missing": watch.missing()}


async def write(port: int, free: Any, conversations: dict[str, str], watch: Watch) -> None:
    begun = time.perf_counter()  # waiting for a free connection counts as well
    connection, token = await free.get()
    request = client.message(
        key=desk.KEY, bearer=token, client_id=str(uuid.uuid4()), body=TEXT, conversation=conversations.get(token), port=port
    )
    status, body = await connection.send(request)
    if status != 201:
        raise RuntimeError(f"{status}: {body[:300]!r}")
    said = json.loads(body)
    conversations[token] = said["conversation"]
    watch.begun[said["id"]] = begun
    free.put_nowait((connection, token))


if __name__ == "__main__":
    client.tell(client.run(live(json.load(sys.stdin))))
