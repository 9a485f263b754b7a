"""The port to the read tables."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fingerpost.domain.version import VersionRef

from ..rows import (
    AliasChange,
    CollectionRow,
    EntityRow,
    ManifestRow,
    OrganizationRow,
    RegistryRow,
    RunRow,
    VersionRow,
)


class Queries(Protocol):
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
        """Return a collection."""
        ...

    def collection_named(self, home_id: UUID, project: str, name: str) -> CollectionRow | None:
        """Return a collection by name; ``project`` is empty in a registry."""
        ...

    def collections(self, home_id: UUID, project: str | None = None) -> Sequence[CollectionRow]:
        """Return the collections of an entity or registry, sorted by project and name."""
        ...

    def version(self, ref: VersionRef) -> VersionRow | None:
        """Return a version."""
        ...

    def versions(self, collection_id: UUID) -> Iterator[VersionRow]:
        """Iterate over a collection's versions, newest first, a page at a time."""
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

    def link_to(self, collection_id: UUID, source: VersionRef) -> VersionRow | None:
        """Return the link to this source in a registry collection, if there is one."""
        ...

    def links_of(self, source: VersionRef, limit: int | None = None) -> Sequence[VersionRef]:
        """Return the links to a source version, oldest first."""
        ...

    def run(self, run_id: UUID) -> RunRow | None:
        """Return a run."""
        ...

    def is_logged(self, run_id: UUID, ref: VersionRef) -> bool:
        """Whether the run logged the version."""
        ...

    def is_used(self, run_id: UUID, ref: VersionRef) -> bool:
        """Whether the run used the version."""
        ...

    def used_by(self, ref: VersionRef) -> Sequence[RunRow]:
        """Return the runs that used a version or a link to it, oldest use first, each once."""
        ...

    def denials(self) -> Sequence[str]:
        """Return denied attempts as sentences, oldest first."""
        ...
