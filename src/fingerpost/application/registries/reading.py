"""What is asked of a registry: what it permits, protects and requires, and what happened to it.

Each of these asks first whether the actor may look at the registry, and raises
:class:`~fingerpost.errors.RoleRequiredError` if not; that attempt is recorded.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.errors import RegistryNotFoundError
from fingerpost.domain.names.names import RegistryName

from ..access.lookup import registry_named
from ..read_models.history_rows import PolicyChange
from ..read_models.rows import RegistryRow
from ..transactions.transaction import Session
from ..visibility import require_in_registry


def find_registry(session: Session, name: RegistryName, organization: str | None) -> RegistryRow:
    """Return a registry by name, whatever the letter case.

    Raises:
        RegistryNotFoundError: there is none; names those that are open to the organization.
        OrganizationNotFoundError: there is no such organization.
        RoleRequiredError: the actor may not see it; the attempt itself is recorded.
    """
    row = registry_named(session.queries, name, organization)
    require_in_registry(session, row.id, Action.VIEW)
    return row


def registry_of(session: Session, registry_id: UUID) -> RegistryRow:
    """Return a registry as it is now; after a deletion another one may have its name.

    Raises:
        RegistryNotFoundError: it was deleted.
    """
    require_in_registry(session, registry_id, Action.VIEW)
    row = session.queries.registry_by_id(registry_id)
    if row is None:
        raise RegistryNotFoundError("registry", str(registry_id), (), "It was deleted.")
    return row


def protected_aliases(session: Session, registry_id: UUID) -> Sequence[str]:
    """Return the protected aliases, sorted."""
    require_in_registry(session, registry_id, Action.VIEW)
    return session.queries.protected_aliases(registry_id)


def required_approvals(session: Session, registry_id: UUID) -> Mapping[str, int]:
    """Return protected alias → how many other people have to approve, sorted by alias."""
    require_in_registry(session, registry_id, Action.VIEW)
    return session.queries.required_approvals(registry_id)


def requires_reasons(session: Session, registry_id: UUID) -> bool:
    """Whether aliases move, and links are taken away, only with a reason."""
    require_in_registry(session, registry_id, Action.VIEW)
    return session.queries.requires_reasons(registry_id)


def history(session: Session, registry_id: UUID) -> Sequence[PolicyChange]:
    """Return what happened to a registry, oldest first."""
    require_in_registry(session, registry_id, Action.VIEW)
    return session.queries.policy_history(registry_id)
