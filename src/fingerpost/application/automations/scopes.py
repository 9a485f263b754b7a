"""Where automations watch: with which authority, whose secrets, and what it is called."""

from collections.abc import Collection as Set
from uuid import UUID

from attrs import frozen

from fingerpost.domain.aggregates.permissions import Authority
from fingerpost.domain.automation import Scope, ScopeKind
from fingerpost.domain.collection import Collection, CollectionKind
from fingerpost.domain.errors import CollectionNotFoundError, RegistryNotFoundError
from fingerpost.domain.names.names import EntityName, RegistryName
from fingerpost.domain.names.paths import RegistryProjectPath, parse_project_path
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.organization.organization import Organization
from fingerpost.domain.registry import Registry

from ..access.authority import over_collection, over_entity, over_organization, over_registry
from ..access.lookup import NameScope, entity_named, organization_named, registry_named
from ..ports.queries import Queries
from ..read_models.automation_rows import AutomationRow
from ..transactions.transaction import Session, Transaction
from ..visibility import visible_homes


def authority_over_scope(transaction: Transaction, scope: Scope) -> Authority:
    """Return the actor's authority over what a scope covers.

    Raises:
        CollectionNotFoundError: the collection was deleted.
    """
    match scope.kind:
        case ScopeKind.ORGANIZATION:
            return over_organization(transaction, transaction.load(Organization, scope.id))
        case ScopeKind.REGISTRY:
            return over_registry(transaction, transaction.load(Registry, scope.id))
        case ScopeKind.PROJECT:
            return over_entity(transaction, transaction.load(Entity, scope.id))
        case ScopeKind.COLLECTION:
            return over_collection(transaction, transaction.load(Collection, scope.id))


def require_collection(transaction: Transaction, scope: Scope) -> None:
    """Return unless the scope is a collection that was deleted."""
    if scope.kind is ScopeKind.COLLECTION:
        head = transaction.load(Collection, scope.id)
        if head.is_deleted:
            raise CollectionNotFoundError("collection", head.path, (), "It was deleted.")


def secret_owner(queries: Queries, scope: Scope) -> UUID:
    """Return whose secrets an automation may use.

    Registries use those of their organization, projects those of their entity: nobody who
    administers only a part gets at the secrets of the whole.
    """
    match scope.kind:
        case ScopeKind.ORGANIZATION | ScopeKind.PROJECT:
            return scope.id
        case ScopeKind.REGISTRY:
            return _organization_of(queries, scope.id)
        case ScopeKind.COLLECTION:
            row = queries.collection(scope.id)
            if row is None:
                raise CollectionNotFoundError("collection", str(scope.id), (), "It is gone.")
            if row.kind is CollectionKind.REGISTRY:
                return _organization_of(queries, row.home_id)
            return row.home_id


def _organization_of(queries: Queries, registry_id: UUID) -> UUID:
    for row in queries.registries():
        if row.id == registry_id:
            return row.organization_id
    raise RegistryNotFoundError("registry", str(registry_id), (), "It was deleted.")


@frozen(kw_only=True)
class ScopeName:
    """A scope in words: its kind, and its path."""

    kind: str
    path: str

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"


def scope_name(queries: Queries, scope: Scope, entity_names: "dict[UUID, str]") -> ScopeName:
    """Return what people call a scope.

    Args:
        queries: the read tables.
        scope: the scope.
        entity_names: names of entities, by identity.
    """
    found: list[str] = []
    match scope.kind:
        case ScopeKind.ORGANIZATION:
            found = [row.entity_name for row in queries.organizations() if row.id == scope.id]
        case ScopeKind.REGISTRY:
            found = [
                f"{row.organization}/wandb-registry-{row.name}"
                for row in queries.registries()
                if row.id == scope.id
            ]
        case ScopeKind.PROJECT:
            found = [f"{entity_names.get(scope.id, scope.id)}/{scope.project}"]
        case ScopeKind.COLLECTION:
            row = queries.collection(scope.id)
            found = [row.path] if row else []
    return ScopeName(kind=scope.kind.value, path=found[0] if found else str(scope.id))


def name_of_scope(session: Session, scope: Scope) -> ScopeName:
    """Return what people call a scope; its identity, if the actor may not see it or it is gone."""
    queries = session.queries
    if not _is_visible(session, scope, visible_homes(session)):
        return ScopeName(kind=scope.kind.value, path=str(scope.id))
    return scope_name(queries, scope, dict(queries.entity_names()))


def organization_scope(session: Session, name: str | None) -> Scope:
    """Return the scope of all of an organization.

    Finding a scope takes no role: what is done with it does, and says so.

    Raises:
        OrganizationNotFoundError: there is none of that name.
    """
    home = organization_named(session.queries, name)
    return Scope(kind=ScopeKind.ORGANIZATION, id=home.id)


def registry_scope(session: Session, name: RegistryName, organization: str | None) -> Scope:
    """Return the scope of a registry; see :func:`organization_scope`.

    Raises:
        RegistryNotFoundError: there is none of that name.
    """
    held = registry_named(session.queries, name, organization)
    return Scope(kind=ScopeKind.REGISTRY, id=held.id)


def project_scope(session: Session, path: str, place: NameScope) -> Scope:
    """Return the scope of a project, or of a registry; see :func:`organization_scope`.

    Raises:
        EntityNotFoundError: there is no such entity.
        RegistryNotFoundError: there is no such registry.
    """
    parsed = parse_project_path(path)
    if isinstance(parsed, RegistryProjectPath):
        return registry_scope(session, parsed.registry, parsed.organization)
    entity = entity_named(session.queries, EntityName(parsed.entity or place.entity))
    return Scope(kind=ScopeKind.PROJECT, id=entity.id, project=str(parsed.project))


def visible_automations(session: Session) -> list[AutomationRow]:
    """Return the automations of what the actor may see, oldest first."""
    queries, homes = session.queries, visible_homes(session)
    return [row for row in queries.automations() if _is_visible(session, row.scope, homes)]


def _is_visible(session: Session, scope: Scope, homes: Set[UUID]) -> bool:
    queries = session.queries
    match scope.kind:
        case ScopeKind.ORGANIZATION:
            given = {row.name for row in queries.members(scope.id)}
            return queries.default_role(scope.id) is not None or str(session.actor) in given
        case ScopeKind.REGISTRY | ScopeKind.PROJECT:
            return scope.id in homes
        case ScopeKind.COLLECTION:
            row = queries.collection(scope.id)
            return row is not None and row.home_id in homes
