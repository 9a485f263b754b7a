"""Registries: creating them, and the policy that they keep."""

from collections.abc import Callable, Iterable

from fingerpost.domain.aggregates.permissions import Action, Authority
from fingerpost.domain.aggregates.streams import registry_claim
from fingerpost.domain.events import Event
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import ArtifactTypeName, RegistryName
from fingerpost.domain.organization.organization import Organization
from fingerpost.domain.registry import Registry, Visibility

from ..access.authority import over_organization, over_registry
from ..access.lookup import organization_named, registry_named
from ..collections.collection_names import delete_in
from ..read_models.rows import RegistryRow
from ..transactions.claims import claim, release
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction

Command = Callable[[Registry, Authority], list[Event]]


def create(
    session: Session,
    name: RegistryName,
    artifact_types: Iterable[ArtifactTypeName],
    description: str | None,
    organization: str | None,
    visibility: Visibility = Visibility.ORGANIZATION,
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
        create_in(transaction, head, name, types, description, visibility)

    session.transact(decide, subject=Subject.REGISTRIES)
    return registry_named(session.queries, name, organization)


def create_in(
    transaction: Transaction,
    organization: Organization,
    name: RegistryName,
    artifact_types: Iterable[ArtifactTypeName],
    description: str | None = None,
    visibility: Visibility = Visibility.ORGANIZATION,
) -> None:
    """Create a registry as part of a transaction."""
    authority = over_organization(transaction, organization)
    # Who may not is told that, and not what there is.
    authority.require(Action.CREATE_REGISTRY)
    event = Registry.create(
        claim(transaction, registry_claim(organization.id, name.key), "registry", name),
        organization_id=organization.id,
        name=name,
        artifact_types=artifact_types,
        description=description,
        authority=authority,
        visibility=visibility,
    )
    transaction.begin(Registry.begin(event), event)


def protect(session: Session, registry: RegistryRow, alias: Alias, reason: str | None) -> None:
    """Protect an alias from here on, whether or not something holds it."""
    _change(session, registry, lambda head, by: head.protect(alias, by), reason)


def unprotect(session: Session, registry: RegistryRow, alias: Alias, reason: str | None) -> None:
    """Make a protected alias an ordinary one."""
    _change(session, registry, lambda head, by: head.unprotect(alias, by), reason)


def require_approvals(
    session: Session, registry: RegistryRow, alias: Alias, count: int, reason: str | None
) -> None:
    """Let a protected alias move only to what so many other people approved; 0 lifts that."""
    _change(session, registry, lambda head, by: head.require_approvals(alias, count, by), reason)


def require_reasons(
    session: Session,
    registry: RegistryRow,
    required: bool,  # noqa: FBT001 - what is asked for
    reason: str | None,
) -> None:
    """Let aliases move only with a reason, or lift that."""
    _change(session, registry, lambda head, by: head.require_reasons(required, by), reason)


def permit(
    session: Session, registry: RegistryRow, kind: ArtifactTypeName, reason: str | None = None
) -> None:
    """Permit one more artifact type."""
    _change(session, registry, lambda head, by: head.permit(kind, by), reason)


def withdraw(
    session: Session, registry: RegistryRow, kind: ArtifactTypeName, reason: str | None = None
) -> None:
    """Permit a type no more, of which nothing was ever linked.

    Raises:
        TypeInUseError: something was linked.
    """

    def command(head: Registry, by: Authority) -> list[Event]:
        # Asked after the head was loaded: what was linked before that is in the tables, and what is
        # linked from then on moves the registry's stream.
        is_linked = session.queries.is_type_linked(head.id, str(kind))
        return head.withdraw(kind, by, is_linked=is_linked)

    _change(session, registry, command, reason)


def show_to(
    session: Session, registry: RegistryRow, visibility: Visibility, reason: str | None = None
) -> None:
    """Change who has access to a registry."""
    _change(session, registry, lambda head, by: head.show_to(visibility, by), reason)


def describe(session: Session, registry: RegistryRow, description: str | None) -> None:
    """Change a registry's description."""
    current = registry.description
    _change(session, registry, lambda head, by: head.describe(description, current, by), None)


def delete(session: Session, registry: RegistryRow, reason: str | None = None) -> None:
    """Delete a registry with its collections and links; the sources stay, and its name is free.

    Raises:
        RoleRequiredError: the actor is no admin of it.
        RegistryNotFoundError: it was deleted already.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Registry, registry.id)
        authority = over_registry(transaction, head)
        head.delete(authority)  # what is refused is refused before anything else is looked at
        for row in transaction.queries.collections(head.id):
            delete_in(transaction, row.id, authority)
        claim_id = registry_claim(head.organization_id, RegistryName(head.name).key)
        release(transaction, claim_id, head.id)
        transaction.record(head.delete(authority))

    session.transact(decide, reason, subject=Subject.REGISTRIES)


def _change(session: Session, registry: RegistryRow, command: Command, reason: str | None) -> None:
    def decide(transaction: Transaction) -> None:
        head = transaction.load(Registry, registry.id)
        transaction.record(command(head, over_registry(transaction, head)))

    session.transact(decide, reason, subject=Subject.REGISTRIES)
