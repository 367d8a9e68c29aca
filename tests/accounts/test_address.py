"""Only our own proxies are believed."""

import pytest

from ascolto.accounts.address import client_address


@pytest.mark.parametrize(
    ("peer", "forwarded", "hops", "client"),
    [
        ("10.0.0.1", "", 0, "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1", 0, "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1", 1, "1.1.1.1"),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1", 1, "1.1.1.1"),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("10.0.0.1", "1.1.1.1", 2, "10.0.0.1"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("10.0.0.1", "<script>", 1, "10.0.0.1"),
        ("10.0.0.1", "[2001:db8::1]:443", 1, "2001:db8::1"),
        ("10.0.0.1", "1.1.1.1:5000", 1, "1.1.1.1"),
        ("::ffff:10.0.0.1", "", 0, "10.0.0.1"),
        ("fe80::1%eth0", "", 0, "fe80::1"),
        ("", "", 0, "0.0.0.0"),
    ],
)
def test_f9_the_address_comes_through_our_proxies_alone(peer, forwarded, hops, client):
    assert client_address(peer=peer, forwarded=forwarded, hops=hops) == client
