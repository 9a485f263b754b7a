"""``fingerpost registry``: create, list, protect, unprotect, permit."""

from typing import TYPE_CHECKING, Final

import click

from ..described import Json
from ..invocation import Invocation, pass_invocation
from ..options import TaughtGroup, teach
from ..output import emit_json, iso, line
from ..table import print_table

if TYPE_CHECKING:
    from ...sdk import Registry

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
@pass_invocation
def create(
    invocation: Invocation, name: str, types: tuple[str, ...], description: str | None
) -> None:
    """Create a registry; admins of the organization may."""
    with invocation.api(create=True) as api:
        _answer(invocation, api.create_registry(name, types, description), "created")


@registry.command(
    "list", short_help="List registries.", example=f"{_CREATE}fingerpost registry list"
)
@pass_invocation
def list_registries(invocation: Invocation) -> None:
    """List the registries, what they permit and protect, and their collections."""
    with invocation.api() as api:
        found = [_registry_json(held) for held in api.registries(order="name")]
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


def _answer(invocation: Invocation, held: "Registry", done: str) -> None:
    told = _registry_json(held)
    if invocation.is_json:
        emit_json({"registry": told})
        return
    line(f"{done} registry {held.path}")
    if not invocation.is_quiet:
        line(f"  types      {', '.join(told['artifact_types']) or 'all'}")
        line(f"  protected  {', '.join(told['protected_aliases']) or 'none'}")


def _registry_json(held: "Registry") -> Json:
    return {
        "name": held.name,
        "organization": held.organization,
        "path": held.path,
        "description": held.description,
        "visibility": held.visibility,
        "artifact_types": list(held.artifact_types),
        "protected_aliases": held.protected_aliases,
        "collections": [collection.name for collection in held.collections(order="name")],
        "created_at": iso(held.created_at),
        "created_by": held.created_by,
    }


def _row(told: Json) -> tuple[str, ...]:
    return (
        told["name"],
        ", ".join(told["artifact_types"]) or "all",
        ", ".join(told["protected_aliases"]) or "-",
        ", ".join(told["collections"]) or "-",
        told["description"] or "-",
    )
