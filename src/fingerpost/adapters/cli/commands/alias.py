"""``fingerpost alias``: set, remove, list."""

from typing import TYPE_CHECKING, Any, Final

import click

from ..described import Json
from ..invocation import Invocation, pass_invocation
from ..options import TaughtGroup, teach
from ..output import emit_json, line
from ..table import print_table

if TYPE_CHECKING:
    from ...sdk import Collection

_NOTHING: Final = "none"
"""What ``--expected`` says for "nothing has it"."""

_LOGGED: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
"""
_SET: Final = f"{_LOGGED}fingerpost alias set table checked v0 --expected none --reason 'read it'"
_REMOVE: Final = f"{_SET}\nfingerpost alias remove table checked --reason 'found a mistake'"
_LIST: Final = f"{_LOGGED}fingerpost alias list table"


@click.group("alias", cls=TaughtGroup, short_help="Set, remove and list aliases.")
@click.pass_context
def alias(context: click.Context) -> None:
    """Set, remove and list aliases: names that point at one version each."""
    teach(context)


@alias.command("set", short_help="Let an alias point at a version.", example=_SET)
@click.argument("path")
@click.argument("name", metavar="ALIAS")
@click.argument("version")
@click.option(
    "--expected",
    metavar="vN|none",
    help="Move it only if this version has it now, or none has",
)
@click.option("--reason", help="Why, for the history")
@pass_invocation
def set_alias(
    invocation: Invocation,
    path: str,
    name: str,
    version: str,
    expected: str | None,
    reason: str | None,
) -> None:
    """Let an alias point at a version (vN, or what another alias points at).

    It comes off the version that had it, in the same step. With --expected the move is refused
    if somebody else was faster; the error names the version that has it.
    """
    with invocation.api() as api:
        collection = api.collection(path)
        before = len(collection.alias_history(name))
        collection.set_alias(name, version, reason=reason, **_expectation(expected))
        _answer(invocation, collection, name, before)


@alias.command("remove", short_help="Take an alias off.", example=_REMOVE)
@click.argument("path")
@click.argument("name", metavar="ALIAS")
@click.option("--expected", metavar="vN", help="Only if this version has it now")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def remove_alias(
    invocation: Invocation, path: str, name: str, expected: str | None, reason: str | None
) -> None:
    """Take an alias off the version that has it; the history keeps it.

    Removing `latest` is permitted: nothing is latest then until the next version.
    """
    with invocation.api() as api:
        collection = api.collection(path)
        before = len(collection.alias_history(name))
        collection.remove_alias(name, reason=reason, **_expectation(expected))
        _answer(invocation, collection, name, before)


@alias.command("list", short_help="List aliases.", example=_LIST)
@click.argument("path")
@pass_invocation
def list_aliases(invocation: Invocation, path: str) -> None:
    """List the aliases of an artifact or registry collection, and what they point at."""
    with invocation.api() as api:
        collection = api.collection(path)
        held = collection.aliases
        if invocation.is_json:
            emit_json({"collection": collection.path, "aliases": held})
        elif held:
            print_table(("alias", "version"), list(held.items()))
        else:
            invocation.hint(f"{collection.path} has no aliases")


def _expectation(expected: str | None) -> dict[str, Any]:
    # No option is no condition; "none" is the condition that nothing has the alias.
    from fingerpost.domain.alias import version_index

    if expected is None:
        return {}
    if expected.casefold() == _NOTHING:
        return {"expected": None}
    if version_index(expected) is None:
        raise click.BadParameter(f"{expected!r} is neither vN nor none", param_hint="--expected")
    return {"expected": expected}


def _answer(invocation: Invocation, collection: "Collection", name: str, before: int) -> None:
    changes = collection.alias_history(name)[before:]
    held = collection.aliases.get(name)
    answer: Json = {
        "collection": collection.path,
        "alias": name,
        "is_changed": bool(changes),
        "from_version": changes[0].from_version if changes else held,
        "to_version": changes[-1].to_version if changes else held,
    }
    if invocation.is_json:
        emit_json(answer)
    elif not changes:
        line(f"{collection.path}: {name!r} is at {held} already")
    else:
        arrow = f"{answer['from_version'] or 'none'} → {answer['to_version'] or 'none'}"
        line(f"{collection.path}: {name} {arrow}")
