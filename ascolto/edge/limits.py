"""How often one may knock: numbers that a person never meets, so that a flood is refused before it costs anything."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from ascolto.edge.answer import Problem

TOO_MANY = _("That was a lot at once. Wait a moment and try again; what you wrote is still in the box.")
KEPT_KEYS = 100_000  # counted senders; when there are more, those who are quiet are forgotten first


@dataclass(frozen=True)
class Rate:
    """At most `amount` in any run, refilled evenly over `period_s`."""

    name: str
    amount: int
    period_s: int = 60


REQUESTS = Rate("requests", 1200)  # per address, all of the visitors' API: twenty a second
NEW_SESSIONS = Rate("sessions", 20)  # per address: browsers that open the messenger for the first time
FAILED_TOKENS = Rate("failed-tokens", 30)  # per address: unknown or expired ones
MESSAGES = Rate("messages", 60)  # per visitor
MESSAGES_OF_AN_ADDRESS = Rate("address-messages", 300)  # an office behind one address
CONVERSATIONS = Rate("conversations", 10)  # new ones, per visitor
CONVERSATIONS_OF_AN_ADDRESS = Rate("address-conversations", 60)
CONVERSATIONS_OF_AN_INBOX = Rate("inbox-conversations", 600)
FILES = Rate("files", 30)  # per visitor
SIGNS = Rate("signs", 240)  # per visitor: typing, read
STREAMS = Rate("streams", 60)  # opened, per person: a browser that reconnects each second is broken
CALLS = Rate("calls", 12_000)  # per inbox, of its provider: proven ones, two hundred a second
FORGED_CALLS = Rate("forged-calls", 300)  # per address: to no channel, or without a proof
PRESENCE = Rate("presence", 600)  # per colleague, over all their tabs


class Counter(Protocol):
    """Counts uses and says how long to wait."""

    async def wait_s(self, rate: Rate, amount: int, key: str) -> float:
        """0 when this use is let through and counted; else after how many seconds the next one would be."""


class Limits:
    """
    Refuses who comes too often.

    :param redis_url: count for all servers together; empty: each process for itself
    :param factor: multiplies every amount (ASCOLTO_LIMITS_FACTOR)
    """

    def __init__(self, *, redis_url: str = "", factor: float = 1.0) -> None:
        self.factor = factor
        self.counter: Counter = InRedis(redis_url) if redis_url else InMemory()

    async def count(self, rate: Rate, key: str) -> None:
        """Let one use through. :raises Problem: 429 with Retry-After"""
        waits_s = await self.counter.wait_s(rate, max(1, round(rate.amount * self.factor)), key)
        if waits_s > 0:
            raise Problem(429, "too_many", TOO_MANY, retry_after_s=int(waits_s) + 1)


class InMemory:
    """
    The generic cell rate algorithm: one number per key.

    The library's memory storage looks at every key again and again to forget the old ones, which costs more than the
    requests it counts once there are thousands of visitors.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.full_until: dict[tuple[str, str], float] = {}

    async def wait_s(self, rate: Rate, amount: int, key: str) -> float:
        now = self.clock()
        step_s = rate.period_s / amount
        until = max(self.full_until.get((rate.name, key), 0.0), now) + step_s
        if until - now > rate.period_s + step_s / 1000:
            return until - now - rate.period_s
        self.full_until[rate.name, key] = until
        if len(self.full_until) > KEPT_KEYS:
            self.forget(now)
        return 0.0

    def forget(self, now: float) -> None:
        """Drop who has been quiet; if all are busy, all begin anew, for memory has an end as well."""
        self.full_until = {key: until for key, until in self.full_until.items() if until > now}
        if len(self.full_until) > KEPT_KEYS // 2:
            self.full_until.clear()


class InRedis:
    """A moving window for all servers together; when Redis is away, each process counts for itself."""

    def __init__(self, url: str) -> None:
        from limits.aio.storage import RedisStorage
        from limits.aio.strategies import MovingWindowRateLimiter

        self.limiter = MovingWindowRateLimiter(RedisStorage(f"async+{url}", implementation="redispy"))
        self.here = InMemory()

    async def wait_s(self, rate: Rate, amount: int, key: str) -> float:
        from limits import RateLimitItemPerSecond
        from redis.exceptions import RedisError

        item = RateLimitItemPerSecond(amount, rate.period_s, namespace="ascolto")
        try:
            if await self.limiter.hit(item, rate.name, key):
                return 0.0
            window = await self.limiter.get_window_stats(item, rate.name, key)
            return max(window.reset_time - time.time(), 0.1)
        except (RedisError, OSError):
            return await self.here.wait_s(rate, amount, key)
