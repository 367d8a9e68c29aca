"""The crowd of visitors as a process of its own: a plan in (JSON on stdin), what they lived through out (JSON on stdout)."""

import asyncio
import json
import subprocess
import sys
import time
import uuid
from dataclasses import asdict, dataclass
from typing import Any

from bench import client
from bench.disk import TEXT

NEW_EVERY = 20  # of so many messages one begins a conversation, the others go into one that exists


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the crowd does: on each connection one message after the other, for so long."""

    port: int
    key: str
    tokens: list[str]  # of the visitors; each connection has its share of them
    connections: int
    warm_up_s: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Lived:
    """Answered messages in the measured time, how long they took in ms, and answers that were not 201."""

    stored: int
    seconds: float
    took_ms: list[float]
    refused: dict[str, int]


def send(plan: Plan) -> Lived:
    """Let a crowd loose in another process and wait until it is done."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.crowd"], input=json.dumps(asdict(plan)), stdout=subprocess.PIPE, text=True, check=True
    )
    return Lived(**json.loads(done.stdout))


class Crowd:
    """All visitors of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.begins_at = time.perf_counter() + plan.warm_up_s
        self.ends_at = self.begins_at + plan.seconds
        self.took_ms: list[float] = []
        self.refused: dict[str, int] = {}

    async def live(self) -> Lived:
        shares = [self.plan.tokens[index :: self.plan.connections] for index in range(self.plan.connections)]
        await asyncio.gather(*(self.write_on_and_on(share) for share in shares))
        return Lived(stored=len(self.took_ms), seconds=self.plan.seconds, took_ms=self.took_ms, refused=self.refused)

    async def write_on_and_on(self, tokens: list[str]) -> None:
        connection = await client.connect(self.plan.port)
        conversations: dict[str, str] = {}
        count = 0
        while (now := time.perf_counter()) < self.ends_at:
            token = tokens[count % len(tokens)]
            count += 1
            known = None if count % NEW_EVERY == 0 else conversations.get(token)
            status, body = await connection.send(self.request(token, known))
            done = time.perf_counter()
            if status != 201:
                self.refused[str(status)] = self.refused.get(str(status), 0) + 1
                if sum(self.refused.values()) > 1000:
                    raise RuntimeError(f"refused again and again: {self.refused} {body[:200]!r}")
                continue
            if known is None:
                conversations[token] = json.loads(body)["conversation"]
            if self.begins_at <= now and done <= self.ends_at:
                self.took_ms.append((done - now) * 1000)
        connection.close()

    def request(self, token: str, conversation: str | None) -> bytes:
        plan = self.plan
        id = str(uuid.uuid4())
        return client.message(key=plan.key, bearer=token, client_id=id, body=TEXT, conversation=conversation, port=plan.port)


async def main(plan: dict[str, Any]) -> Lived:
    return await Crowd(Plan(**plan)).live()


if __name__ == "__main__":
    client.tell(asdict(client.run(main(json.load(sys.stdin)))))
