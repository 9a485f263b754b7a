"""The queries over the read tables."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from fingerpost.application.read_models.rows import (
    AliasChange,
    CollectionRow,
    EntityRow,
    ExpiredVersion,
    ManifestRow,
    OrganizationRow,
    RegistryRow,
    VersionRow,
)
from fingerpost.domain.versions.version import VersionRef

from . import rows
from .automation_queries import SqlAutomationQueries
from .count_queries import SqlCountQueries
from .cursor import to_micros
from .governance_queries import SqlGovernanceQueries
from .history_queries import ALIAS_CHANGES, SqlHistoryQueries
from .origins import SqlOriginQueries
from .run_queries import NO_LIMIT, SqlRunQueries
from .search.queries import SqlSearchQueries

PAGE_ROWS: Final = 500
"""Versions read in one transaction while iterating over a collection."""

_COLLECTIONS: Final = """
    SELECT c.id, c.kind, c.home_id, c.project, c.name, c.type, c.description, c.created_at,
           c.created_by, c.updated_at, c.position, c.is_deleted, e.name AS entity,
           r.name AS registry, o.entity_name AS organization,
           (SELECT GROUP_CONCAT(t.tag, '/') FROM collection_tags t
             WHERE t.collection_id = c.id) AS tags
    FROM collections c
    LEFT JOIN entities e ON e.id = c.home_id
    LEFT JOIN registries r ON r.id = c.home_id
    LEFT JOIN organizations o ON o.id = r.organization_id
"""

_VERSIONS: Final = """
    SELECT v.collection_id, v.idx, v.source_collection_id, v.source_idx, v.created_at,
           v.created_by, c.digest, c.manifest, c.size_bytes, c.file_count, c.description,
           c.metadata, c.updated_at, c.run_id, c.base_collection_id, c.base_idx, c.ttl_inherits,
           c.ttl_s, c.origin, e.default_ttl_s, k.type, t.tag
    FROM (SELECT * FROM versions WHERE is_deleted=0 AND {where}) v
    JOIN versions c ON c.collection_id = COALESCE(v.source_collection_id, v.collection_id)
                   AND c.idx = COALESCE(v.source_idx, v.idx)
    JOIN collections k ON k.id = c.collection_id
    JOIN entities e ON e.id = k.home_id
    LEFT JOIN version_tags t ON t.collection_id = c.collection_id AND t.idx = c.idx
    ORDER BY v.idx DESC, t.tag
"""

_EXPIRED: Final = """
    SELECT * FROM (
        SELECT v.collection_id, v.idx, v.position, v.created_at, v.size_bytes, k.project, k.name,
               e.name AS entity,
               CASE v.ttl_inherits WHEN 1 THEN e.default_ttl_s ELSE v.ttl_s END AS duration_s
        FROM versions v
        JOIN collections k ON k.id = v.collection_id
        JOIN entities e ON e.id = k.home_id
        WHERE v.is_deleted=0 AND v.source_collection_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM versions l WHERE l.source_collection_id = v.collection_id
                                     AND l.source_idx = v.idx AND l.is_deleted=0)
    ) aged
    WHERE duration_s IS NOT NULL AND created_at + duration_s * 1000000 <= ?
    ORDER BY position
"""

_TAGGED: Final = """
    AND EXISTS (SELECT 1 FROM version_tags g
                WHERE g.collection_id = COALESCE(versions.source_collection_id,
                                                 versions.collection_id)
                  AND g.idx = COALESCE(versions.source_idx, versions.idx) AND g.tag=?)
"""


class SqlQueries(
    SqlSearchQueries,
    SqlRunQueries,
    SqlGovernanceQueries,
    SqlHistoryQueries,
    SqlAutomationQueries,
    SqlCountQueries,
    SqlOriginQueries,
):
    """:class:`~fingerpost.application.ports.queries.Queries` on a database."""

    @contextmanager
    def snapshot(self) -> "Iterator[SqlQueries]":
        """Return queries that all see the same state, for as long as the block lasts."""
        with self._reading() as cursor:
            yield type(self)(lambda: nullcontext(cursor))

    # -- organizations, entities, registries --------------------------------------------------

    def organizations(self) -> Sequence[OrganizationRow]:
        """Return all organizations, the default one first."""
        found = self._all("SELECT id, name, entity_name FROM organizations ORDER BY position")
        return [rows.organization(row) for row in found]

    def entity(self, name: str) -> EntityRow | None:
        """Return the entity with this name."""
        sql = "SELECT * FROM entities WHERE name=?"
        row = self._one(sql, name)
        return None if row is None else rows.entity(row)

    def teams(self, organization_id: UUID) -> Sequence[str]:
        """Return the names of an organization's teams, sorted."""
        sql = "SELECT name FROM entities WHERE organization_id=? ORDER BY name"
        return [row["name"] for row in self._all(sql, organization_id.hex)]

    def registries(self, organization_id: UUID | None = None) -> Sequence[RegistryRow]:
        """Return the registries of one or of all organizations, sorted by name."""
        if organization_id is None:
            return self._registries("r.is_deleted=0")
        return self._registries("r.organization_id=? AND r.is_deleted=0", organization_id.hex)

    def registry(self, organization_id: UUID, key: str) -> RegistryRow | None:
        """Return the registry with this name, given as ``RegistryName.key``."""
        where = "r.organization_id=? AND r.name_key=? AND r.is_deleted=0"
        return next(iter(self._registries(where, organization_id.hex, key)), None)

    def _registries(self, where: str, *parameters: object) -> list[RegistryRow]:
        sql = (
            "SELECT r.*, o.entity_name AS organization, t.type FROM registries r "
            "JOIN organizations o ON o.id = r.organization_id "
            "LEFT JOIN registry_types t ON t.registry_id = r.id "
            f"WHERE {where} ORDER BY r.name_key, r.id, t.type"
        )
        found = groupby(self._all(sql, *parameters), key=lambda row: str(row["id"]))
        return [rows.registry(list(group)) for _, group in found]

    def protected_aliases(self, registry_id: UUID) -> Sequence[str]:
        """Return a registry's protected aliases, sorted."""
        sql = "SELECT alias FROM protected_aliases WHERE registry_id=? ORDER BY alias"
        return [row["alias"] for row in self._all(sql, registry_id.hex)]

    # -- collections --------------------------------------------------------------------------

    def collection(self, collection_id: UUID) -> CollectionRow | None:
        """Return a collection."""
        row = self._one(f"{_COLLECTIONS} WHERE c.id=?", collection_id.hex)
        return None if row is None else rows.collection(row)

    def source_of(self, link: VersionRef) -> CollectionRow | None:
        """Return the collection that the source of a link was logged to."""
        where = (
            "WHERE c.id=(SELECT source_collection_id FROM versions "
            "WHERE collection_id=? AND idx=? AND is_deleted=0)"
        )
        row = self._one(f"{_COLLECTIONS} {where}", link.collection_id.hex, link.index)
        return None if row is None else rows.collection(row)

    def collection_named(self, home_id: UUID, project: str, name: str) -> CollectionRow | None:
        """Return a collection by name; ``project`` is empty in a registry."""
        where = "WHERE c.home_id=? AND c.project=? AND c.name=? AND c.is_deleted=0"
        row = self._one(f"{_COLLECTIONS} {where}", home_id.hex, project, name)
        return None if row is None else rows.collection(row)

    def collections(self, home_id: UUID, project: str | None = None) -> Sequence[CollectionRow]:
        """Return the collections of an entity or registry, sorted by project and name."""
        where, parameters = "WHERE c.home_id=? AND c.is_deleted=0", [home_id.hex]
        if project is not None:
            where, parameters = f"{where} AND c.project=?", [*parameters, project]
        found = self._all(f"{_COLLECTIONS} {where} ORDER BY c.project, c.name", *parameters)
        return [rows.collection(row) for row in found]

    def collections_of_type(
        self, home_id: UUID, project: str, kind: str, *, after: int = 0, limit: int
    ) -> Sequence[CollectionRow]:
        """Return collections of one type that were made after a position, oldest first."""
        where = "WHERE c.home_id=? AND c.project=? AND c.type=? AND c.position>? "
        where += "AND c.is_deleted=0"
        sql = f"{_COLLECTIONS} {where} ORDER BY c.position LIMIT ?"
        found = self._all(sql, home_id.hex, project, kind, after, limit)
        return [rows.collection(row) for row in found]

    def collection_count(self, home_id: UUID, project: str, kind: str) -> int:
        """Return the number of collections of one type."""
        sql = (
            "SELECT COUNT(*) FROM collections "
            "WHERE home_id=? AND project=? AND type=? AND is_deleted=0"
        )
        return self._number(sql, home_id.hex, project, kind)

    def types(self, home_id: UUID, project: str) -> Sequence[str]:
        """Return the types of the collections in a project or registry, sorted."""
        sql = (
            "WITH RECURSIVE found(type) AS ("
            "SELECT MIN(type) FROM collections "
            "WHERE home_id=? AND project=? AND type>'' AND is_deleted=0 "
            "UNION ALL SELECT (SELECT MIN(c.type) "
            "FROM collections c WHERE c.home_id=? AND c.project=? AND c.type>found.type "
            "AND c.is_deleted=0) "
            "FROM found WHERE found.type IS NOT NULL) "
            "SELECT type FROM found WHERE type IS NOT NULL"
        )
        return [row["type"] for row in self._all(sql, *(home_id.hex, project) * 2)]

    def has_project(self, entity_id: UUID, project: str) -> bool:
        """Whether a project has a collection or a run."""
        sql = (
            "SELECT EXISTS (SELECT 1 FROM collections WHERE home_id=? AND project=? "
            "AND is_deleted=0) OR "
            "EXISTS (SELECT 1 FROM runs WHERE entity_id=? AND project=?)"
        )
        ids = (entity_id.hex, project)
        return bool(self._number(sql, *ids, *ids))

    def projects(self, entity_id: UUID) -> Sequence[str]:
        """Return the projects of an entity that have a collection or a run, sorted."""
        sql = (
            "SELECT project FROM collections WHERE home_id=? AND is_deleted=0 UNION "
            "SELECT project FROM runs WHERE entity_id=? ORDER BY project"
        )
        return [row["project"] for row in self._all(sql, entity_id.hex, entity_id.hex)]

    # -- versions -----------------------------------------------------------------------------

    def _versions(self, where: str, *parameters: object) -> list[VersionRow]:
        found = self._all(_VERSIONS.format(where=where), *parameters)
        groups = groupby(found, key=lambda row: int(row["idx"]))
        return [rows.version(list(group)) for _, group in groups]

    def version(self, ref: VersionRef) -> VersionRow | None:
        """Return a version."""
        where = "collection_id=? AND idx=?"
        return next(iter(self._versions(where, ref.collection_id.hex, ref.index)), None)

    def version_of_origin(self, collection_id: UUID, key: str) -> VersionRow | None:
        """Return the version of a collection that was imported with an origin."""
        where = "collection_id=? AND origin_key=? ORDER BY idx LIMIT 1"
        return next(iter(self._versions(where, collection_id.hex, key)), None)

    def versions(self, collection_id: UUID) -> Iterator[VersionRow]:
        """Iterate over a collection's versions, newest first, a page at a time."""
        below = None
        while found := self.versions_below(collection_id, below, limit=PAGE_ROWS):
            yield from found
            below = found[-1].index

    def versions_below(
        self, collection_id: UUID, index: int | None, *, tags: Collection[str] = (), limit: int
    ) -> Sequence[VersionRow]:
        """Return versions with all of these tags, below an index, newest first."""
        where = f"collection_id=? AND idx<?{_TAGGED * len(tags)} ORDER BY idx DESC LIMIT ?"
        below = 1 << 62 if index is None else index
        return self._versions(where, collection_id.hex, below, *tags, limit)

    def version_count(self, collection_id: UUID, tags: Collection[str] = ()) -> int:
        """Return the number of versions with all of these tags."""
        where = f"is_deleted=0 AND collection_id=?{_TAGGED * len(tags)}"
        sql = f"SELECT COUNT(*) FROM versions WHERE {where}"
        return self._number(sql, collection_id.hex, *tags)

    def last_logged(self) -> int:
        """Return the position in the ledger of the newest version, deleted or not; 0 for none."""
        return self._number("SELECT COALESCE(MAX(position), 0) FROM versions")

    def manifests(self, *, deleted_after: datetime) -> Iterator[ManifestRow]:
        """Iterate over versions, but no links, that are not deleted, or only after a moment."""
        sql = (
            "SELECT collection_id, idx, manifest, is_deleted, updated_at FROM versions "
            "WHERE (collection_id, idx) > (?,?) AND manifest IS NOT NULL "
            "AND (is_deleted=0 OR updated_at>?) ORDER BY collection_id, idx LIMIT ?"
        )
        last, since = ("", 0), to_micros(deleted_after)
        while found := self._all(sql, *last, since, PAGE_ROWS):
            yield from (rows.manifest(row) for row in found)
            last = found[-1]["collection_id"], found[-1]["idx"]

    def deleted_manifests(self, *, until: datetime) -> Sequence[ManifestRow]:
        """Return the versions that were deleted until a moment, the one deleted last first."""
        sql = (
            "SELECT collection_id, idx, manifest, is_deleted, updated_at FROM versions "
            "WHERE manifest IS NOT NULL AND is_deleted=1 AND updated_at<=? "
            "ORDER BY updated_at DESC, position DESC"
        )
        return [rows.manifest(row) for row in self._all(sql, to_micros(until))]

    def link_to(self, collection_id: UUID, source: VersionRef) -> VersionRow | None:
        """Return the link to this source in a registry collection, if there is one."""
        where = "collection_id=? AND source_collection_id=? AND source_idx=?"
        ids = (collection_id.hex, source.collection_id.hex, source.index)
        return next(iter(self._versions(where, *ids)), None)

    def links_of(self, source: VersionRef, limit: int | None = None) -> Sequence[VersionRef]:
        """Return the links to a source version, oldest first."""
        sql = (
            "SELECT collection_id, idx FROM versions WHERE source_collection_id=? "
            "AND source_idx=? AND is_deleted=0 ORDER BY position LIMIT ?"
        )
        most = NO_LIMIT if limit is None else limit
        found = self._all(sql, source.collection_id.hex, source.index, most)
        return [rows.version_ref(row) for row in found]

    def links_into(self, collection_id: UUID) -> Sequence[VersionRef]:
        """Return the links to all versions of a source collection, oldest first."""
        sql = (
            "SELECT collection_id, idx FROM versions WHERE source_collection_id=? "
            "AND is_deleted=0 ORDER BY position"
        )
        return [rows.version_ref(row) for row in self._all(sql, collection_id.hex)]

    def expired(self, now: datetime) -> Sequence[ExpiredVersion]:
        """Return versions whose time to live has passed and that no link holds; oldest first."""
        return [rows.expired(row) for row in self._all(_EXPIRED, to_micros(now))]

    # -- aliases ------------------------------------------------------------------------------

    def alias(self, collection_id: UUID, alias: str) -> int | None:
        """Return the index of the version that holds an alias."""
        sql = "SELECT idx FROM aliases WHERE collection_id=? AND alias=?"
        row = self._one(sql, collection_id.hex, alias)
        return None if row is None else int(row["idx"])

    def aliases(self, collection_id: UUID) -> Mapping[str, int]:
        """Return all aliases of a collection: alias → index, sorted by alias."""
        sql = "SELECT alias, idx FROM aliases WHERE collection_id=? ORDER BY alias"
        return {row["alias"]: row["idx"] for row in self._all(sql, collection_id.hex)}

    def aliases_of(self, ref: VersionRef) -> Sequence[str]:
        """Return the aliases of a version, ``latest`` first, then by name."""
        sql = (
            "SELECT alias FROM aliases WHERE collection_id=? AND idx=? "
            "ORDER BY CASE alias WHEN 'latest' THEN 0 ELSE 1 END, alias"
        )
        return [row["alias"] for row in self._all(sql, ref.collection_id.hex, ref.index)]

    def alias_history(self, collection_id: UUID, alias: str | None = None) -> Sequence[AliasChange]:
        """Return every placing, move and removal of one or all aliases, oldest first."""
        where, parameters = "collection_id=?", [collection_id.hex]
        if alias is not None:
            where, parameters = f"{where} AND alias=?", [*parameters, alias]
        sql = f"{ALIAS_CHANGES} WHERE {where} ORDER BY position"
        return [rows.alias_change(row) for row in self._all(sql, *parameters)]

    # -- refused attempts ---------------------------------------------------------------------

    def denials(self, actor: str | None = None) -> Sequence[str]:
        """Return denied attempts as sentences, oldest first; of one actor, or of all."""
        where, parameters = ("", []) if actor is None else ("WHERE actor=? ", [actor])
        sql = f"SELECT actor, action, target FROM denials {where}ORDER BY position"
        found = self._all(sql, *parameters)
        return [f"{row['actor']} may not {row['action']} in {row['target']}" for row in found]
