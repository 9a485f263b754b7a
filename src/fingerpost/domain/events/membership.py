"""Events about who may do what in an organization, a team or a registry: the stream says where."""

from typing import ClassVar
from uuid import UUID

from attrs import frozen

from .base import Event


@frozen(kw_only=True)
class MemberAdded(Event):
    """Somebody was given a role.

    Attributes:
        kind: ``user``, ``service_account`` or ``team``.
        member: the actor's or team's name.
        team_id: the team; ``None`` for an actor.
        role: the role.
    """

    wire_name: ClassVar[str] = "member.added"
    kind: str
    member: str
    role: str
    team_id: UUID | None = None


@frozen(kw_only=True)
class RoleChanged(Event):
    """A member has another role from here on.

    Attributes:
        kind: ``user``, ``service_account`` or ``team``.
        member: the actor's or team's name.
        team_id: the team; ``None`` for an actor.
        from_role: the role until then.
        role: the role from then on.
    """

    wire_name: ClassVar[str] = "member.role_changed"
    kind: str
    member: str
    from_role: str
    role: str
    team_id: UUID | None = None


@frozen(kw_only=True)
class MemberRemoved(Event):
    """Somebody has no role of their own any more.

    Attributes:
        kind: ``user``, ``service_account`` or ``team``.
        member: the actor's or team's name.
        team_id: the team; ``None`` for an actor.
        role: the role until then.
    """

    wire_name: ClassVar[str] = "member.removed"
    kind: str
    member: str
    role: str
    team_id: UUID | None = None
