"""Rate limits per token, with the headers that say so."""

import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from django.conf import settings
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from ascolto.api.problems import Problem

log = logging.getLogger(__name__)

PER_MINUTE = 3000  # our choice: an import may run at full speed, a loop gone wild is stopped


@dataclass(frozen=True)
class Allowance:
    """What a token has left, and in how many seconds it has all of it again."""

    of: int
    left: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers writes them."""
        return {"RateLimit-Policy": f'"token";q={self.of};w=60', "RateLimit": f'"token";r={self.left};t={self.reset_s}'}


def take(token_id: str) -> Allowance:
    """
    Count one call of this token. While the counter is away (Redis) calls are let through: a limit is no lock.

    :raises Problem: 429 with Retry-After
    """
    per_minute = round(PER_MINUTE * float(settings.LIMITS_FACTOR))
    item = RateLimitItemPerMinute(per_minute, namespace="api")
    try:
        is_allowed = limiter().hit(item, token_id)
        stats = limiter().get_window_stats(item, token_id)
    except StorageError:
        log.warning("calls are not counted now", exc_info=True)
        return Allowance(of=per_minute, left=per_minute, reset_s=60)
    allowance = Allowance(of=per_minute, left=max(0, stats.remaining), reset_s=max(1, ceil(stats.reset_time - time.time())))
    if not is_allowed:
        raise Problem(
            "too-many-requests",
            f"A token may call {per_minute} times a minute; go on in {allowance.reset_s} s.",
            headers={**allowance.headers(), "Retry-After": str(allowance.reset_s)},
        )
    return allowance


@lru_cache(maxsize=1)
def limiter() -> SlidingWindowCounterRateLimiter:
    """Counts in this process, or in Redis where several servers share the work."""
    storage = storage_from_string(str(settings.REDIS_URL) or "memory://", wrap_exceptions=True)
    if not isinstance(storage, Storage):
        raise TypeError("the limiter is called from threads, not from a loop")
    return SlidingWindowCounterRateLimiter(storage)
