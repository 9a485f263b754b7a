"""The port to the read tables."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fingerpost.domain.versions.version import VersionRef

from ..read_models.rows import (
    AliasChange,
    CollectionRow,
    EntityRow,
    ExpiredVersion,
    ManifestRow,
    OrganizationRow,
    RegistryRow,
    VersionRow,
)
from .automation_queries import AutomationQueries
from .count_queries import CountQueries
from .governance_queries import GovernanceQueries
from .history_queries import HistoryQueries
from .origin_queries import OriginQueries
from .run_queries import RunQueries
from .search_queries import SearchQueries


class Queries(
    RunQueries,
    SearchQueries,
    GovernanceQueries,
    HistoryQueries,
    AutomationQueries,
    CountQueries,
    OriginQueries,
    Protocol,
):
    """What can be asked of a store without folding streams.

    Each answer is read in one transaction; :meth:`snapshot` reads several in one. Deleted versions
    and links are left out.
    """

    def snapshot(self) -> AbstractContextManager["Queries"]:
        """Return queries that all see the same state, for as long as the block lasts.

        Short blocks only, and no writing in them: a store may keep writers waiting.
        """
        ...

    def organizations(self) -> Sequence[OrganizationRow]:
        """Return all organizations, the default one first."""
        ...

    def entity(self, name: str) -> EntityRow | None:
        """Return the entity with this name."""
        ...

    def teams(self, organization_id: UUID) -> Sequence[str]:
        """Return the names of an organization's teams, sorted."""
        ...

    def registries(self, organization_id: UUID | None = None) -> Sequence[RegistryRow]:
        """Return the registries of one or of all organizations, sorted by name."""
        ...

    def registry(self, organization_id: UUID, key: str) -> RegistryRow | None:
        """Return the registry with this name, given as :attr:`RegistryName.key`."""
        ...

    def protected_aliases(self, registry_id: UUID) -> Sequence[str]:
        """Return a registry's protected aliases, sorted."""
        ...

    def collection(self, collection_id: UUID) -> CollectionRow | None:
        """Return a collection, a deleted one too."""
        ...

    def source_of(self, link: VersionRef) -> CollectionRow | None:
        """Return the collection that the source of a link was logged to.

        ``None`` for a version that is no link, and for one that was deleted.
        """
        ...

    def collection_named(self, home_id: UUID, project: str, name: str) -> CollectionRow | None:
        """Return a collection by name; ``project`` is empty in a registry."""
        ...

    def collections(self, home_id: UUID, project: str | None = None) -> Sequence[CollectionRow]:
        """Return the collections of an entity or registry, sorted by project and name."""
        ...

    def collections_of_type(
        self, home_id: UUID, project: str, kind: str, *, after: int = 0, limit: int
    ) -> Sequence[CollectionRow]:
        """Return collections of one type that were made after a position, oldest first."""
        ...

    def collection_count(self, home_id: UUID, project: str, kind: str) -> int:
        """Return the number of collections of one type; ``project`` is empty in a registry."""
        ...

    def types(self, home_id: UUID, project: str) -> Sequence[str]:
        """Return the types of the collections in a project or registry, sorted."""
        ...

    def has_project(self, entity_id: UUID, project: str) -> bool:
        """Whether a project has a collection or a run."""
        ...

    def projects(self, entity_id: UUID) -> Sequence[str]:
        """Return the projects of an entity that have a collection or a run, sorted."""
        ...

    def version(self, ref: VersionRef) -> VersionRow | None:
        """Return a version."""
        ...

    def versions(self, collection_id: UUID) -> Iterator[VersionRow]:
        """Iterate over a collection's versions, newest first, a page at a time."""
        ...

    def versions_below(
        self, collection_id: UUID, index: int | None, *, tags: Collection[str] = (), limit: int
    ) -> Sequence[VersionRow]:
        """Return versions with all of these tags, below an index, newest first.

        Numbers are never used again, so pages of them are true whatever comes or goes between.
        """
        ...

    def version_count(self, collection_id: UUID, tags: Collection[str] = ()) -> int:
        """Return the number of versions with all of these tags."""
        ...

    def last_logged(self) -> int:
        """Return the position in the ledger of the newest version, deleted or not; 0 for none."""
        ...

    def manifests(self, *, deleted_after: datetime) -> Iterator[ManifestRow]:
        """Iterate over what hold content: versions, but no links, a page at a time.

        Args:
            deleted_after: versions that were deleted later than this are given too.
        """
        ...

    def deleted_manifests(self, *, until: datetime) -> Sequence[ManifestRow]:
        """Return the versions that were deleted until a moment, the one deleted last first."""
        ...

    def alias(self, collection_id: UUID, alias: str) -> int | None:
        """Return the index of the version that holds an alias."""
        ...

    def aliases(self, collection_id: UUID) -> Mapping[str, int]:
        """Return all aliases of a collection: alias → index, sorted by alias."""
        ...

    def aliases_of(self, ref: VersionRef) -> Sequence[str]:
        """Return the aliases of a version, ``latest`` first, then by name."""
        ...

    def alias_history(self, collection_id: UUID, alias: str | None = None) -> Sequence[AliasChange]:
        """Return every placing, move and removal of one or all aliases, oldest first."""
        ...

    def links_into(self, collection_id: UUID) -> Sequence[VersionRef]:
        """Return the links to all versions of a source collection, oldest first."""
        ...

    def expired(self, now: datetime) -> Sequence[ExpiredVersion]:
        """Return versions whose time to live has passed and that no link holds; oldest first."""
        ...

    def link_to(self, collection_id: UUID, source: VersionRef) -> VersionRow | None:
        """Return the link to this source in a registry collection, if there is one."""
        ...

    def links_of(self, source: VersionRef, limit: int | None = None) -> Sequence[VersionRef]:
        """Return the links to a source version, oldest first."""
        ...

    def denials(self, actor: str | None = None) -> Sequence[str]:
        """Return denied attempts as sentences, oldest first; of one actor, or of all."""
        ...
