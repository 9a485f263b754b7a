"""What an actor was given in a place and around it, and the role that comes of it."""

from typing import Self

from attrs import evolve, frozen

from ..aggregates.permissions import Role


@frozen(kw_only=True)
class EffectiveRoles:
    """The roles that count for one actor in a registry or in a team's projects.

    The effective role is the highest of them, with two exceptions. Who is not one of the
    organization has no role in anything of it, whatever they were given there: taking somebody out
    of the organization takes effect everywhere at once. And in a restricted registry the
    organization's role does not count, unless it is that of an admin.

    *Source*: W&B's "Configure registry access": effective role, registry visibility.

    Attributes:
        organization: role in the organization; ``None``: not one of it.
        own: role that the actor was given in the place itself.
        teams: roles that teams of the actor's were given there.
        is_restricted: whether the place is open to its members alone.
    """

    organization: Role | None
    own: Role | None = None
    teams: tuple[Role, ...] = ()
    is_restricted: bool = False

    @property
    def role(self) -> Role | None:
        """The effective role, or ``None``."""
        if self.organization is None:
            return None
        is_open = not self.is_restricted or self.organization is Role.ADMIN
        return Role.highest(self.organization if is_open else None, self.own, *self.teams)

    def with_team(self, role: Role) -> Self:
        """Return the same with a role that a team of the actor's was given."""
        return evolve(self, teams=(*self.teams, role))
