"""``fingerpost download``."""

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from ..parameters.moments import AT
from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import count, emit_json, line, size
from ..terminal.progress import progress_bar

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
fingerpost download table:latest --root copy
"""


@click.command(
    "download",
    cls=TaughtCommand,
    short_help="Write a version's files to a folder.",
    example=_EXAMPLE,
)
@click.argument("path", metavar="PATH[:ALIAS]")
@click.option("--root", help="Folder to write to [default: ./artifacts/NAME:vN]")
@click.option("--prefix", help="Only entries whose paths start with this")
@click.option("--skip-cache", is_flag=True, help="Neither read nor fill the download cache")
@click.option("--allow-missing-references", is_flag=True, help="Skip references that are gone")
@AT
@pass_invocation
def download(
    invocation: Invocation,
    path: str,
    root: str | None,
    prefix: str | None,
    skip_cache: bool,
    allow_missing_references: bool,
    at: datetime | None,
) -> None:
    """Write a version's files to a folder, verified, and print the folder.

    Files that are there already with the right content stay, so that running it again goes on
    with what was interrupted; entries with other content are replaced; files that are no entries
    are left alone. With --at it is the version that ALIAS stood for at that moment.
    """
    with invocation.api() as api:
        artifact = api.artifact(path, at=at)
        size_bytes = artifact.size if prefix is None else None
        with progress_bar(invocation, "downloading", size_bytes) as progress:
            folder = artifact.download(
                root,
                skip_cache=skip_cache,
                path_prefix=prefix,
                allow_missing_references=allow_missing_references,
                progress=progress,
            )
        if invocation.is_json:
            where = str(Path(folder).absolute())
            emit_json({"artifact": artifact.to_dict(), "root": where})
            return
        line(folder)
        what = f"{count(artifact.file_count, 'file')}, {size(artifact.size)}"
        whole = "" if prefix is None else f" (those below {prefix!r})"
        invocation.hint(f"{artifact.qualified_name}: {what}{whole}, verified")
