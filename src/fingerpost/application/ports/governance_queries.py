"""The part of the port to the read tables that is about roles and approvals."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from fingerpost.domain.organization.effective_roles import EffectiveRoles
from fingerpost.domain.versions.version import VersionRef

from ..read_models.governance_rows import ApprovalRow, MemberRow


class GovernanceQueries(Protocol):
    """What can be asked of roles and approvals."""

    def members(self, scope_id: UUID) -> Sequence[MemberRow]:
        """Return who was given a role in an organization, team or registry.

        People and service accounts by name, then teams by name.
        """
        ...

    def default_role(self, organization_id: UUID) -> str | None:
        """Return the role, in an organization, of actors who were given none."""
        ...

    def standing(self, home_id: UUID, actor: str) -> EffectiveRoles:
        """Return what an actor was given in an entity or registry and around it.

        Of a home that does not exist: nothing.
        """
        ...

    def standing_over(self, collection_id: UUID, actor: str) -> EffectiveRoles:
        """Return what an actor was given where a collection is, as :meth:`standing` does.

        A deleted collection is still in its entity or registry.
        """
        ...

    def visible_homes(self, actor: str) -> Collection[UUID]:
        """Return the entities and registries in which an actor has any role at all."""
        ...

    def required_approvals(self, registry_id: UUID) -> Mapping[str, int]:
        """Return protected alias → how many other people have to approve, sorted by alias."""
        ...

    def approvals(self, link: VersionRef) -> Sequence[ApprovalRow]:
        """Return who approved a link, for which aliases; by alias, then oldest first."""
        ...

    def is_type_linked(self, registry_id: UUID, kind: str) -> bool:
        """Whether a collection of the registry has this type, deleted ones included."""
        ...
