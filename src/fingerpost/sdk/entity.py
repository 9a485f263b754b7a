"""An entity: a team or a personal entity, and how long it keeps things."""

from datetime import timedelta
from typing import TYPE_CHECKING

from fingerpost import application, domain
from fingerpost.domain.names.names import EntityName
from fingerpost.domain.versions.ttl import duration_s

from .members import HasMembers
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.json_form import Json
    from fingerpost.application.organizations.members import MemberScope, Named
    from fingerpost.application.read_models.rows import EntityRow


class Entity(HasMembers):
    """Owner of projects; a team has members with roles.

    What it says is read when it is asked: nothing is remembered.
    """

    def __init__(self, workspace: Workspace, row: "EntityRow") -> None:
        self._workspace = workspace
        self._row = row

    @property
    def name(self) -> str:
        """Its name."""
        return self._row.name

    @property
    def is_team(self) -> bool:
        """Whether it is a team; the others are personal."""
        return self._row.kind is domain.organization.entity.EntityKind.TEAM

    @property
    def default_ttl(self) -> timedelta | None:
        """For how long versions are kept of which nobody said otherwise; ``None`` for ever.

        Setting it writes it, which an admin may. It counts for versions that are there already,
        too: :meth:`fingerpost.Api.expired` shows what has expired before anything is deleted.

        Raises:
            InvalidValueError: (setting) not a duration of at least a second (a ``ValueError``).
            RoleRequiredError: (setting) the actor does not administer the entity.
        """
        row = application.organizations.reading.find_entity(
            self._workspace.session(), EntityName(self._row.name)
        )
        kept_s = row.default_ttl_s
        return None if kept_s is None else timedelta(seconds=kept_s)

    @default_ttl.setter
    def default_ttl(self, ttl: timedelta | None) -> None:
        session = self._workspace.session()
        application.content.expiry.keep_for(session, EntityName(self._row.name), duration_s(ttl))

    @property
    def _place(self) -> "MemberScope":
        return application.organizations.members.MemberScope(
            domain.organization.entity.Entity, self._row.id
        )

    def _as_member(self) -> "Named":
        return application.organizations.members.Named(name=self.name, is_team=True)

    def to_dict(self) -> "Json":
        """Return its JSON form."""
        return application.json_form.plain_json(
            {"name": self.name, "is_team": self.is_team, "default_ttl_s": self.default_ttl}
        )

    def __repr__(self) -> str:
        return f"<Entity {self.name}>"
