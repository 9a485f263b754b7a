"""Members and their roles, as organizations, teams and registries have them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self, TypeAlias

from attrs import frozen

from fingerpost import application, domain
from fingerpost.application.json_form import JsonForm
from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.errors import InvalidValueError

from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.organizations.members import MemberScope, Named
    from fingerpost.application.read_models.governance_rows import MemberRow


@frozen
class Team(JsonForm):
    """Stands for a team where members are named: ``add_members(Team("vision"))``.

    A text alone is a user or service account, because a team may have the name of a user.
    """

    name: str


@frozen
class ServiceAccount(JsonForm):
    """Stands for a service account where members are named.

    The organization gets to know it as one; teams and registries take those that it knows.
    """

    name: str


class HasMembers:
    """Has members with roles. *Source*: W&B's ``Registry.add_members`` and its siblings."""

    _workspace: Workspace

    @property
    def _place(self) -> "MemberScope":
        raise NotImplementedError

    def members(self) -> "list[MemberRow]":
        """Return who was given a role here: actors by name, then teams by name.

        Returns:
            Rows with ``name, kind, role, since, added_by``; ``role`` and ``kind`` compare equal to
            their names. Whoever has a role from elsewhere, such as from the organization, is not
            among them.
        """
        return list(
            application.organizations.reading.members(self._workspace.session(), self._place)
        )

    def user_members(self) -> "list[MemberRow]":
        """Return the members that are users or service accounts."""
        return [
            row
            for row in self.members()
            if row.kind is not domain.organization.membership.MemberKind.TEAM
        ]

    def team_members(self) -> "list[MemberRow]":
        """Return the members that are teams."""
        return [
            row
            for row in self.members()
            if row.kind is domain.organization.membership.MemberKind.TEAM
        ]

    def add_members(
        self, *given: "MemberLike", role: str = "viewer", reason: str | None = None
    ) -> Self:
        """Give users, service accounts or teams a role here: all of them, or none.

        Args:
            given: names of actors; teams as :class:`~fingerpost.Team` or as ``api.team(name)``.
            role: ``restricted_viewer``, ``viewer``, ``member`` or ``admin``.
            reason: why, for the history.

        Raises:
            InvalidValueError: there is no such role, or nobody was named, or the organization does
                not know a service account as one (a ``ValueError``).
            AlreadyExistsError: one of them has another role here; use :meth:`update_member`.
            OutsideOrganizationError: an actor is not one of the organization.
            RoleRequiredError: the actor may not change members here.
        """
        named = _named(given)
        application.organizations.members.add(
            self._workspace.session(), self._place, named, Role.parse(role), reason
        )
        return self

    def update_member(
        self,
        member: "MemberLike",
        role: str,
        *,
        reason: str | None = None,
    ) -> Self:
        """Give a member another role.

        Raises:
            MemberNotFoundError: they were given none here.
            LastAdminError: an organization would have no admin any more.
            RoleRequiredError: the actor may not change roles here.
        """
        (named,) = _named([member])
        application.organizations.members.change_role(
            self._workspace.session(), self._place, named, Role.parse(role), reason
        )
        return self

    def remove_members(self, *given: "MemberLike", reason: str | None = None) -> Self:
        """Take away the roles that members were given here: all of them, or none.

        Raises:
            MemberNotFoundError: one of them was given none here.
            LastAdminError: an organization would have no admin any more.
            RoleRequiredError: the actor may not change members here.
        """
        application.organizations.members.remove(
            self._workspace.session(), self._place, _named(given), reason
        )
        return self

    def _as_member(self) -> "Named":
        raise InvalidValueError(
            "member", self, "it is a user, a service account or a team", "Pass a name, or a team."
        )


def _named(given: Iterable["MemberLike"]) -> "list[Named]":
    named = [_one(each) for each in given]
    if not named:
        raise InvalidValueError("members", (), "at least one is named", "Pass a name, or a team.")
    return named


def _one(given: object) -> "Named":
    if isinstance(given, Team):
        return application.organizations.members.Named(name=given.name, is_team=True)
    if isinstance(given, ServiceAccount):
        return application.organizations.members.Named(name=given.name, is_service=True)
    if isinstance(given, application.read_models.governance_rows.MemberRow):
        return application.organizations.members.Named(
            name=given.name,
            is_team=given.kind is domain.organization.membership.MemberKind.TEAM,
            is_service=given.kind is domain.organization.membership.MemberKind.SERVICE_ACCOUNT,
        )
    if isinstance(given, HasMembers):
        return given._as_member()
    if not isinstance(given, str):
        expected = "it is a name, a Team, a ServiceAccount or a row of members()"
        raise InvalidValueError("member", given, expected, "Pass several side by side: 'a', 'b'.")
    return application.organizations.members.Named(name=given)


MemberLike: TypeAlias = "str | Team | ServiceAccount | MemberRow | HasMembers"
"""What names a member: a user's or service account's name, a team, or a row of ``members()``."""
