"""The queries where they differ in PostgreSQL: filters that it cannot be taught, and search."""

from collections.abc import Callable, Sequence
from typing import Final

from attrs import evolve

from fingerpost.application.ports.search_queries import SearchQuery
from fingerpost.application.read_models.cursors import SortKey
from fingerpost.application.read_models.selection import Selection
from fingerpost.domain.filters import Kind

from .cursor import Row
from .filters.partly import Partly, by_item
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
        partly = Partly.of(selection)
        if not partly.rest:
            return super()._page(kind, columns, selection, after, limit)
        asked = partly.columns()
        wanted = Sql(f"{columns}, {asked.text}", asked.values)
        found: list[tuple[SortKey, Row]] = []
        while len(found) < limit:
            rows = super()._page(kind, wanted, partly.selection, after, _CHUNK)
            found += [(key, row) for key, row in rows if partly.is_passing(row)]
            if len(rows) < _CHUNK:
                break
            after = rows[-1][0]
        return found[:limit]

    def count_where(self, kind: Kind, selection: Selection) -> int:
        """Return how many of a kind pass."""
        partly = Partly.of(selection)
        if not partly.rest:
            return super().count_where(kind, selection)
        number, after = 0, None
        while rows := super()._page(kind, partly.columns(), partly.selection, after, _CHUNK):
            number += sum(partly.is_passing(row) for _, row in rows)
            after = rows[-1][0]
        return number

    # -- words --------------------------------------------------------------------------------

    def _exact(self, query: SearchQuery, after: SortKey | None, limit: int) -> list[Row]:
        return self._passing(super()._exact, query, after, limit)

    def _ranked(self, query: SearchQuery, after: SortKey | None, limit: int) -> list[Row]:
        return self._passing(super()._ranked, query, after, limit)

    def search_count(self, query: SearchQuery) -> int:
        """Return how many items have all the words."""
        if not _partly(query).rest:
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
        partly = _partly(query)
        if not partly.rest:
            return found_by(query, after, limit)
        kind = query.kinds[0]
        wide = evolve(query, filter=partly.selection.filters[kind])
        found: list[Row] = []
        while len(found) < limit:
            rows = found_by(wide, after, _CHUNK)
            found += self._that_pass(kind, partly, rows)
            if len(rows) < _CHUNK:
                break
            after = (rows[-1]["class"], rows[-1]["id"])
        return found[:limit]

    def _that_pass(self, kind: Kind, partly: Partly, rows: Sequence[Row]) -> list[Row]:
        if not rows:
            return []
        asked = facts(kind, partly.columns(), [row["id"] for row in rows])
        told = by_item(self._all(asked.text, *asked.values))
        return [row for row in rows if partly.is_passing(told[row["id"]])]


def _partly(query: SearchQuery) -> Partly:
    if query.filter is None:
        return Partly(query.where, ())
    said = {query.kinds[0]: query.filter}
    return Partly.of(evolve(query.where, filters=said))
