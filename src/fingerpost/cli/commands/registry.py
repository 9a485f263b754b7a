"""``fingerpost registry``: create, list, protect, unprotect, permit, snippet."""

from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtGroup, teach
from ..terminal.confirmation import confirm
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.table import print_table
from ..views.snippets import print_snippet

if TYPE_CHECKING:
    from fingerpost.application.json_form import Json
    from fingerpost.sdk import Registry

_CREATE: Final = """
fingerpost registry create Golden --type dataset --description 'what we stand for'
"""
_PROTECT: Final = f"{_CREATE}fingerpost registry protect Golden production --reason 'it is served'"


@click.group("registry", cls=TaughtGroup, short_help="Create, list and govern registries.")
@click.pass_context
def registry(context: click.Context) -> None:
    """Create, list and govern registries: where an organization publishes versions.

    A new store has two: Model, for models, and Dataset, for datasets.
    """
    teach(context)


@registry.command("create", short_help="Create a registry.", example=_CREATE)
@click.argument("name")
@click.option("-t", "--type", "types", multiple=True, help="Permitted type; none permits all")
@click.option("-d", "--description", help="Free text")
@click.option("--restricted", "is_restricted", is_flag=True, help="Only members have access")
@click.option("--organization", help="Identifier of another than the default organization")
@pass_invocation
def create(
    invocation: Invocation,
    name: str,
    types: tuple[str, ...],
    description: str | None,
    *,
    is_restricted: bool,
    organization: str | None,
) -> None:
    """Create a registry; admins of the organization may."""
    visibility = "restricted" if is_restricted else "organization"
    with invocation.api(create=True) as api:
        held = api.create_registry(name, visibility, organization, description, types)
        _answer(invocation, held, "created")


@registry.command(
    "list", short_help="List registries.", example=f"{_CREATE}fingerpost registry list"
)
@pass_invocation
def list_registries(invocation: Invocation) -> None:
    """List the registries, what they permit and protect, and their collections."""
    with invocation.api() as api:
        found = [held.to_dict() for held in api.registries(order="name")]
        if invocation.is_json:
            emit_json({"registries": found})
        else:
            headers = ("registry", "types", "protected", "collections", "description")
            print_table(headers, [_row(told) for told in found])


@registry.command("protect", short_help="Let only admins move an alias.", example=_PROTECT)
@click.argument("name")
@click.argument("alias")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def protect(invocation: Invocation, name: str, alias: str, reason: str | None) -> None:
    """Let only admins place, move or remove an alias in a registry.

    It may be in use already: what has it keeps it.
    """
    with invocation.api() as api:
        held = api.registry(name)
        held.add_protected_alias(alias, reason)
        _answer(invocation, held, f"protected {alias!r} in")


@registry.command(
    "unprotect",
    short_help="Make an alias an ordinary one.",
    example=f"{_PROTECT}\nfingerpost registry unprotect Golden production",
)
@click.argument("name")
@click.argument("alias")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def unprotect(invocation: Invocation, name: str, alias: str, reason: str | None) -> None:
    """Make a protected alias an ordinary one again; what has it keeps it."""
    with invocation.api() as api:
        held = api.registry(name)
        held.remove_protected_alias(alias, reason)
        _answer(invocation, held, f"unprotected {alias!r} in")


@registry.command(
    "permit",
    short_help="Permit one more type.",
    example=f"{_CREATE}fingerpost registry permit Golden table",
)
@click.argument("name")
@click.argument("kind", metavar="TYPE")
@pass_invocation
def permit(invocation: Invocation, name: str, kind: str) -> None:
    """Permit one more artifact type; a type is never taken away again."""
    with invocation.api() as api:
        held = api.registry(name)
        held.permit_artifact_type(kind)
        _answer(invocation, held, f"permitted {kind!r} in")


@registry.command(
    "withdraw",
    short_help="Take a permitted type back.",
    example="""
fingerpost registry create Golden --type dataset --type tabel
fingerpost registry withdraw Golden tabel --reason 'a slip'
""",
)
@click.argument("name")
@click.argument("kind", metavar="TYPE")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def withdraw(invocation: Invocation, name: str, kind: str, reason: str | None) -> None:
    """Permit a type no more, of which nothing was ever linked."""
    with invocation.api() as api:
        held = api.registry(name)
        held.withdraw_artifact_type(kind, reason)
        _answer(invocation, held, f"withdrew {kind!r} from")


@registry.command(
    "describe",
    short_help="Change a registry's description.",
    example=f"{_CREATE}fingerpost registry describe Golden 'what the reports are made from'",
)
@click.argument("name")
@click.argument("description")
@pass_invocation
def describe(invocation: Invocation, name: str, description: str) -> None:
    """Change a registry's description; an empty one removes it."""
    with invocation.api() as api:
        held = api.registry(name)
        held.description = description or None
        _answer(invocation, held, "described")


@registry.command(
    "visibility",
    short_help="Say who has access.",
    example=f"{_CREATE}fingerpost registry visibility Golden restricted",
)
@click.argument("name")
@click.argument("visibility", type=click.Choice(("organization", "restricted")))
@pass_invocation
def set_visibility(invocation: Invocation, name: str, visibility: str) -> None:
    """Say who has access: everybody in the organization, or members of the registry alone.

    `fingerpost members add WHO --registry NAME` makes members; admins of the organization always
    have access.
    """
    with invocation.api() as api:
        held = api.registry(name)
        held.visibility = visibility
        _answer(invocation, held, f"visibility {visibility} of")


@registry.command(
    "require-approvals",
    short_help="Let an alias move only to approved versions.",
    example=f"{_PROTECT}\nfingerpost registry require-approvals Golden production 2",
)
@click.argument("name")
@click.argument("alias")
@click.argument("count", type=int)
@click.option("--reason", help="Why, for the history")
@pass_invocation
def require_approvals(
    invocation: Invocation, name: str, alias: str, count: int, reason: str | None
) -> None:
    """Let a protected alias move only to what COUNT other people approved; 0 lifts that.

    Admins need the approvals too. `fingerpost approve` gives one.
    """
    with invocation.api() as api:
        held = api.registry(name)
        held.require_approvals(alias, count, reason)
        _answer(invocation, held, f"approvals for {alias!r}: {count} in")


@registry.command(
    "require-reasons",
    short_help="Let aliases move only with a reason.",
    example=f"{_CREATE}fingerpost registry require-reasons Golden",
)
@click.argument("name")
@click.option("--lift", is_flag=True, help="Require none any more")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def require_reasons(invocation: Invocation, name: str, *, lift: bool, reason: str | None) -> None:
    """Let aliases move, and links be taken away, only with a reason; `latest` needs none."""
    with invocation.api() as api:
        held = api.registry(name)
        held.require_reasons(not lift, reason)
        _answer(invocation, held, f"reasons {'not ' if lift else ''}required in")


@registry.command(
    "delete",
    short_help="Delete a registry with all its links.",
    example=f"{_CREATE}fingerpost registry delete Golden --yes",
)
@click.argument("name")
@click.option("--yes", "is_confirmed", is_flag=True, help="Do not ask")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def delete(invocation: Invocation, name: str, *, is_confirmed: bool, reason: str | None) -> None:
    """Delete a registry with its collections and links. The source versions stay."""
    with invocation.api() as api:
        held = api.registry(name)
        told = held.to_dict()
        count = len(told["collections"])
        question = f"delete registry {held.path} with {count} collections?"
        confirm(invocation, question, is_sure=is_confirmed)
        held.delete(reason)
        if invocation.is_json:
            emit_json({"registry": told})
        else:
            line(f"deleted registry {held.path}")


@registry.command(
    "snippet",
    short_help="Print code to paste that links to it.",
    example="fingerpost registry create Golden --type dataset\nfingerpost registry snippet Golden",
)
@click.argument("path", metavar="REGISTRY[/COLLECTION]")
@click.option("--use", "is_use", is_flag=True, help="Code that uses what the collection holds")
@pass_invocation
def snippet(invocation: Invocation, path: str, is_use: bool) -> None:
    """Print Python code to paste: it logs an artifact and links it to the registry.

    With a collection its whole path is in the code, with --use the code fetches the newest version
    instead. Replace what is in angle brackets.
    """
    from fingerpost.domain.names.paths import RegistryPath, parse_registry_path

    target = parse_registry_path(path)
    if is_use and not isinstance(target, RegistryPath):
        raise click.UsageError("--use needs a collection: REGISTRY/COLLECTION")
    with invocation.api() as api:
        held = api.registry(target.registry, target.organization)
        if not isinstance(target, RegistryPath):
            print_snippet(invocation, held.path, held.code_snippet())
            return
        inside = api.collection(f"{held.path}/{target.collection}")
        print_snippet(invocation, inside.path, inside.code_snippet("use" if is_use else "link"))


def _answer(invocation: Invocation, held: "Registry", done: str) -> None:
    told = held.to_dict()
    if invocation.is_json:
        emit_json({"registry": told})
        return
    line(f"{done} registry {held.path}")
    if not invocation.is_quiet:
        line(f"  types      {', '.join(told['artifact_types']) or 'all'}")
        line(f"  protected  {', '.join(_protected(told)) or 'none'}")


def _protected(told: "Json") -> list[str]:
    needed = told["required_approvals"]
    return [
        f"{alias} (approvals: {needed[alias]})" if alias in needed else alias
        for alias in told["protected_aliases"]
    ]


def _row(told: "Json") -> tuple[str, ...]:
    return (
        told["name"],
        ", ".join(told["artifact_types"]) or "all",
        ", ".join(_protected(told)) or "-",
        ", ".join(told["collections"]) or "-",
        told["description"] or "-",
    )
