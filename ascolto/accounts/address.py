"""From which address a request comes, believing only the proxies that stand in front; pure."""

import ipaddress
from functools import lru_cache

UNKNOWN = "0.0.0.0"  # noqa: S104  not bound to, only noted: a local socket has no address


def client_address(*, peer: str, forwarded: str, hops: int) -> str:
    """
    The client's address.

    :param peer: who holds the connection to us
    :param forwarded: X-Forwarded-For as it came; each proxy adds whom it heard at the end
    :param hops: how many proxies are ours (ASCOLTO_PROXIES); with 0 the header is not read at all
    """
    heard = [part.strip() for part in forwarded.split(",") if part.strip()]
    if hops and len(heard) >= hops:
        return tidy(heard[-hops]) or tidy(peer) or UNKNOWN
    return tidy(peer) or UNKNOWN


@lru_cache(maxsize=10_000)  # a sender's address comes with each of its requests, and reading one costs as much as routing it
def tidy(written: str) -> str:
    """The address without brackets and port, in its shortest form; empty when it is none."""
    bare = written.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


@lru_cache(maxsize=10_000)  # asked several times for each message
def network_of(address: str) -> str:
    """What counts as one sender: an IPv4 address, or the /64 that one subscriber of IPv6 has. Pure."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else ":".join(found.exploded.split(":")[:4])
