"""``fingerpost organization`` and ``fingerpost team``: create, list, default-role."""

from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtGroup, teach
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.sdk import Organization

_ROLES: Final = ("none", "restricted_viewer", "viewer", "member", "admin")


@click.group("organization", cls=TaughtGroup, short_help="Create and list organizations.")
@click.pass_context
def organization(context: click.Context) -> None:
    """Create and list organizations: who shares teams and registries.

    A store has one from the start, and needs no other.
    """
    teach(context)


@organization.command(
    "create", short_help="Create one more.", example="fingerpost organization create reviewco"
)
@click.argument("name")
@pass_invocation
def create(invocation: Invocation, name: str) -> None:
    """Create an organization, with a registry for models and one for datasets.

    The store's admins may. Nobody else is one of it until they are added.
    """
    with invocation.api(create=True) as api:
        _answer(invocation, api.create_organization(name), "created")


@organization.command(
    "list", short_help="List organizations.", example="fingerpost organization list"
)
@pass_invocation
def list_organizations(invocation: Invocation) -> None:
    """List the organizations, the default one first."""
    with invocation.api(create=True) as api:
        found = api.organizations()
        if invocation.is_json:
            emit_json({"organizations": [held.to_dict() for held in found]})
            return
        rows = [(held.entity_name, held.name, held.default_role or "none") for held in found]
        print_table(("identifier", "name", "default role"), rows)


@organization.command(
    "default-role",
    short_help="Set the role of everybody else.",
    example="fingerpost organization default-role viewer",
)
@click.argument("role", type=click.Choice(_ROLES))
@click.option("--organization", help="Identifier of another than the default organization")
@pass_invocation
def default_role(invocation: Invocation, role: str, organization: str | None) -> None:
    """Set the role of every actor who was given none in the organization; `none` keeps them out."""
    with invocation.api(create=True) as api:
        held = api.organization(organization)
        held.default_role = None if role == "none" else role
        _answer(invocation, held, f"default role {role} in")


@click.group("team", cls=TaughtGroup, short_help="Create and list teams.")
@click.pass_context
def team(context: click.Context) -> None:
    """Create and list teams: entities whose versions can be linked to registries."""
    teach(context)


@team.command("create", short_help="Create a team.", example="fingerpost team create vision")
@click.argument("name")
@click.option("--admin", help="Who administers it, beside the organization's admins")
@click.option("--organization", help="Identifier of another than the default organization")
@pass_invocation
def create_team(
    invocation: Invocation, name: str, admin: str | None, organization: str | None
) -> None:
    """Create a team. Admins of the organization may; logging under a new name does it for them."""
    with invocation.api(create=True) as api:
        held = api.create_team(name, admin, organization=organization)
        if invocation.is_json:
            emit_json({"team": held.to_dict()})
        else:
            line(f"created team {held.name}")


@team.command(
    "list",
    short_help="List teams.",
    example="fingerpost team create vision\nfingerpost team list",
)
@click.option("--organization", help="Identifier of another than the default organization")
@pass_invocation
def list_teams(invocation: Invocation, organization: str | None) -> None:
    """List an organization's teams."""
    with invocation.api() as api:
        names = api.organization(organization).teams()
        if invocation.is_json:
            emit_json({"teams": [api.team(name).to_dict() for name in names]})
        else:
            print_table(("team",), [(name,) for name in names])


def _answer(invocation: Invocation, held: "Organization", done: str) -> None:
    if invocation.is_json:
        emit_json({"organization": held.to_dict()})
    else:
        line(f"{done} organization {held.entity_name}")
