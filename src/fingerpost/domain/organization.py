"""Organizations, the entities that own projects, and names that only one thing may have."""

from enum import Enum
from typing import Self
from uuid import UUID

from attrs import evolve, frozen

from .aggregate import Recording, envelope, foreign
from .attribution import Attribution
from .errors import AlreadyExistsError, ConcurrencyError
from .events import (
    ContentCollected,
    DefaultTtlChanged,
    EntityCreated,
    Event,
    NameClaimed,
    NameReleased,
    OrganizationCreated,
)
from .names import EntityName, OrganizationName
from .permissions import Action, Authority, Role


@frozen(kw_only=True)
class Organization:
    """Head of an organization.

    Attributes:
        entity_name: its identifier in target paths.
        admin: the actor who created it and administers it.
        default_role: role of an actor that was given none.
    """

    id: UUID
    version: int
    name: str
    entity_name: str
    admin: str
    default_role: Role | None

    @classmethod
    def begin(cls, event: OrganizationCreated) -> Self:
        """Return the state after the first event."""
        return cls(
            id=event.originator_id,
            version=event.originator_version,
            name=event.name,
            entity_name=event.entity_name,
            admin=event.actor,
            default_role=Role(event.default_role) if event.default_role else None,
        )

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        match event:
            case ContentCollected():
                return evolve(self, version=event.originator_version)
            case _:
                raise foreign(event, self.id)

    @classmethod
    def create(
        cls,
        stream_id: UUID,
        *,
        name: OrganizationName,
        entity_name: EntityName,
        default_role: Role | None,
        by: Attribution,
    ) -> OrganizationCreated:
        """Create an organization; the actor administers it."""
        return OrganizationCreated(
            **envelope(stream_id, 1, by),
            name=str(name),
            entity_name=str(entity_name),
            default_role=default_role.value if default_role else None,
        )

    def collect_content(
        self,
        authority: Authority,
        *,
        version_count: int,
        content_count: int,
        size_bytes: int,
        freed_bytes: int,
        grace_s: int,
    ) -> list[Event]:
        """Note that content was removed; nothing when none was."""
        authority.require(Action.COLLECT_GARBAGE)
        if not content_count and freed_bytes <= 0:
            return []
        return [
            ContentCollected(
                **envelope(self.id, self.version + 1, authority.by),
                version_count=version_count,
                content_count=content_count,
                size_bytes=size_bytes,
                freed_bytes=freed_bytes,
                grace_s=grace_s,
            )
        ]

    def role_of(self, actor: str) -> Role | None:
        """Return an actor's role in the whole organization."""
        return Role.ADMIN if actor == self.admin else self.default_role

    def authority(self, by: Attribution) -> Authority:
        """Return an actor's authority in the organization and the teams in it."""
        return Authority(by=by, role=self.role_of(by.actor), scope=f"organization {self.name!r}")


class EntityKind(Enum):
    """Who owns a project."""

    TEAM = "team"
    PERSONAL = "personal"


@frozen(kw_only=True)
class Entity:
    """Head of a team or a personal entity.

    Attributes:
        default_ttl_s: for how many seconds versions are kept of which nobody said otherwise;
            ``None`` keeps them for ever.
    """

    id: UUID
    version: int
    kind: EntityKind
    name: str
    organization_id: UUID | None
    owner: str | None
    default_ttl_s: int | None = None

    @classmethod
    def begin(cls, event: EntityCreated) -> Self:
        """Return the state after the first event."""
        return cls(
            id=event.originator_id,
            version=event.originator_version,
            kind=EntityKind(event.kind),
            name=event.name,
            organization_id=event.organization_id,
            owner=event.owner,
        )

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        match event:
            case DefaultTtlChanged(duration_s=duration_s):
                return evolve(self, version=event.originator_version, default_ttl_s=duration_s)
            case _:
                raise foreign(event, self.id)

    @classmethod
    def create_team(
        cls, stream_id: UUID, *, name: EntityName, organization: Organization, by: Attribution
    ) -> EntityCreated:
        """Create a team in an organization that the actor administers."""
        organization.authority(by).require(
            Action.CREATE_TEAM,
            f"Use a team that exists, or have {organization.admin!r} make {name!r}.",
        )
        return EntityCreated(
            **envelope(stream_id, 1, by),
            kind=EntityKind.TEAM.value,
            name=str(name),
            organization_id=organization.id,
            owner=None,
        )

    @classmethod
    def create_personal(
        cls, stream_id: UUID, *, name: EntityName, by: Attribution
    ) -> EntityCreated:
        """Create the actor's own entity."""
        return EntityCreated(
            **envelope(stream_id, 1, by),
            kind=EntityKind.PERSONAL.value,
            name=str(name),
            organization_id=None,
            owner=str(by.actor),
        )

    def keep_for(self, duration_s: int | None, authority: Authority) -> list[Event]:
        """Change for how long versions are kept of which nobody says otherwise."""
        authority.require(Action.CONFIGURE_ENTITY)
        recording = Recording(self, authority.by)
        if duration_s != self.default_ttl_s:
            recording.add(DefaultTtlChanged(**recording.envelope(), duration_s=duration_s))
        return recording.events

    def authority(self, by: Attribution, organization: Organization | None) -> Authority:
        """Return an actor's authority over the entity's projects.

        The owner alone writes to a personal entity; in a team the organization's roles count.
        """
        if organization is not None:
            role = organization.role_of(by.actor)
        else:
            role = Role.ADMIN if by.actor == self.owner else None
        return Authority(by=by, role=role, scope=f"entity {self.name!r}")


@frozen(kw_only=True)
class NameClaim:
    """Who holds a name in its scope, if anybody does.

    Its stream's identity is made from scope and name, so that two claims at once are two inserts
    of the same primary key, and one of them fails.
    """

    id: UUID
    version: int
    holder_id: UUID | None

    @classmethod
    def unclaimed(cls, stream_id: UUID) -> Self:
        """Return the state of a name that was never claimed."""
        return cls(id=stream_id, version=0, holder_id=None)

    @classmethod
    def begin(cls, event: NameClaimed) -> Self:
        """Return the state after the first event."""
        return cls.unclaimed(event.originator_id).apply(event)

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        match event:
            case NameClaimed(holder_id=holder):
                return evolve(self, version=event.originator_version, holder_id=holder)
            case NameReleased():
                return evolve(self, version=event.originator_version, holder_id=None)
            case _:
                raise foreign(event, self.id)

    def claim(self, holder_id: UUID, *, scope: str, name: str, by: Attribution) -> NameClaimed:
        """Take the name.

        Raises:
            AlreadyExistsError: something holds it.
        """
        if self.holder_id is not None:
            raise AlreadyExistsError(scope, name, "Choose another name, or use what is there.")
        return NameClaimed(
            **envelope(self.id, self.version + 1, by),
            scope=scope,
            name=name,
            holder_id=holder_id,
        )

    def release(self, holder_id: UUID, by: Attribution) -> NameReleased:
        """Give the name back.

        Raises:
            ConcurrencyError: somebody else has it by now, or nobody: whoever thought otherwise
                has to look again.
        """
        if self.holder_id != holder_id:
            raise ConcurrencyError(f"the name of claim {self.id} changed hands")
        return NameReleased(**envelope(self.id, self.version + 1, by), holder_id=holder_id)
