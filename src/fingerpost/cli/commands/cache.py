"""``fingerpost cache``: show it, clean it."""

from typing import Final

import click

from ..parameters.options import TaughtGroup
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import count, emit_json, line, size

_CLEAN: Final = """
fingerpost cache                    # where it is, and how full
fingerpost cache clean --to 5GB     # what was not used for longest goes first
fingerpost cache clean              # all of it
"""


@click.group("cache", cls=TaughtGroup, short_help="Show or clean the download cache.")
@pass_invocation
@click.pass_context
def cache(context: click.Context, invocation: Invocation) -> None:
    """Show where the download cache is and how full, or clean it.

    The cache keeps copies of downloaded content that is not on this machine. A store in a local
    folder does without it. FINGERPOST_CACHE says where it is, FINGERPOST_CACHE_SIZE how much it
    may take; 0 turns it off.
    """
    if context.invoked_subcommand is None:
        _show(invocation)


@cache.command("clean", short_help="Remove cached content.", example=_CLEAN)
@click.option("--to", "to_size", metavar="SIZE", default="0", help="Leave up to this, such as 5GB")
@pass_invocation
def clean(invocation: Invocation, to_size: str) -> None:
    """Remove cached content, the least recently used first; by default all of it."""
    from fingerpost.adapters.downloads.cache import parse_size
    from fingerpost.bootstrap.download_cache import user_cache

    to_bytes = parse_size(to_size, "--to")
    removed = user_cache().clean(to_bytes)
    if invocation.is_json:
        emit_json({"removed": removed.to_dict()})
        return
    line(f"removed {count(removed.entries, 'entry', 'entries')}, {size(removed.size_bytes)}")


def _show(invocation: Invocation) -> None:
    from fingerpost.bootstrap.download_cache import user_cache

    held = user_cache()
    usage = held.usage()
    if invocation.is_json:
        about = {
            "folder": str(held.folder),
            "limit_bytes": held.limit_bytes,
            **usage.to_dict(),
        }
        emit_json({"cache": about})
        return
    line(str(held.folder))
    what = f"{count(usage.entries, 'entry', 'entries')}, {size(usage.size_bytes)}"
    if held.limit_bytes:
        line(f"{what} of {size(held.limit_bytes)}")
    else:
        line(f"{what}; off: FINGERPOST_CACHE_SIZE is 0")
