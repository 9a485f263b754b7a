"""Which targets webhooks may be sent to."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, Self

from attrs import field, frozen

from fingerpost.domain.errors import InvalidValueError

from .addresses import Address, is_public, meant

VARIABLE: Final = "FINGERPOST_ALLOW_WEBHOOK_HOSTS"


def _normal(host: str) -> str:
    return host.rstrip(".").lower()


@frozen(kw_only=True)
class Targets:
    """Public addresses, and what somebody allowed beside them.

    Attributes:
        hosts: names that may lead anywhere, without a dot at their end, lower case.
        networks: addresses that need not be public.
    """

    hosts: frozenset[str] = field(default=frozenset())
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Return the targets that a setting allows: names, addresses and networks.

        Raises:
            InvalidValueError: one of them is none.
        """
        hosts, networks = set[str](), list[IPv4Network | IPv6Network]()
        for each in (text or "").replace(",", " ").split():
            try:
                networks.append(ip_network(each.strip("[]")))
            except ValueError:
                if "/" in each or ":" in each or not each.strip("."):
                    problem = "it is a host name, an address or a network"
                    remedy = "For example 'ci.internal, 10.1.0.0/16'."
                    raise InvalidValueError(VARIABLE, each, problem, remedy) from None
                hosts.add(_normal(each))
        return cls(hosts=frozenset(hosts), networks=tuple(networks))

    def is_allowed_name(self, host: str) -> bool:
        """Whether a name may lead anywhere."""
        return _normal(host) in self.hosts

    def is_named(self, address: Address) -> bool:
        """Whether an address was allowed by name or network."""
        forms = {address, meant(address)}
        return any(
            form in network
            for network in self.networks
            for form in forms
            if form.version == network.version
        )

    def permits(self, address: Address) -> bool:
        """Whether one may connect to an address that no allowed name leads to."""
        return self.is_named(address) or is_public(address)
