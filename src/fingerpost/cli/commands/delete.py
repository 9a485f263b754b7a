"""``fingerpost delete`` and ``fingerpost unlink``."""

from typing import Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.confirmation import confirm
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line

_DELETE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
fingerpost delete table:v0 --delete-aliases --yes
"""
_UNLINK: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --entity team
fingerpost link table:v0 registry/Dataset/tables --entity team
fingerpost unlink registry/Dataset/tables:v0
"""


@click.command("delete", cls=TaughtCommand, short_help="Delete a version.", example=_DELETE)
@click.argument("path")
@click.option("--delete-aliases", is_flag=True, help="Although it has aliases")
@click.option("-y", "--yes", "is_sure", is_flag=True, help="Do not ask")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def delete(
    invocation: Invocation,
    path: str,
    delete_aliases: bool,
    is_sure: bool,
    reason: str | None,
) -> None:
    """Delete a version and the links to it; of a link, the link alone.

    Its number is never used again. `fingerpost gc` removes content that nothing else holds.
    """
    with invocation.api() as api:
        artifact = api.artifact(path)
        name = artifact.qualified_name
        confirm(invocation, f"delete {name}?", is_sure=is_sure)
        artifact.delete(delete_aliases, reason=reason)
        _answer(invocation, name, "deleted")


@click.command("unlink", cls=TaughtCommand, short_help="Take a link away.", example=_UNLINK)
@click.argument("path")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def unlink(invocation: Invocation, path: str, reason: str | None) -> None:
    """Take a link out of its registry collection; the source stays."""
    with invocation.api() as api:
        artifact = api.artifact(path)
        name = artifact.qualified_name
        artifact.unlink(reason=reason)
        _answer(invocation, name, "unlinked")


def _answer(invocation: Invocation, name: str, what: str) -> None:
    if invocation.is_json:
        emit_json({"version": name, f"is_{what}": True})
    else:
        line(f"{what} {name}")
