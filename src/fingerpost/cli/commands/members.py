"""``fingerpost members``: list, add, set-role, remove."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ..parameters.options import TaughtGroup, teach
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.application.read_models.governance_rows import MemberRow
    from fingerpost.sdk import Api
    from fingerpost.sdk.members import HasMembers, MemberLike

F = TypeVar("F", bound=Callable[..., Any])

_ROLES: Final = ("restricted_viewer", "viewer", "member", "admin")
_ADD: Final = """
fingerpost registry create Golden --type dataset
fingerpost members add bob --role member --registry Golden --reason 'joins the team'
"""


@click.group("members", cls=TaughtGroup, short_help="Give people, robots and teams roles.")
@click.pass_context
def members(context: click.Context) -> None:
    """Say who has which role in the organization, in a team or in a registry.

    The highest role counts. In a new store whoever made it is an admin, and everybody else a
    member: `fingerpost organization default-role` changes that.
    """
    teach(context)


def _place(command: F) -> F:
    for option in (
        click.option("--organization", help="Identifier of another than the default organization"),
        click.option("--team", help="In this team, not in the organization"),
        click.option("--registry", help="In this registry, not in the organization"),
    ):
        command = option(command)
    return command


def _held(
    api: "Api", registry: str | None, team: str | None, organization: str | None
) -> "HasMembers":
    if registry is not None and team is not None:
        hint = "name a registry or a team: members are listed and changed in one place at a time"
        raise click.UsageError(hint)
    if registry is not None:
        return api.registry(registry, organization)
    return api.team(team) if team is not None else api.organization(organization)


@members.command(
    "list",
    short_help="List members and roles.",
    example=f"{_ADD}fingerpost members list --registry Golden",
)
@_place
@pass_invocation
def list_members(
    invocation: Invocation, registry: str | None, team: str | None, organization: str | None
) -> None:
    """List who was given a role there. Roles from elsewhere, such as the default, are not shown."""
    with invocation.api() as api:
        _show(invocation, _held(api, registry, team, organization), None)


@members.command("add", short_help="Give somebody a role.", example=_ADD)
@click.argument("who", nargs=-1, required=True)
@click.option("--role", type=click.Choice(_ROLES), default="viewer", show_default=True)
@click.option("--teams", "are_teams", is_flag=True, help="WHO are teams")
@click.option("--service-account", "is_service", is_flag=True, help="WHO are no people")
@click.option("--reason", help="Why, for the history")
@_place
@pass_invocation
def add(
    invocation: Invocation,
    who: tuple[str, ...],
    role: str,
    *,
    are_teams: bool,
    is_service: bool,
    reason: str | None,
    registry: str | None,
    team: str | None,
    organization: str | None,
) -> None:
    """Give users, service accounts or teams a role: all of them, or none.

    Service accounts are told from people where they are added to the organization.
    """
    with invocation.api() as api:
        held = _held(api, registry, team, organization)
        held.add_members(*_named(who, are_teams, is_service), role=role, reason=reason)
        _show(invocation, held, f"{', '.join(who)}: {role}")


@members.command(
    "set-role",
    short_help="Give a member another role.",
    example=f"{_ADD}fingerpost members set-role bob admin --registry Golden",
)
@click.argument("who")
@click.argument("role", type=click.Choice(_ROLES))
@click.option("--teams", "are_teams", is_flag=True, help="WHO is a team")
@click.option("--reason", help="Why, for the history")
@_place
@pass_invocation
def set_role(
    invocation: Invocation,
    who: str,
    role: str,
    *,
    are_teams: bool,
    reason: str | None,
    registry: str | None,
    team: str | None,
    organization: str | None,
) -> None:
    """Give a member another role."""
    with invocation.api() as api:
        held = _held(api, registry, team, organization)
        (named,) = _named((who,), are_teams, is_service=False)
        held.update_member(named, role, reason=reason)
        _show(invocation, held, f"{who}: {role}")


@members.command(
    "remove",
    short_help="Take roles away.",
    example=f"{_ADD}fingerpost members remove bob --registry Golden",
)
@click.argument("who", nargs=-1, required=True)
@click.option("--teams", "are_teams", is_flag=True, help="WHO are teams")
@click.option("--reason", help="Why, for the history")
@_place
@pass_invocation
def remove(
    invocation: Invocation,
    who: tuple[str, ...],
    *,
    are_teams: bool,
    reason: str | None,
    registry: str | None,
    team: str | None,
    organization: str | None,
) -> None:
    """Take away the roles that members were given there: of all of them, or of none."""
    with invocation.api() as api:
        held = _held(api, registry, team, organization)
        held.remove_members(*_named(who, are_teams, is_service=False), reason=reason)
        _show(invocation, held, f"removed {', '.join(who)}")


def _named(
    who: tuple[str, ...],
    are_teams: bool,
    is_service: bool,
) -> "list[MemberLike]":
    from fingerpost.sdk.members import ServiceAccount, Team

    if are_teams:
        return [Team(name) for name in who]
    return [ServiceAccount(name) for name in who] if is_service else list(who)


def _show(invocation: Invocation, held: "HasMembers", done: str | None) -> None:
    rows = held.members()
    if invocation.is_json:
        emit_json({"place": _named_place(held), "members": [row.to_dict() for row in rows]})
        return
    if done is not None:
        line(done)
    if not rows:
        invocation.hint("nobody was given a role there: only roles from elsewhere count")
    elif done is None or not invocation.is_quiet:
        headers = ("member", "kind", "role", "since", "added by")
        print_table(headers, [_row(row) for row in rows])


def _named_place(held: "HasMembers") -> str:
    from fingerpost.sdk import Entity, Organization, Registry

    if isinstance(held, Registry):
        return held.path
    if isinstance(held, Organization):
        return held.entity_name
    return held.name if isinstance(held, Entity) else str(held)


def _row(row: "MemberRow") -> tuple[str, ...]:
    told = row.to_dict()
    return (row.name, told["kind"].replace("_", " "), told["role"], told["since"], row.added_by)
