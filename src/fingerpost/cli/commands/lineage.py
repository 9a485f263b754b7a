"""``fingerpost lineage``."""

import sys
from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, is_unicode, line

if TYPE_CHECKING:
    from fingerpost.sdk import Lineage

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --job-type prepare
fingerpost use table:latest --job-type train
fingerpost lineage table:latest
fingerpost lineage table:latest --direction downstream --depth 1 --mermaid
"""

_MOST_EDGES: Final = 500
"""What Mermaid draws unless its `maxEdges` is raised. *Source*: Mermaid's configuration schema."""


@click.command(
    "lineage",
    cls=TaughtCommand,
    short_help="Show what a version came from and went into.",
    example=_EXAMPLE,
)
@click.argument("path", metavar="PATH[:ALIAS]")
@click.option("--depth", type=click.IntRange(min=0), help="Go at most this many runs away")
@click.option(
    "--direction",
    type=click.Choice(["both", "upstream", "downstream"]),
    default="both",
    show_default=True,
    help="Where it came from, what became of it, or both",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=500,
    show_default=True,
    help="Show at most this many artifacts, links and runs",
)
@click.option("--mermaid", "is_mermaid", is_flag=True, help="Print a Mermaid flowchart")
@pass_invocation
def lineage(
    invocation: Invocation,
    path: str,
    depth: int | None,
    direction: str,
    limit: int,
    is_mermaid: bool,
) -> None:
    """Show which runs made a version, of what, and what became of it.

    A link in a registry stands for its source. What was deleted is shown, and marked. What
    several branches share is shown once.
    """
    with invocation.api() as api:
        found = api.artifact(path).lineage(depth, direction, limit)
    if invocation.is_json:
        emit_json(found.as_json())
        return
    text = found.as_mermaid() if is_mermaid else found.as_text(ascii=not is_unicode(sys.stdout))
    for each in text.splitlines():
        line(each)
    _hint(invocation, found, is_mermaid=is_mermaid)


def _hint(invocation: Invocation, found: "Lineage", *, is_mermaid: bool) -> None:
    if not found.is_complete:
        invocation.hint("This is not all of it: raise --depth or --limit to see more.")
    if is_mermaid and len(found.edges) > _MOST_EDGES:
        invocation.hint(
            f"Mermaid draws {_MOST_EDGES} edges unless its `maxEdges` is raised; lower --depth "
            "or --limit."
        )
