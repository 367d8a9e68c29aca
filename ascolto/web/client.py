"""Who is at the other end of a request, and whether they come too often."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from limits import parse_many
from limits.storage import Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from ascolto.accounts.address import client_address, network_of


def address_of(request: HttpRequest) -> str:
    """The client's address, believing as many proxies as are ours (threat F9)."""
    return client_address(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        hops=settings.PROXIES,
    )


def comes_too_often(request: HttpRequest, what: str, rates: str) -> bool:
    """
    Count one more `what` from this address and say whether that is too many.

    :param rates: as the library `limits` writes them: "5/minute;30/hour"
    """
    address = network_of(address_of(request))
    return not all([limiter().hit(rate, what, address) for rate in parse_many(rates)])  # noqa: C419  each rate counts, also after one is spent


@lru_cache(maxsize=1)
def limiter() -> SlidingWindowCounterRateLimiter:
    """Counts in this process, or in Redis where several servers share the work."""
    storage = storage_from_string(str(settings.REDIS_URL) or "memory://")
    if not isinstance(storage, Storage):
        raise TypeError("the limiter is called from threads, not from a loop")
    return SlidingWindowCounterRateLimiter(storage)
