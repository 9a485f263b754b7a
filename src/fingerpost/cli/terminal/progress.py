"""A progress bar, where somebody watches and it takes long."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from .invocation import Invocation
from .output import is_rich, visible

LONG_BYTES: Final = 32 << 20
"""Less than this is done before a bar could be read."""


@contextmanager
def progress_bar(
    invocation: Invocation, what: str, size_bytes: int | None
) -> Iterator[Callable[[int], None] | None]:
    """Show a bar on standard error while the block runs, and then remove it.

    Args:
        invocation: says whether anybody wants one.
        what: what is being done.
        size_bytes: how much there is to do; ``None`` when that is not known.

    Yields:
        What to call with the number of bytes handled since the last call; ``None`` for no bar.
    """
    is_short = size_bytes is not None and size_bytes < LONG_BYTES
    if is_short or not is_watched(invocation):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(binary_units=True))
    console = Console(file=sys.stderr)
    with Progress(*columns, TransferSpeedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=size_bytes)
        yield lambda handled: bar.advance(task, handled)


@contextmanager
def counting_bar(
    invocation: Invocation, what: str, total: int | None
) -> Iterator[Callable[[int], None] | None]:
    """Show a bar that counts things, not bytes; see :func:`progress_bar`.

    Args:
        invocation: says whether anybody wants one.
        what: what is being done.
        total: how many there are, at most; ``None`` when that is not known.
    """
    if not is_watched(invocation):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    # Not as markup: a URI may hold brackets.
    told = TextColumn("{task.description}", markup=False)
    columns = (told, BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(visible(what), total=total)
        yield lambda handled: bar.advance(task, handled)


def is_watched(invocation: Invocation) -> bool:
    """Whether a person looks at standard error and has not asked for silence."""
    return not invocation.is_quiet and is_rich(sys.stderr)
