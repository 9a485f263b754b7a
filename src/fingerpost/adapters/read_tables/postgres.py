"""The queries where they differ in PostgreSQL: filters that it cannot be taught, and search."""

from collections.abc import Callable, Sequence
from typing import Final

from attrs import evolve

from fingerpost.application.ports.search_queries import SearchQuery
from fingerpost.application.read_models.cursors import SortKey
from fingerpost.application.read_models.selection import Selection
from fingerpost.domain.filters import Kind

from .cursor import Row
from .filters.in_memory_filters import InMemoryFilters, by_item
from .filters.selects import facts
from .filters.sql import Sql
from .queries import SqlQueries
from .search.gram_arrays import source_of

_CHUNK: Final = 500
"""Rows that are looked at in one go."""


class PostgresQueries(SqlQueries):
    """:class:`~fingerpost.application.ports.queries.Queries` on PostgreSQL."""

    def _texts_with(self, term: str) -> tuple[str, str, tuple[object, ...]]:
        return source_of(term)

    def _page(
        self,
        kind: Kind,
        columns: str | Sql,
        selection: Selection,
        after: SortKey | None,
        limit: int,
    ) -> list[tuple[SortKey, Row]]:
        divided = InMemoryFilters.of(selection)
        if not divided.rest:
            return super()._page(kind, columns, selection, after, limit)
        asked = divided.columns()
        wanted = Sql(f"{columns}, {asked.text}", asked.values)
        found: list[tuple[SortKey, Row]] = []
        while len(found) < limit:
            rows = super()._page(kind, wanted, divided.selection, after, _CHUNK)
            found += [(key, row) for key, row in rows if divided.is_passing(row)]
            if len(rows) < _CHUNK:
                break
            after = rows[-1][0]
        return found[:limit]

    def count_where(self, kind: Kind, selection: Selection) -> int:
        """Return how many of a kind pass."""
        divided = InMemoryFilters.of(selection)
        if not divided.rest:
            return super().count_where(kind, selection)
        number, after = 0, None
        while rows := super()._page(kind, divided.columns(), divided.selection, after, _CHUNK):
            number += sum(divided.is_passing(row) for _, row in rows)
            after = rows[-1][0]
        return number

    # -- words --------------------------------------------------------------------------------

    def _exact(self, query: SearchQuery, after: SortKey | None, limit: int) -> list[Row]:
        return self._passing(super()._exact, query, after, limit)

    def _ranked(self, query: SearchQuery, after: SortKey | None, limit: int) -> list[Row]:
        return self._passing(super()._ranked, query, after, limit)

    def search_count(self, query: SearchQuery) -> int:
        """Return how many items have all the words."""
        if not _divided(query).rest:
            return super().search_count(query)
        most = (1 << 63) - 1
        return len(self._exact(query, None, most)) + len(self._ranked(query, None, most))

    def _passing(
        self,
        found_by: Callable[[SearchQuery, SortKey | None, int], list[Row]],
        query: SearchQuery,
        after: SortKey | None,
        limit: int,
    ) -> list[Row]:
        divided = _divided(query)
        if not divided.rest:
            return found_by(query, after, limit)
        kind = query.kinds[0]
        wide = evolve(query, filter=divided.selection.filters[kind])
        found: list[Row] = []
        while len(found) < limit:
            rows = found_by(wide, after, _CHUNK)
            found += self._that_pass(kind, divided, rows)
            if len(rows) < _CHUNK:
                break
            after = (rows[-1]["class"], rows[-1]["id"])
        return found[:limit]

    def _that_pass(self, kind: Kind, divided: InMemoryFilters, rows: Sequence[Row]) -> list[Row]:
        if not rows:
            return []
        asked = facts(kind, divided.columns(), [row["id"] for row in rows])
        told = by_item(self._all(asked.text, *asked.values))
        return [row for row in rows if divided.is_passing(told[row["id"]])]


def _divided(query: SearchQuery) -> InMemoryFilters:
    if query.filter is None:
        return InMemoryFilters(query.where, ())
    said = {query.kinds[0]: query.filter}
    return InMemoryFilters.of(evolve(query.where, filters=said))
