"""The part of the port to the read tables that finds things by what they say."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from attrs import frozen

from fingerpost.domain.filters import Expression, Kind

from ..read_models.cursors import SortKey
from ..read_models.hits import Hit
from ..read_models.rows import CollectionRow, RegistryRow
from ..read_models.selection import Selection


@frozen(kw_only=True)
class SearchQuery:
    """Words to search for, and where.

    Attributes:
        whole: the folded query: what is exactly this comes first.
        terms: its folded words; each has to be in some text of an item.
        kinds: what is searched for; empty is everything.
        where: which homes.
        filter: what items have to pass; then ``kinds`` is the one kind that it is about.
    """

    whole: str
    terms: tuple[str, ...]
    kinds: tuple[Kind, ...]
    where: Selection
    filter: Expression | None = None


class SearchQueries(Protocol):
    """What can be asked for by filters and words.

    Pages go by sort key. Whatever comes or goes between two pages, a row that keeps its key is in
    one of them, once. Without an order the key is the place in the ledger, which a row keeps.
    """

    def registries_where(
        self, selection: Selection, *, after: SortKey | None = None, limit: int
    ) -> Sequence[tuple[SortKey, RegistryRow]]:
        """Return registries that pass, behind a sort key."""
        ...

    def collections_where(
        self, selection: Selection, *, after: SortKey | None = None, limit: int
    ) -> Sequence[tuple[SortKey, CollectionRow]]:
        """Return collections in registries that pass, behind a sort key."""
        ...

    def versions_where(
        self, selection: Selection, *, after: SortKey | None = None, limit: int
    ) -> Sequence[Hit]:
        """Return versions in registries that pass, newest first, behind a sort key."""
        ...

    def count_where(self, kind: Kind, selection: Selection) -> int:
        """Return how many of a kind pass."""
        ...

    def search(
        self, query: SearchQuery, *, after: SortKey | None = None, limit: int
    ) -> Sequence[Hit]:
        """Return what has all the words, behind a sort key.

        What has a name, an alias or a tag that is the whole query comes first, then by where the
        words are found, then the newest. A page may be shorter than its limit, where those end
        that are found by an index; behind the last one comes an empty page. The order of two items
        depends on what they say alone, not on what else is in the store.
        """
        ...

    def search_count(self, query: SearchQuery) -> int:
        """Return how many items have all the words."""
        ...

    def registry_by_id(self, registry_id: UUID) -> RegistryRow | None:
        """Return a registry by its identity."""
        ...
