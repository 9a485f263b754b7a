"""``fingerpost export``."""

from typing import Final

import click

from ..parameters.authority import require_ledger_reader
from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.progress import progress_bar

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --alias checked
fingerpost ledger keygen ledger.key
fingerpost export stick --key ledger.key        # on the other side: fingerpost import stick
"""


@click.command(
    "export", cls=TaughtCommand, short_help="Write a bundle to carry elsewhere.", example=_EXAMPLE
)
@click.argument("folder")
@click.option("--no-files", is_flag=True, help="Events and manifests only")
@click.option("--after", type=click.IntRange(min=0), default=0, help="Only events above this one")
@click.option(
    "--key",
    metavar="FILE",
    envvar="FINGERPOST_LEDGER_KEY",
    help="Sign a checkpoint of it with this key [FINGERPOST_LEDGER_KEY]",
)
@pass_invocation
def export(
    invocation: Invocation, folder: str, no_files: bool, after: int, key: str | None
) -> None:
    """Write all that happened, and the content, to FOLDER: a bundle for `fingerpost import`.

    Interrupted, it goes on the next time. Into a folder with an earlier bundle of this store it
    writes what is new. For those who administer the store.
    """
    from fingerpost.adapters.proofs import SigningKey

    signing = None if key is None else SigningKey.read(key)
    with invocation.opened() as opened:
        require_ledger_reader(invocation, opened)
        with progress_bar(invocation, "copying", None) as progress:
            done = opened.export(
                folder, files=not no_files, after=after, key=signing, progress=progress
            )
    if invocation.is_json:
        emit_json(done.to_dict())
        return
    line(f"exported events {done.first:,} to {done.last:,}, {done.versions:,} versions")
    if signing is None:
        invocation.hint("not signed: with --key FILE who imports it can see that it is yours")
