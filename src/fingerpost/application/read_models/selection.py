"""What is asked for: filters of registries, collections and versions, order, and who asks."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from attrs import evolve, field, frozen

from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.filters import Expression, Kind, parse_filter

Filter = Mapping[str, object]
"""A filter as it is written."""

ORDERS: Final = ("name", "created_at", "updated_at")
"""What registries and collections can be ordered by. *Source*: W&B's class reference."""


@frozen
class Ordering:
    """By what to order.

    Attributes:
        name: one of :data:`ORDERS`; without one things come in the order in which they were made.
        is_descending: whether the last one comes first.
    """

    name: str | None = None
    is_descending: bool = False

    @classmethod
    def parse(cls, text: str | None) -> "Ordering":
        """Return what ``name``, ``+name`` and ``-name`` stand for.

        Raises:
            InvalidValueError: nothing is ordered by that.
        """
        if text is None:
            return cls()
        sign, name = (text[:1], text[1:]) if isinstance(text, str) else ("", "")
        bare = name if sign in {"+", "-"} else text
        if bare not in ORDERS:
            expected = f"it is one of {', '.join(ORDERS)}, with '-' in front for descending"
            raise InvalidValueError("order", text, expected, "For example order='-created_at'.")
        return cls(bare, sign == "-")


@frozen(kw_only=True)
class Selection:
    """Which registries, collections and versions.

    Attributes:
        organization_id: only what is in registries of this organization; ``None`` is everything,
            what is in projects included.
        registry_id: only this registry and what is in it.
        homes: identities of the registries and entities that the actor may see; ``None`` is all.
        filters: what a thing, and the registry and the collection that it is in, have to pass.
        orders: the order of things, and of the registries and collections that they are in.
    """

    organization_id: UUID | None = None
    registry_id: UUID | None = None
    homes: Collection[UUID] | None = None
    filters: Mapping[Kind, Expression] = field(factory=dict)
    orders: Mapping[Kind, Ordering] = field(factory=dict)


@frozen(kw_only=True)
class Asked:
    """What people ask for, before it is known who they are and what they may see.

    Attributes:
        organization_id: the organization whose registries are meant.
        registry_id: one registry of it.
        filters: what each kind of thing has to pass.
        orders: what the kinds are ordered by.
    """

    organization_id: UUID
    registry_id: UUID | None = None
    filters: tuple[tuple[Kind, Expression], ...] = ()
    orders: tuple[tuple[Kind, Ordering], ...] = ()

    def narrowed(self, kind: Kind, given: Filter | None, order: str | None = None) -> "Asked":
        """Return the same with a filter and an order of one more kind.

        Raises:
            InvalidFilterError: the filter is not understood.
            InvalidValueError: nothing is ordered by that.
        """
        expression = parse_filter(kind, given)
        orders = () if order is None else ((kind, Ordering.parse(order)),)
        return evolve(
            self,
            filters=(*self.filters, (kind, expression)),
            orders=(*self.orders, *orders),
        )

    def selection(self, homes: Collection[UUID] | None) -> Selection:
        """Return what to select for somebody who may see these homes."""
        return Selection(
            organization_id=self.organization_id,
            registry_id=self.registry_id,
            homes=homes,
            filters=dict(self.filters),
            orders=dict(self.orders),
        )
