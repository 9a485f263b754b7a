"""Registries: creating them, and the policy that they keep."""

from collections.abc import Callable, Iterable

from fingerpost.domain.alias import Alias
from fingerpost.domain.events import Event
from fingerpost.domain.names import ArtifactType, RegistryName
from fingerpost.domain.organization import Organization
from fingerpost.domain.permissions import Authority
from fingerpost.domain.registry import Registry
from fingerpost.domain.streams import registry_claim

from .access import over_organization, over_registry
from .claims import claim
from .lookup import organization_named, registry_named
from .rows import RegistryRow
from .transaction import Session, Transaction

Command = Callable[[Registry, Authority], list[Event]]


def create(
    session: Session,
    name: RegistryName,
    artifact_types: Iterable[ArtifactType],
    description: str | None,
    organization: str | None,
) -> RegistryRow:
    """Create a registry. Without types it permits every type.

    Raises:
        AlreadyExistsError: the organization has one of that name, whatever the letter case.
        RoleRequiredError: the actor does not administer the organization.
    """
    home = organization_named(session.queries, organization)
    types = list(artifact_types)

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Organization, home.id)
        create_in(transaction, head, name, types, description)

    session.transact(decide)
    return registry_named(session.queries, name, organization)


def create_in(
    transaction: Transaction,
    organization: Organization,
    name: RegistryName,
    artifact_types: Iterable[ArtifactType],
    description: str | None,
) -> None:
    """Create a registry as part of a transaction."""
    authority = over_organization(transaction, organization)
    event = Registry.create(
        claim(transaction, registry_claim(organization.id, name.key), "registry", name),
        organization_id=organization.id,
        name=name,
        artifact_types=artifact_types,
        description=description,
        authority=authority,
    )
    transaction.begin(Registry.begin(event), event)


def protect(session: Session, registry: RegistryRow, alias: Alias, reason: str | None) -> None:
    """Protect an alias from here on, whether or not something holds it."""
    _change(session, registry, lambda head, by: head.protect(alias, by), reason)


def unprotect(session: Session, registry: RegistryRow, alias: Alias, reason: str | None) -> None:
    """Make a protected alias an ordinary one."""
    _change(session, registry, lambda head, by: head.unprotect(alias, by), reason)


def permit(session: Session, registry: RegistryRow, kind: ArtifactType) -> None:
    """Permit one more artifact type."""
    _change(session, registry, lambda head, by: head.permit(kind, by), None)


def describe(session: Session, registry: RegistryRow, description: str | None) -> None:
    """Change a registry's description."""
    current = registry.description
    _change(session, registry, lambda head, by: head.describe(description, current, by), None)


def _change(session: Session, registry: RegistryRow, command: Command, reason: str | None) -> None:
    def decide(transaction: Transaction) -> None:
        head = transaction.load(Registry, registry.id)
        transaction.record(command(head, over_registry(transaction, head)))

    session.transact(decide, reason)
