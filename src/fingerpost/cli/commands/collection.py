"""``fingerpost collection``: create, edit, snippet, rename and delete."""

from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtGroup, teach
from ..terminal.confirmation import confirm
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import count, emit_json, line
from ..views.snippets import print_snippet

if TYPE_CHECKING:
    from fingerpost.sdk import Collection

_LOGGED: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
"""
_CREATE: Final = """
fingerpost registry create Golden --type dataset
fingerpost collection create 'registry/Golden/Raw images' --tag vision
"""
_EDIT: Final = f"{_LOGGED}fingerpost collection edit table --tag bikes --description 'all rides'"
_SNIPPET: Final = f"{_LOGGED}fingerpost collection snippet table"
_RENAME: Final = f"{_LOGGED}fingerpost collection rename table bikes --reason 'what it holds'"
_DELETE: Final = f"{_LOGGED}fingerpost collection delete table --yes"


@click.group("collection", cls=TaughtGroup, short_help="Make, edit, rename, delete collections.")
@click.pass_context
def collection(context: click.Context) -> None:
    """Make, edit, rename and delete collections: all versions of one name."""
    teach(context)


@collection.command("create", short_help="Make an empty collection.", example=_CREATE)
@click.argument("path", metavar="registry/REGISTRY/COLLECTION")
@click.option("-t", "--type", "kind", help="Its artifact type; else the registry's, or the first's")
@click.option("-d", "--description", help="Free text")
@click.option("--tag", "tags", multiple=True, help="Tag of the collection; may be repeated")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def create(
    invocation: Invocation,
    path: str,
    kind: str | None,
    description: str | None,
    tags: tuple[str, ...],
    reason: str | None,
) -> None:
    """Make an empty collection in a registry, to which versions are linked later.

    Its type has to be permitted there. Without --type it is the only type that the registry
    permits; where it permits several, the first link decides.
    """
    from fingerpost.domain.names.paths import parse_target_path

    target = parse_target_path(path)
    with invocation.api() as api:
        home = api.registry(target.registry, target.organization)
        made = home.create_collection(target.collection, kind, description, tags, reason=reason)
        _answer(invocation, made, "made")


@collection.command("edit", short_help="Change description and tags.", example=_EDIT)
@click.argument("path")
@click.option("-d", "--description", help="Free text; empty takes it away")
@click.option("--tag", "tags", multiple=True, help="Tag to add; may be repeated")
@click.option("--untag", "untags", multiple=True, help="Tag to take off; may be repeated")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def edit(
    invocation: Invocation,
    path: str,
    description: str | None,
    tags: tuple[str, ...],
    untags: tuple[str, ...],
    reason: str | None,
) -> None:
    """Change the description and the tags of a collection, and show what they are then.

    Tags of a collection are its own, not those of its versions.
    """
    from fingerpost.domain.collection import UNSET

    with invocation.api() as api:
        held = api.collection(path)
        text = UNSET if description is None else description or None
        held.edit(description=text, add_tags=tags, remove_tags=untags, reason=reason)
        _answer(invocation, held, "collection")


@collection.command("snippet", short_help="Print code to paste that uses it.", example=_SNIPPET)
@click.argument("path")
@pass_invocation
def snippet(invocation: Invocation, path: str) -> None:
    """Print Python code to paste: it uses the newest version as an input, and downloads it.

    `fingerpost registry snippet` prints code that links to a registry collection.
    """
    with invocation.api() as api:
        held = api.collection(path)
        print_snippet(invocation, held.path, held.code_snippet("use"))


def _answer(invocation: Invocation, held: "Collection", done: str) -> None:
    if invocation.is_json:
        emit_json({"collection": held.to_dict()})
        return
    line(f"{done} {held.path}")
    if not invocation.is_quiet:
        line(f"  type         {held.type or 'that of the first link'}")
        line(f"  description  {held.description or '-'}")
        line(f"  tags         {', '.join(held.tags) or '-'}")


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
