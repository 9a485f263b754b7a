"""Which addresses webhooks may be sent to, by the registries of the IANA.

The tables are written from the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and
its updates), with the first and last address of each block.
"""

from ipaddress import ip_address, ip_network

import pytest

from fingerpost.adapters.automations.addresses import is_public
from fingerpost.adapters.automations.targets import Targets
from fingerpost.errors import InvalidValueError

SPECIAL = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "::/128",
    "::1/128",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001:2::/48",
    "2001:10::/28",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "2a00::1",
    "64:ff9b::8.8.8.8",
    "::ffff:8.8.8.8",
]
EMBEDDING = ["::ffff:{}", "::{}", "64:ff9b::{}", "::ffff:0:{}"]
INSIDE = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "172.16.0.1"]


@pytest.mark.parametrize("network", SPECIAL)
def test_no_address_of_a_special_block_is_public(network):
    block = ip_network(network)
    for address in (block[0], block[block.num_addresses // 2], block[-1]):
        assert not is_public(address), address


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_beside_the_blocks_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("form", EMBEDDING)
@pytest.mark.parametrize("inside", INSIDE)
def test_an_address_inside_is_not_public_in_ipv6_clothing(form, inside):
    assert not is_public(ip_address(form.format(inside)))


@pytest.mark.parametrize("inside", INSIDE)
def test_6to4_and_teredo_lead_nowhere(inside):
    number = int(ip_address(inside))
    assert not is_public(ip_address((0x2002 << 112) | (number << 80) | 1))
    assert not is_public(ip_address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)))


def test_an_address_of_one_link_is_not_public():
    assert not is_public(ip_address("2606:4700:4700::1111%eth0"))


def test_what_was_allowed_is_permitted_and_nothing_else():
    targets = Targets.parse("CI.internal., 10.1.0.0/16 127.0.0.1,[::1] fd00::/8")
    assert targets.is_allowed_name("ci.INTERNAL")
    assert not targets.is_allowed_name("x.ci.internal")
    for address in ("10.1.2.3", "127.0.0.1", "::1", "fd00::9", "::ffff:10.1.2.3", "8.8.8.8"):
        assert targets.permits(ip_address(address)), address
    for address in ("10.2.0.1", "127.0.0.2", "fc00::1", "169.254.169.254"):
        assert not targets.permits(ip_address(address)), address
    assert not Targets.parse(None).permits(ip_address("127.0.0.1"))


@pytest.mark.parametrize("text", ["10.0.0.1/8", "http://x", "a:80", "10.0.0.0/33", ".", "x/y"])
def test_what_can_be_no_host_and_no_network_is_refused(text):
    with pytest.raises(InvalidValueError, match="FINGERPOST_ALLOW_WEBHOOK_HOSTS"):
        Targets.parse(f"good.example, {text}")
