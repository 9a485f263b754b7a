"""Organizations, teams and registries: finding and making them."""

from collections.abc import Iterable

from fingerpost import application, domain
from fingerpost.domain.names.names import (
    Actor,
    ArtifactTypeName,
    EntityName,
    OrganizationName,
    RegistryName,
)

from .arguments import listed
from .entity import Entity
from .organization import Organization
from .registry import Registry
from .workspace import Workspace


class Homes:
    """Where collections are at home. See :class:`~fingerpost.Api`."""

    _workspace: Workspace

    def organizations(self) -> list[Organization]:
        """Return all organizations of the store, the default one first."""
        found = application.organizations.reading.organizations(self._workspace.session())
        return [Organization(self._workspace, row) for row in found]

    def organization(self, name: str | None = None) -> Organization:
        """Return an organization by its identifier, or the default one.

        Raises:
            OrganizationNotFoundError: there is none of that name.
            AmbiguousOrganizationError: an entity has the plain name; names the identifier.
        """
        row = application.organizations.reading.find_organization(self._workspace.session(), name)
        return Organization(self._workspace, row)

    def create_organization(self, name: str) -> Organization:
        """Create an organization that the actor administers, with its first registries.

        Nobody else is one of it until they are added, or get a default role. Where an entity has
        the name already, its identifier gets a suffix.

        Raises:
            InvalidNameError: it is no name.
            AlreadyExistsError: another organization has the name.
            RoleRequiredError: the actor does not administer the store's default organization.
        """
        session = self._workspace.session()
        row = application.organizations.organizations.create_organization(
            session, OrganizationName(name)
        )
        return Organization(self._workspace, row)

    def create_team(
        self, team: str, admin_username: str | None = None, *, organization: str | None = None
    ) -> Entity:
        """Create a team: an entity whose versions can be linked to its organization's registries.

        Args:
            team: its name, which is the entity in paths.
            admin_username: who administers it, beside the admins of the organization.
            organization: identifier of its organization, by default the default one.

        Raises:
            InvalidNameError: it is no name.
            AlreadyExistsError: an entity or organization has the name.
            OutsideOrganizationError: that admin is not one of the organization.
            RoleRequiredError: the actor does not administer the organization.
        """
        admin = None if admin_username is None else Actor(admin_username)
        name = EntityName(team)
        application.organizations.teams.create(self._workspace.session(), name, organization, admin)
        return self.team(team)

    def team(self, name: str) -> Entity:
        """Return a team.

        Raises:
            EntityNotFoundError: there is no team of that name.
            RoleRequiredError: the actor may not see it.
        """
        row = application.organizations.reading.find_team(
            self._workspace.session(), EntityName(name)
        )
        return Entity(self._workspace, row)

    def registry(self, name: str, organization: str | None = None) -> Registry:
        """Return a registry; letter case does not matter.

        Raises:
            RegistryNotFoundError: there is none; names those there are.
            RoleRequiredError: the actor may not see it; the attempt itself is recorded.
        """
        row = application.registries.reading.find_registry(
            self._workspace.session(), RegistryName(name), organization
        )
        return Registry(self._workspace, row)

    def create_registry(
        self,
        name: str,
        visibility: str = "organization",
        organization: str | None = None,
        description: str | None = None,
        artifact_types: Iterable[str] | None = None,
    ) -> Registry:
        """Create a registry. *Source*: W&B's ``Api.create_registry``.

        Args:
            name: its name; unique in the organization, whatever the letter case.
            visibility: ``organization``, or ``restricted`` to its members.
            organization: by default the default one.
            description: free text.
            artifact_types: permitted types; none permits every type.

        Raises:
            AlreadyExistsError: there is one of that name.
            InvalidNameError: name or a type is not valid.
            InvalidValueError: there is no such visibility (a ``ValueError``).
            RoleRequiredError: the actor does not administer the organization.
        """
        types = [ArtifactTypeName(kind) for kind in listed(artifact_types, "artifact_types")]
        seen_by = domain.registry.Visibility.parse(visibility)
        session = self._workspace.session()
        row = application.registries.registries.create(
            session, RegistryName(name), types, description, organization, seen_by
        )
        return Registry(self._workspace, row)
