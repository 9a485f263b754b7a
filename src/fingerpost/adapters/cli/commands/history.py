"""``fingerpost history``."""

from typing import TYPE_CHECKING, Final

import click

from ..described import Json
from ..invocation import Invocation, pass_invocation
from ..options import TaughtCommand
from ..output import clock, emit_json, iso
from ..table import print_table

if TYPE_CHECKING:
    from fingerpost.application.rows import AliasChange

    from ...bootstrap import OpenStore

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --alias checked
fingerpost history table --alias checked
"""


@click.command(
    "history", cls=TaughtCommand, short_help="Show who moved which alias.", example=_EXAMPLE
)
@click.argument("path")
@click.option("-a", "--alias", help="Only this alias")
@pass_invocation
def history(invocation: Invocation, path: str, alias: str | None) -> None:
    """Show who moved which alias, when, from where to where, in which run and why.

    Oldest first: every placing, every move and every removal, `latest` included.
    """
    with invocation.opened() as opened:
        collection = invocation.api_of(opened).collection(path)
        changes = collection.alias_history(alias)
        if invocation.is_json:
            told = [_change_json(opened, change) for change in changes]
            emit_json({"collection": collection.path, "alias": alias, "changes": told})
        elif changes:
            headers = ("when", "alias", "from", "to", "by", "run", "reason")
            print_table(headers, [_row(opened, change) for change in changes])
        else:
            what = f"nothing has ever had the alias {alias!r}" if alias else "no alias was ever set"
            invocation.hint(f"{collection.path}: {what}")


def _change_json(opened: "OpenStore", change: "AliasChange") -> Json:
    return {
        "position": change.position,
        "at": iso(change.at),
        "alias": change.alias,
        "from_version": change.from_version,
        "to_version": change.to_version,
        "actor": change.actor,
        "reason": change.reason,
        "run": _run_path(opened, change),
        "policy_version": change.policy_version,
    }


def _row(opened: "OpenStore", change: "AliasChange") -> list[str]:
    run = _run_path(opened, change)
    cells = (change.from_version, change.to_version, change.actor, run, change.reason)
    return [clock(change.at), change.alias, *(cell or "-" for cell in cells)]


def _run_path(opened: "OpenStore", change: "AliasChange") -> str | None:
    run = opened.store.queries.run(change.run_id) if change.run_id else None
    return f"{run.entity}/{run.project}/{run.id.hex}" if run else None
