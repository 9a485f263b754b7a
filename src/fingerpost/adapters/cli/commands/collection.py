"""``fingerpost collection``: rename and delete."""

from typing import Final

import click

from ..confirmation import confirm
from ..invocation import Invocation, pass_invocation
from ..options import TaughtGroup, teach
from ..output import count, emit_json, line

_LOGGED: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
"""
_RENAME: Final = f"{_LOGGED}fingerpost collection rename table bikes --reason 'what it holds'"
_DELETE: Final = f"{_LOGGED}fingerpost collection delete table --yes"


@click.group("collection", cls=TaughtGroup, short_help="Rename and delete collections.")
@click.pass_context
def collection(context: click.Context) -> None:
    """Rename and delete collections: all versions of one name."""
    teach(context)


@collection.command("rename", short_help="Give a collection another name.", example=_RENAME)
@click.argument("path")
@click.argument("name", metavar="NEW_NAME")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def rename(invocation: Invocation, path: str, name: str, reason: str | None) -> None:
    """Give a collection another name; versions, aliases and history stay as they are.

    The old name is free from then on.
    """
    with invocation.api() as api:
        held = api.collection(path)
        before = held.path
        held.rename(name, reason=reason)
        if invocation.is_json:
            emit_json({"collection": held.path, "from": before, "is_changed": held.path != before})
        else:
            line(f"{before} → {held.path}")


@collection.command("delete", short_help="Delete a collection.", example=_DELETE)
@click.argument("path")
@click.option("--delete-links", is_flag=True, help="Delete the links to its versions, too")
@click.option("-y", "--yes", "is_sure", is_flag=True, help="Do not ask")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def delete(
    invocation: Invocation,
    path: str,
    delete_links: bool,
    is_sure: bool,
    reason: str | None,
) -> None:
    """Delete a collection with its versions and aliases; of a registry collection the links.

    The history stays in the ledger. `fingerpost gc` removes content that nothing else holds.
    """
    with invocation.api() as api:
        held = api.collection(path)
        number = sum(1 for _ in held.versions())
        what = count(number, "version")
        confirm(invocation, f"delete {held.path} with {what}?", is_sure=is_sure)
        held.delete(delete_links=delete_links, reason=reason)
        if invocation.is_json:
            emit_json({"collection": held.path, "versions": number, "is_deleted": True})
        else:
            line(f"deleted {held.path} with {what}")
