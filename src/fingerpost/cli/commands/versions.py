"""``fingerpost versions``."""

import sys
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import clock, emit_json, is_rich, size
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.sdk import Artifact

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
fingerpost versions table
"""

_DIGITS_ON_TERMINALS: Final = 12


@click.command(
    "versions", cls=TaughtCommand, short_help="List versions, newest first.", example=_EXAMPLE
)
@click.argument("path")
@click.option("-n", "--limit", type=click.IntRange(min=1), help="At most this many, the newest")
@pass_invocation
def versions(invocation: Invocation, path: str, limit: int | None) -> None:
    """List the versions of an artifact or registry collection, newest first."""
    with invocation.api() as api:
        collection = api.collection(path)
        found = list(islice(collection.versions(), limit))
        if invocation.is_json:
            about = {"collection": collection.path, "type": collection.type}
            emit_json({**about, "versions": [artifact.to_dict() for artifact in found]})
        elif found:
            headers = ("version", "aliases", "tags", "files", "size", "logged", "by", "digest")
            print_table(headers, [_row(artifact) for artifact in found])
        else:
            invocation.hint(f"{collection.path} has no versions")


def _row(artifact: "Artifact") -> tuple[str, ...]:
    return (
        artifact.version,
        ", ".join(artifact.aliases) or "-",
        ", ".join(artifact.tags) or "-",
        f"{artifact.file_count:,}",
        size(artifact.size),
        clock(artifact.created_at),
        artifact.created_by,
        _digest(artifact.digest),
    )


def _digest(digest: str) -> str:
    # Enough to tell versions apart where space is short; whole where something else reads it.
    algorithm, _, digits = digest.partition(":")
    return f"{algorithm}:{digits[:_DIGITS_ON_TERMINALS]}" if is_rich(sys.stdout) else digest
