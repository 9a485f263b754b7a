"""``fingerpost alias``: set, remove, move, rollback, list."""

from typing import TYPE_CHECKING, Any, Final

import click

from ..parameters.options import TaughtGroup, teach
from ..parameters.pairs import named_once, pairs
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.sdk import Collection

_NOTHING: Final = "none"
"""What ``--expected`` says for "nothing has it"."""

_LOGGED: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
"""
_SET: Final = f"{_LOGGED}fingerpost alias set table checked v0 --expected none --reason 'read it'"
_REMOVE: Final = f"{_SET}\nfingerpost alias remove table checked --reason 'found a mistake'"
_MOVE: Final = f"""{_SET}
fingerpost alias move table --set blue=v0 --set green=v0 --remove checked --expect checked=v0
"""
_ROLLBACK: Final = f"""{_SET}
echo 'c,d' > table.csv
fingerpost log table table.csv --type dataset --alias checked
fingerpost alias rollback table checked --expected v1 --reason 'the new one has two rows less'
"""
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


@alias.command("move", short_help="Move several aliases in one step.", example=_MOVE)
@click.argument("path")
@click.option(
    "--set", "places", metavar="ALIAS=VERSION", multiple=True, help="Let it point there; repeatable"
)
@click.option(
    "--remove", "removals", metavar="ALIAS", multiple=True, help="Take it off; repeatable"
)
@click.option(
    "--expect",
    "expectations",
    metavar="ALIAS=vN|none",
    multiple=True,
    help="Only if this version has it now, or none has; repeatable",
)
@click.option("--reason", help="Why, for the history")
@pass_invocation
def move_aliases(
    invocation: Invocation,
    path: str,
    places: tuple[str, ...],
    removals: tuple[str, ...],
    expectations: tuple[str, ...],
    reason: str | None,
) -> None:
    """Place, move and remove several aliases in one step: all of them, or none.

    VERSION is vN, or another alias, whose version before this step is meant: to swap two, pass
    --set blue=green --set green=blue. What --expect says has to hold beforehand; otherwise nothing
    is moved, and the error names the version that has the alias.
    """
    if not (places or removals):
        raise click.UsageError("name what to move: --set ALIAS=VERSION or --remove ALIAS")
    moves = named_once([*pairs(places, "--set"), *((alias, None) for alias in removals)], "alias")
    expected = {
        alias: _expectation(version, "--expect")["expected"]
        for alias, version in named_once(pairs(expectations, "--expect"), "expectation").items()
    }
    with invocation.api() as api:
        collection = api.collection(path)
        before = len(collection.alias_history())
        collection.move_aliases(moves, expected=expected, reason=reason)
        _answer_moves(invocation, collection, before)


@alias.command(
    "rollback", short_help="Let an alias go back to what it was before.", example=_ROLLBACK
)
@click.argument("path")
@click.argument("name", metavar="ALIAS")
@click.option("--to", metavar="vN", help="Go back as far as this version")
@click.option("--expected", metavar="vN|none", help="Only if this version has it now, or none has")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def rollback_alias(
    invocation: Invocation,
    path: str,
    name: str,
    to: str | None,
    expected: str | None,
    reason: str | None,
) -> None:
    """Let an alias go back to the version that it had before its last move.

    Once more goes one step further back. The history keeps all of it. With --expected it is
    refused if somebody else was faster.
    """
    with invocation.api() as api:
        collection = api.collection(path)
        before = len(collection.alias_history(name))
        collection.rollback(name, to=to, reason=reason, **_expectation(expected))
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


def _expectation(expected: str | None, option: str = "--expected") -> dict[str, Any]:
    # No option is no condition; "none" is the condition that nothing has the alias.
    from fingerpost.domain.names.alias import version_index

    if expected is None:
        return {}
    if expected.casefold() == _NOTHING:
        return {"expected": None}
    if version_index(expected) is None:
        raise click.BadParameter(f"{expected!r} is neither vN nor none", param_hint=option)
    return {"expected": expected}


def _answer_moves(invocation: Invocation, collection: "Collection", before: int) -> None:
    # Somebody else's later moves may be among them; this one's are the first.
    changes = collection.alias_history()[before:]
    if invocation.is_json:
        told = [each.to_dict() for each in changes]
        emit_json({"collection": collection.path, "is_changed": bool(told), "changes": told})
        return
    for each in changes:
        arrow = f"{each.from_version or 'none'} → {each.to_version or 'none'}"
        line(f"{collection.path}: {each.alias} {arrow}")
    if not changes:
        line(f"{collection.path}: all of them are there already")


def _answer(invocation: Invocation, collection: "Collection", name: str, before: int) -> None:
    changes = collection.alias_history(name)[before:]
    held = collection.aliases.get(name)
    answer = {
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
