"""Which addresses the desk may call when someone else names the target; pure."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

PORTS = frozenset({80, 443})

# IANA's special-purpose registries, all that is not reachable by everyone, and multicast. Written out because
# `ipaddress.is_global` has changed its mind between the Python versions that the desk runs on.
NOT_GLOBAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved and broadcast
        ),
    )
)
GLOBAL_V6 = IPv6Network("2000::/3")  # all that IANA has given out as global unicast
NOT_GLOBAL_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20", "2620:4f:8000::/48")))
NAT64 = IPv6Network("64:ff9b::/96")


def may_call(ip: str | IPv4Address | IPv6Address) -> bool:
    """
    Whether an address is one that anybody could call: global unicast, also within a transition address.

    Text counts only in its ordinary spelling; 0x7f000001, 2130706433, 0177.0.0.1 and zones (%eth0) are no addresses.
    """
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_GLOBAL_V4)
    if address.scope_id is not None:
        return False
    if (within := unwrap(address)) is not None:
        return all(may_call(each) for each in within)
    return address in GLOBAL_V6 and not any(address in network for network in NOT_GLOBAL_V6)


def may_call_port(port: int) -> bool:
    """Whether a port is one of the web."""
    return port in PORTS


def unwrap(address: IPv6Address) -> tuple[IPv4Address, ...] | None:
    """The IPv4 addresses that an IPv6 address stands for (mapped, 6to4, Teredo, NAT64); None when it is its own."""
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return None
