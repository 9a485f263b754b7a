"""Events of an organization and of the entities that own projects."""

from typing import ClassVar
from uuid import UUID

from attrs import frozen

from .base import Event


@frozen(kw_only=True)
class OrganizationCreated(Event):
    """An organization came to be; its creator administers it.

    Attributes:
        name: its name.
        entity_name: its identifier in target paths: the name, or the name and a suffix when an
            entity has the name already.
        default_role: role, in each of its registries, of an actor that was given none.
    """

    wire_name: ClassVar[str] = "organization.created"
    name: str
    entity_name: str
    default_role: str | None


@frozen(kw_only=True)
class ContentCollected(Event):
    """Content that no version reaches any more was removed from the store, for good.

    Attributes:
        version_count: deleted versions of which content was removed.
        content_count: contents removed.
        size_bytes: their size.
        freed_bytes: by how much the store's files became smaller.
        grace_s: how long ago content had to have become unreachable, in seconds.
    """

    wire_name: ClassVar[str] = "organization.content_collected"
    version_count: int
    content_count: int
    size_bytes: int
    freed_bytes: int
    grace_s: int


@frozen(kw_only=True)
class EntityCreated(Event):
    """A team or a personal entity came to be.

    Attributes:
        kind: ``team`` or ``personal``.
        organization_id: the team's organization; ``None`` for a personal entity.
        owner: the user whose personal entity it is; ``None`` for a team.
    """

    wire_name: ClassVar[str] = "entity.created"
    kind: str
    name: str
    organization_id: UUID | None
    owner: str | None


@frozen(kw_only=True)
class DefaultTtlChanged(Event):
    """How long an entity keeps versions of which nobody said otherwise.

    Attributes:
        duration_s: whole seconds from when a version was logged; ``None`` keeps them for ever.
    """

    wire_name: ClassVar[str] = "entity.default_ttl_changed"
    duration_s: int | None


@frozen(kw_only=True)
class NameClaimed(Event):
    """A name was taken in its scope. One tiny stream a name: its primary key is the constraint.

    Attributes:
        scope: what kind of name in what place, for people who read the ledger.
        name: the name as it was spelled.
        holder_id: the stream of what has the name.
    """

    wire_name: ClassVar[str] = "name.claimed"
    scope: str
    name: str
    holder_id: UUID


@frozen(kw_only=True)
class NameReleased(Event):
    """A name is free again."""

    wire_name: ClassVar[str] = "name.released"
    holder_id: UUID


@frozen(kw_only=True)
class AccessDenied(Event):
    """Somebody tried what their role does not allow; nothing else happened.

    Each has a stream of its own, with a random identity.

    Attributes:
        scope_id: the registry, organization or entity where it was tried.
        action: what was tried, as a phrase.
        target: on what.
        role: the role that the actor had, or ``None``.
        required: the role that would have been needed.
    """

    wire_name: ClassVar[str] = "access.denied"
    scope_id: UUID
    action: str
    target: str
    role: str | None
    required: str


@frozen(kw_only=True)
class DefaultRoleChanged(Event):
    """Which role actors have in an organization who were given none.

    Attributes:
        role: the role, or ``None``: then they have no access.
        from_role: the role until then.
    """

    wire_name: ClassVar[str] = "organization.default_role_changed"
    role: str | None
    from_role: str | None
