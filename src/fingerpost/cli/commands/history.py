"""``fingerpost history``."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ..parameters.moments import AT
from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, iso, line
from ..views.history_output import print_changes, print_policy, print_state

if TYPE_CHECKING:
    from fingerpost.application.read_models.history_rows import PolicyChange
    from fingerpost.sdk import Api, Collection

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --alias checked
fingerpost history table --alias checked
fingerpost history table --svg table.svg
fingerpost history --registry Dataset
"""


@click.command(
    "history", cls=TaughtCommand, short_help="Show who moved which alias.", example=_EXAMPLE
)
@click.argument("path", required=False)
@click.option("-a", "--alias", help="Only this alias")
@AT
@click.option("--svg", metavar="FILE", help="Write a timeline as SVG; - for standard output")
@click.option("--registry", metavar="NAME", help="What happened to a registry instead")
@click.option("--organization", is_flag=True, help="What happened to the organization instead")
@pass_invocation
def history(
    invocation: Invocation,
    path: str | None,
    alias: str | None,
    at: datetime | None,
    svg: str | None,
    registry: str | None,
    *,
    organization: bool,
) -> None:
    """Show who moved which alias, when, from where to where, in which run and why.

    Oldest first: every placing, every move and every removal, `latest` included. With --at it
    shows what each alias pointed at at that moment. With --registry or --organization it shows
    what happened to that: settings, protections, members and roles.
    """
    if sum((path is not None, registry is not None, organization)) != 1:
        raise click.UsageError("name one thing: PATH, --registry NAME or --organization")
    if path is None and (alias, at, svg) != (None, None, None):
        raise click.UsageError("--alias, --at and --svg go with PATH")
    if at is not None and svg is not None:
        raise click.UsageError("--svg draws the whole time: leave --at out")
    with invocation.api() as api:
        if path is None:
            _tell_policy(invocation, api, registry)
            return
        collection = api.collection(path)
        if svg is not None:
            _draw(invocation, collection, alias, svg)
        elif at is not None:
            _tell_moment(invocation, collection, alias, at)
        else:
            _tell(invocation, collection, alias)


def _tell(invocation: Invocation, collection: "Collection", alias: str | None) -> None:
    changes = collection.alias_history(alias)
    if invocation.is_json:
        told = [change.to_dict() for change in changes]
        emit_json({"collection": collection.path, "alias": alias, "changes": told})
    elif changes:
        print_changes(changes)
    else:
        what = f"nothing has ever had the alias {alias!r}" if alias else "no alias was ever set"
        invocation.hint(f"{collection.path}: {what}")


def _tell_moment(
    invocation: Invocation, collection: "Collection", alias: str | None, at: datetime
) -> None:
    changes = [each for each in collection.alias_changes_at(at, alias) if each.to_version]
    if invocation.is_json:
        told = [change.to_dict() for change in changes]
        answer = {"collection": collection.path, "alias": alias, "at": iso(at), "held": told}
        emit_json(answer)
    elif changes:
        print_state(changes)
    else:
        what = f"nothing had the alias {alias!r}" if alias else "nothing had an alias"
        invocation.hint(f"{collection.path}: {what} at {iso(at)}")


def _draw(invocation: Invocation, collection: "Collection", alias: str | None, file: str) -> None:
    drawn = collection.timeline_svg(alias)
    if file == "-":
        click.echo(drawn, nl=False)
        return
    Path(file).write_text(drawn, encoding="utf-8")
    if invocation.is_json:
        emit_json(
            {"collection": collection.path, "alias": alias, "svg": str(Path(file).absolute())}
        )
    else:
        line(file)


def _tell_policy(invocation: Invocation, api: "Api", registry: str | None) -> None:
    changes: Sequence[PolicyChange]
    if registry is None:
        home = api.organization()
        named, changes = {"organization": home.entity_name}, home.history()
    else:
        held = api.registry(registry)
        named, changes = {"registry": held.path}, held.history()
    if invocation.is_json:
        emit_json({**named, "changes": [change.to_dict() for change in changes]})
    else:
        print_policy(changes)
