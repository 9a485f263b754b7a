"""``fingerpost import bundle``."""

from typing import Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.progress import progress_bar
from ..terminal.texts import read_keys

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --alias checked
fingerpost ledger keygen ledger.key
fingerpost export stick --key ledger.key
fingerpost import bundle stick --store copy --public-key ledger.key.pub
fingerpost history table --store copy
"""


@click.command(
    "bundle",
    cls=TaughtCommand,
    short_help="Import what `fingerpost export` wrote.",
    example=_EXAMPLE,
)
@click.argument("folder")
@click.option(
    "--public-key", "keys", multiple=True, metavar="KEY", help="Key, or file; has to have signed"
)
@pass_invocation
def bundle(invocation: Invocation, folder: str, keys: tuple[str, ...]) -> None:
    """Bring the bundle in FOLDER into a new store, or on to the one that it was brought into.

    Everything is checked first: a bundle that is not whole is refused, and the event is named.
    Versions, aliases, history, actors, checkpoints and proofs are what they were. Interrupted, it
    goes on the next time. Do nothing else to the store: it would contradict the next bundle.
    """
    from fingerpost.bootstrap.bundles import import_bundle

    with progress_bar(invocation, "copying", None) as progress:
        done = import_bundle(
            folder,
            invocation.store,
            keys=read_keys(keys),
            actor=invocation.actor,
            content=invocation.content,
            progress=progress,
        )
    if invocation.is_json:
        emit_json(done.to_dict())
        return
    line(f"imported {done.added:,} events of {done.origin}; the store has {done.size:,}")
    if not done.has_files:
        invocation.hint("the bundle has no files: versions can be looked at, and not downloaded")
