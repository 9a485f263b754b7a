"""The queries that find things by filters and by words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from attrs import evolve

from fingerpost.application.ports.search_queries import SearchQuery
from fingerpost.application.read_models.cursors import SortKey
from fingerpost.application.read_models.hits import Hit
from fingerpost.application.read_models.rows import CollectionRow, RegistryRow, VersionRow
from fingerpost.application.read_models.selection import Selection
from fingerpost.domain.filters import Kind
from fingerpost.domain.versions.version import VersionRef

from ..cursor import Row
from ..filters.selects import count, page
from ..filters.sql import Sql
from ..reader import SqlReader
from .ranking import Exact, Ranked
from .words import OFTEN, Plan, counted, frequency, indexed

T = TypeVar("T")


class SqlSearchQueries(SqlReader):
    """The part of ``Queries`` that finds things by filters and by words."""

    if TYPE_CHECKING:  # what the other parts of ``Queries`` have

        def collection(self, collection_id: UUID) -> CollectionRow | None: ...  # noqa: D102

        def version(self, ref: VersionRef) -> VersionRow | None: ...  # noqa: D102

        def aliases_of(self, ref: VersionRef) -> Sequence[str]: ...  # noqa: D102

        def _registries(self, where: str, *parameters: object) -> list[RegistryRow]: ...

    def registry_by_id(self, registry_id: UUID) -> RegistryRow | None:
        """Return a registry by its identity."""
        return next(iter(self._registries("r.id=?", registry_id.hex)), None)

    # -- filters ------------------------------------------------------------------------------

    def registries_where(
        self, selection: Selection, *, after: SortKey | None = None, limit: int
    ) -> Sequence[tuple[SortKey, RegistryRow]]:
        """Return registries that pass, behind a sort key."""
        found = self._page(Kind.REGISTRY, "r.id AS id", selection, after, limit)
        return [(key, self._registry(row["id"])) for key, row in found]

    def collections_where(
        self, selection: Selection, *, after: SortKey | None = None, limit: int
    ) -> Sequence[tuple[SortKey, CollectionRow]]:
        """Return collections in registries that pass, behind a sort key."""
        found = self._page(Kind.COLLECTION, "c.id AS id", selection, after, limit)
        return [(key, self._collection(row["id"])) for key, row in found]

    def versions_where(
        self, selection: Selection, *, after: SortKey | None = None, limit: int
    ) -> Sequence[Hit]:
        """Return versions in registries that pass, newest first, behind a sort key."""
        columns = "v.collection_id AS owner_id, v.idx AS idx"
        found = self._page(Kind.VERSION, columns, selection, after, limit)
        homes = {row["owner_id"]: self._collection(row["owner_id"]) for _, row in found}
        return [self._version_hit(key, row, homes[row["owner_id"]]) for key, row in found]

    def count_where(self, kind: Kind, selection: Selection) -> int:
        """Return how many of a kind pass."""
        asked = count(kind, selection)
        return self._number(asked.text, *asked.values)

    def _page(
        self,
        kind: Kind,
        columns: str | Sql,
        selection: Selection,
        after: SortKey | None,
        limit: int,
    ) -> list[tuple[SortKey, Row]]:
        asked, length = page(kind, columns, selection, after, limit)
        found = self._all(asked.text, *asked.values)
        return [(tuple(row[number] for number in range(length)), row) for row in found]

    # -- words --------------------------------------------------------------------------------

    def search(
        self, query: SearchQuery, *, after: SortKey | None = None, limit: int
    ) -> Sequence[Hit]:
        """Return what has all the words, behind a sort key."""
        found = self._exact(query, after, limit) or self._ranked(query, after, limit)
        return [self._hit(row) for row in found]

    def _exact(self, query: SearchQuery, after: SortKey | None, limit: int) -> list[Row]:
        asked = Exact(query).page(after, limit)
        return [] if asked is None else self._all(asked.text, *asked.values)

    def _ranked(self, query: SearchQuery, after: SortKey | None, limit: int) -> list[Row]:
        asked = Ranked(self._ordered(query)).page(after, limit)
        return self._all(asked.text, *asked.values)

    def search_count(self, query: SearchQuery) -> int:
        """Return how many items have all the words."""
        asked = counted(self._ordered(query))
        return self._number(asked.text, *asked.values)

    def _ordered(self, query: SearchQuery) -> Plan:
        """Return the query with the rarest word first: the others are looked for where it is."""
        asked = {term: frequency(term, self._texts_with) for term in query.terms}
        numbers = {term: self._number(sql.text, *sql.values) for term, sql in asked.items()}
        terms = tuple(sorted(query.terms, key=numbers.__getitem__))
        return Plan(
            evolve(query, terms=terms),
            is_narrow=numbers[terms[0]] < OFTEN,
            source_of=self._texts_with,
        )

    def _texts_with(self, term: str) -> tuple[str, str, tuple[object, ...]]:
        return indexed(term)

    def _hit(self, row: Row) -> Hit:
        key, kind = (row["class"], row["id"]), Kind(row["kind"])
        if kind is Kind.REGISTRY:
            return Hit(key=key, registry=self._registry(row["owner_id"]))
        collection = self._collection(row["owner_id"])
        if kind is Kind.COLLECTION:
            return Hit(key=key, collection=collection)
        return self._version_hit(key, row, collection)

    # -- rows by identity; what an index names is there, in the same transaction ---------------

    def _registry(self, identity: str) -> RegistryRow:
        return _there(self.registry_by_id(UUID(identity)), identity)

    def _collection(self, identity: str) -> CollectionRow:
        return _there(self.collection(UUID(identity)), identity)

    def _version_hit(self, key: SortKey, row: Row, collection: CollectionRow) -> Hit:
        ref = VersionRef(collection_id=collection.id, index=row["idx"])
        version = _there(self.version(ref), f"{collection.path}:v{ref.index}")
        return Hit(
            key=key, collection=collection, version=version, aliases=self.aliases_of(version.ref)
        )


def _there(row: T | None, what: str) -> T:
    if row is None:
        msg = f"the read tables name {what}, and have no row of it"
        raise LookupError(msg)
    return row
