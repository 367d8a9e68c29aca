"""Only addresses that anybody could call are called."""

import pytest

from ascolto.egress.addresses import may_call, may_call_port

FORMS = """
    127.0.0.1 127.1 127.0.1 0 0.0.0.0 0x7f000001 0x7f.0.0.1 2130706433 017700000001 0177.0.0.1 127.0.0.1.nip.io
    127.000.000.001 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.1.1 169.254.169.254
    169.254.170.2 100.64.0.1 100.100.100.200 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255
    198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 0.1.2.3 2852039166 0xa9fea9fe
    0251.0376.0251.0376 425.510.425.510 ::1 :: [::1] ::ffff:127.0.0.1 ::ffff:a9fe:a9fe ::ffff:169.254.169.254
    ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 ::127.0.0.1 ::7f00:1 0:0:0:0:0:ffff:7f00:1 fe80::1 fe80::1%eth0
    2606:4700::1111%eth0 fc00::1 fd00::1 fd00:ec2::254 fec0::1 ff02::1 100::1 2001:db8::1 2001:2::1 2001:10::1
    2001:20::1 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:c0a8:101::1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::10.0.0.1
    64:ff9b:1::1 2001:0:a9fe:a9fe::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:0:808:808:0:0:80ff:fffe 3fff::1 5f00::1
    4000::1 localhost metadata.google.internal １２７.０.０.１ ①②⑦.⓪.⓪.① 127。0。0。1
"""
FORBIDDEN = FORMS.split()


@pytest.mark.parametrize("ip", [*FORBIDDEN, "", " ", "127.0.0.1 ", "8.8.8.8\n", "8.8.8.8\0"])
def test_i2_an_address_that_is_not_everybodys_is_not_called(ip):
    assert not may_call(ip)


@pytest.mark.parametrize(
    "ip",
    [
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "2a00:1450:4002::2003",
        "::ffff:8.8.8.8",
        "2002:808:808::1",
    ],
)
def test_an_address_of_the_internet_is_called(ip):
    assert may_call(ip)


def test_i2_a_translated_public_address_is_called():
    assert may_call("64:ff9b::8.8.8.8")


@pytest.mark.parametrize("port", [22, 25, 6379, 5432, 8080, 0, -1, 65536])
def test_i2_only_ports_of_the_web_are_called(port):
    assert not may_call_port(port)
    assert may_call_port(80)
    assert may_call_port(443)
