"""Tables: drawn on a terminal, and plain, whole columns where something else reads them."""

import sys
from collections.abc import Sequence

import click

from .output import is_rich, visible

Rows = Sequence[Sequence[str]]


def print_table(headers: Sequence[str], rows: Rows) -> None:
    """Print a table; nothing in it is ever cut off.

    On a terminal long cells are wrapped. Elsewhere each row is one line, however long, with two
    spaces or more between the columns.
    """
    shown = [[visible(cell) for cell in row] for row in rows]
    if is_rich(sys.stdout):
        _draw(headers, shown)
    else:
        _write_plain(headers, shown)


def _write_plain(headers: Sequence[str], rows: Rows) -> None:
    lines = [[header.upper() for header in headers], *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for cells in lines:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def _draw(headers: Sequence[str], rows: Rows) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=sys.stdout).print(table)
