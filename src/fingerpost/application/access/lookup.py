"""Finding things by the names that people write. Errors suggest the nearest names."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from attrs import frozen

from fingerpost.domain.errors import (
    AliasNotFoundError,
    AmbiguousOrganizationError,
    CollectionNotFoundError,
    EntityNotFoundError,
    OrganizationNotFoundError,
    RegistryNotFoundError,
    VersionNotFoundError,
)
from fingerpost.domain.names.alias import LATEST, Alias, version_index, version_label
from fingerpost.domain.names.names import EntityName, OrganizationName, ProjectName, RegistryName
from fingerpost.domain.names.paths import CollectionPath, RegistryPath, SourcePath
from fingerpost.domain.registry import Visibility
from fingerpost.domain.versions.version import VersionRef

from ..ports.queries import Queries
from ..read_models.rows import CollectionRow, EntityRow, OrganizationRow, RegistryRow, VersionRow

_SUGGESTIONS = 5


@frozen
class NameScope:
    """Where a name without entity or project is looked up.

    Attributes:
        project: the project.
    """

    _entity: EntityName | Callable[[], EntityName]
    project: ProjectName

    @property
    def entity(self) -> EntityName:
        """The entity.

        It is evaluated only for paths without one, because not every actor's name is valid for an
        entity.

        Raises:
            EntityNotFoundError: it would be the actor's own, and their name is not valid for an
                entity.
        """
        return self._entity() if callable(self._entity) else self._entity


def organization_named(queries: Queries, name: str | None) -> OrganizationRow:
    """Return the organization with this identifier, or the default one.

    Raises:
        AmbiguousOrganizationError: an entity has the plain name too; the error names the
            identifier.
        OrganizationNotFoundError: names the existing ones.
    """
    there = queries.organizations()
    if name is None:
        return there[0]
    name = OrganizationName(name)
    for row in there:
        if row.entity_name == name:
            return row
    for row in there:
        if row.name == name:
            raise AmbiguousOrganizationError(str(name), row.entity_name)
    raise OrganizationNotFoundError(
        "organization",
        str(name),
        nearest(name, (row.entity_name for row in there)),
        _instead_of(queries, name, there),
    )


def _instead_of(queries: Queries, name: OrganizationName, there: Sequence[OrganizationRow]) -> str:
    leave_out = "Leave it out of the path to mean the default organization."
    entity = queries.entity(name)
    home = next((row for row in there if entity and row.id == entity.organization_id), None)
    if home is None:
        return leave_out
    return f"It is a team of the organization {home.entity_name!r}: write that instead. {leave_out}"


def entity_named(queries: Queries, name: EntityName) -> EntityRow:
    """Return an entity by name.

    Raises:
        EntityNotFoundError: it does not exist.
    """
    row = queries.entity(name)
    if row is None:
        remedy = "The first run in it makes it, init(entity=…), or create_team (team create)."
        raise EntityNotFoundError("entity", str(name), (), remedy)
    return row


def registry_named(queries: Queries, name: RegistryName, organization: str | None) -> RegistryRow:
    """Return a registry by name, ignoring case.

    Raises:
        RegistryNotFoundError: names those that are open to the organization, and how to create one.
    """
    home = organization_named(queries, organization)
    row = queries.registry(home.id, name.key)
    if row is None:
        raise RegistryNotFoundError(
            "registry",
            str(name),
            nearest(name, _open_registries(queries, home.id)),
            "It has to exist before something is linked to it. "
            f"{_how_to_make(name, home, queries)}",
        )
    return row


def _open_registries(queries: Queries, organization_id: UUID) -> list[str]:
    # The actor may not be allowed to know the restricted ones.
    there = queries.registries(organization_id)
    return [row.name for row in there if row.visibility != Visibility.RESTRICTED.value]


def _how_to_make(name: RegistryName, home: OrganizationRow, queries: Queries) -> str:
    if home.id == queries.organizations()[0].id:
        return (
            f"An admin makes it with `fingerpost registry create {str(name)!r}` or "
            f"Api().create_registry({str(name)!r})."
        )
    return (
        f"An admin of {home.name!r} makes it with Api().create_registry({str(name)!r}, "
        f"organization={home.entity_name!r})."
    )


def find_collection(
    queries: Queries, path: CollectionPath, place: NameScope
) -> CollectionRow | None:
    """Return the collection at a path, or ``None`` if it or its entity does not exist.

    Raises:
        RegistryNotFoundError: the path is in a registry that does not exist.
        OrganizationNotFoundError: the path is in an organization that does not exist.
    """
    if isinstance(path, RegistryPath):
        registry = registry_named(queries, path.registry, path.organization)
        return queries.collection_named(registry.id, "", path.collection)
    entity = queries.entity(path.entity or place.entity)
    if entity is None:
        return None
    return queries.collection_named(entity.id, path.project or place.project, path.name)


def collection_at(queries: Queries, path: CollectionPath, place: NameScope) -> CollectionRow:
    """Return the collection at a path.

    Raises:
        CollectionNotFoundError: names the nearest ones in the same project or registry.
    """
    found = find_collection(queries, path, place)
    if found is None:
        raise CollectionNotFoundError(
            "collection",
            _text(path, place),
            _siblings(queries, path, place),
            "Log or link something to it first, or check entity, project and name.",
        )
    return found


def version_at(queries: Queries, collection: CollectionRow, alias: Alias) -> VersionRow:
    """Return the version with an alias or a version number.

    Raises:
        AliasNotFoundError: the alias does not exist; names the nearest ones.
        VersionNotFoundError: it never existed, or was deleted.
    """
    index = version_index(alias)
    if index is None:
        index = queries.alias(collection.id, alias)
        if index is None:
            raise no_alias(collection.path, alias, list(queries.aliases(collection.id)))
    row = queries.version(VersionRef(collection_id=collection.id, index=index))
    if row is None:
        raise VersionNotFoundError(
            "version",
            f"{collection.path}:{alias}",
            list(queries.aliases(collection.id)),
            "It was never logged, or it was deleted.",
        )
    return row


def no_alias(path: str, alias: Alias, there: Sequence[str]) -> AliasNotFoundError:
    """Return the error for an alias that does not exist in a collection."""
    remedy = f"`fingerpost versions {path!r}` shows what there is."
    if alias == LATEST:
        remedy = (
            f"'latest' was removed, or there was no version yet; it comes back with the next "
            f"version. {remedy}"
        )
    return AliasNotFoundError("alias", f"{path}:{alias}", nearest(alias, there), remedy)


def _text(path: CollectionPath, place: NameScope) -> str:
    if isinstance(path, RegistryPath):
        prefix = f"{path.organization}/" if path.organization else ""
        return f"{prefix}wandb-registry-{path.registry}/{path.collection}"
    return f"{path.entity or place.entity}/{path.project or place.project}/{path.name}"


def _siblings(queries: Queries, path: CollectionPath, place: NameScope) -> Sequence[str]:
    if isinstance(path, RegistryPath):
        registry = registry_named(queries, path.registry, path.organization)
        there = [row.name for row in queries.collections(registry.id)]
        return nearest(path.collection, there)
    return nearest(path.name, _project_collections(queries, path, place))


def _project_collections(queries: Queries, path: SourcePath, place: NameScope) -> list[str]:
    entity = queries.entity(path.entity or place.entity)
    if entity is None:
        return []
    return [row.name for row in queries.collections(entity.id, path.project or place.project)]


def nearest(name: str, there: Iterable[str]) -> list[str]:
    """Return the names similar to one, most similar first; all of them if none is similar."""
    known = list(there)
    near = difflib.get_close_matches(name, known, n=_SUGGESTIONS)
    return near or sorted(known)


def path_of(queries: Queries, collection_id: UUID) -> str:
    """Return ``entity/project/name`` of a collection, for messages."""
    row = queries.collection(collection_id)
    return row.path if row else str(collection_id)


def label_of(queries: Queries, ref: VersionRef) -> str:
    """Return ``entity/project/name:vN`` of a version, for messages."""
    return f"{path_of(queries, ref.collection_id)}:{version_label(ref.index)}"
