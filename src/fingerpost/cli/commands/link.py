"""``fingerpost link``."""

from typing import Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..views.described import print_artifact

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --entity my-team
fingerpost link my-team/uncategorized/table:latest registry/Dataset/tables --alias staging
"""


@click.command(
    "link", cls=TaughtCommand, short_help="Publish a version in a registry.", example=_EXAMPLE
)
@click.argument("path", metavar="PATH[:ALIAS]")
@click.argument("target", metavar="registry/REGISTRY/COLLECTION")
@click.option("-a", "--alias", "aliases", multiple=True, help="Custom alias; may be repeated")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def link(
    invocation: Invocation,
    path: str,
    target: str,
    aliases: tuple[str, ...],
    reason: str | None,
) -> None:
    """Publish a version in a registry.

    The registry must be there (`fingerpost registry list`); the collection is made by its first
    link. Linking the same version again makes nothing new, and applies the aliases. Only versions
    of a team can be linked, not those of a personal entity.
    """
    with invocation.api() as api:
        linked = api.artifact(path).link(target, aliases, reason=reason)
        if invocation.is_json:
            emit_json({"artifact": linked.to_dict()})
            return
        line(f"linked {linked.qualified_name}")
        if not invocation.is_quiet:
            print_artifact(linked)
