"""An organization: who belongs to it, and what it has."""

from typing import TYPE_CHECKING

from fingerpost import application, domain
from fingerpost.domain.aggregates.permissions import Role

from .members import HasMembers
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.json_form import Json
    from fingerpost.application.organizations.members import MemberScope
    from fingerpost.application.read_models.history_rows import PolicyChange
    from fingerpost.application.read_models.rows import OrganizationRow


class Organization(HasMembers):
    """The people and service accounts that share teams and registries.

    Its roles count in all of these: whoever is an admin of the organization is one of each registry
    and team. What it says is read when it is asked: nothing is remembered.
    """

    def __init__(self, workspace: Workspace, row: "OrganizationRow") -> None:
        self._workspace = workspace
        self._row = row

    @property
    def _place(self) -> "MemberScope":
        return application.organizations.members.MemberScope(
            domain.organization.organization.Organization, self._row.id
        )

    @property
    def name(self) -> str:
        """Its name."""
        return self._row.name

    @property
    def entity_name(self) -> str:
        """Its identifier in target paths: the name, with a suffix where an entity has the name.

        *Source*: W&B's linking document, "Organization names with team name collisions".
        """
        return self._row.entity_name

    @property
    def default_role(self) -> str | None:
        """Role of every actor who was given none; ``None`` keeps them out.

        Setting it writes it, which an admin may.

        Raises:
            InvalidValueError: (setting) there is no such role (a ``ValueError``).
            RoleRequiredError: (setting) the actor does not administer the organization.
        """
        return application.organizations.reading.default_role(
            self._workspace.session(), self._row.id
        )

    @default_role.setter
    def default_role(self, role: str | None) -> None:
        wanted = None if role is None else Role.parse(role)
        application.organizations.organizations.change_default_role(
            self._workspace.session(), self._row, wanted
        )

    def add_service_account(
        self, name: str, role: str = "member", *, reason: str | None = None
    ) -> "Organization":
        """Add a service account: an actor that is no person, and whose approval does not count.

        Raises:
            AlreadyExistsError: it has another role, or is known as a user.
            RoleRequiredError: the actor does not administer the organization.
        """
        named = [application.organizations.members.Named(name=name, is_service=True)]
        session = self._workspace.session()
        application.organizations.members.add(session, self._place, named, Role.parse(role), reason)
        return self

    def teams(self) -> list[str]:
        """Return the names of its teams, sorted."""
        return list(
            application.organizations.reading.teams(self._workspace.session(), self._row.id)
        )

    def history(self) -> "list[PolicyChange]":
        """Return what happened to it, oldest first: members, roles, teams, registries.

        What happened in a registry is in that registry's history.

        Returns:
            Rows with ``position, at, actor, reason, what, facts`` and ``sentence``.

        Raises:
            RoleRequiredError: the actor may not see it.
        """
        return list(
            application.organizations.reading.history(self._workspace.session(), self._row.id)
        )

    def to_dict(self) -> "Json":
        """Return its JSON form."""
        return {
            "name": self.name,
            "entity_name": self.entity_name,
            "default_role": self.default_role,
        }

    def __repr__(self) -> str:
        return f"<Organization {self.entity_name}>"
