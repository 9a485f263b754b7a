"""Which addresses of the network are for everybody, and which lead inside.

*Source*: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), RFC 6052 (NAT64),
RFC 4291 (addresses that hold an IPv4 address).
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

_REFUSED: Final = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared, carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, where clouds have their metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays, deprecated
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "::/128",  # unspecified
        "::1/128",  # loopback
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",  # discard
        "100:0:0:1::/64",  # dummy
        "2001::/23",  # protocol assignments, Teredo and ORCHID among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: leads to any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # unique local
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local, deprecated
        "ff00::/8",  # multicast
    )
)
_MAPPED: Final = ip_network("::ffff:0:0/96")
_TRANSLATED: Final = ip_network("::ffff:0:0:0/96")
_COMPATIBLE: Final = ip_network("::/96")
_NAT64: Final = ip_network("64:ff9b::/96")
_GLOBAL_UNICAST: Final = ip_network("2000::/3")


def parsed(text: str) -> Address | None:
    """Return an address in its usual spelling, or ``None`` for anything else, such as a name."""
    try:
        # A zone ("%eth0") says which link: there is no such thing in the wide network.
        return ip_address(text)
    except ValueError:
        return None


def meant(address: Address) -> Address:
    """Return the IPv4 address that is reached through an IPv6 address, or else the address."""
    if isinstance(address, IPv6Address):
        for network in (_MAPPED, _TRANSLATED, _COMPATIBLE, _NAT64):
            if address in network and int(address) > 1:
                return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether an address is for everybody: none that leads to this machine or its networks."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    reached = meant(address)
    if any(reached in network for network in _REFUSED if network.version == reached.version):
        return False
    # What no registry has given to anybody yet is not for everybody either.
    return isinstance(reached, IPv4Address) or reached in _GLOBAL_UNICAST
