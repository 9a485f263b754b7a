"""Printing code to paste."""

import sys

import click

from ..terminal.invocation import Invocation
from ..terminal.output import emit_json, is_unicode


def print_snippet(invocation: Invocation, path: str, code: str) -> None:
    """Print code that works when it is pasted, under any encoding."""
    if invocation.is_json:
        emit_json({"path": path, "code": code})
        return
    # Letters of other scripts stand inside string literals only: there an escape means the same.
    shown = code if is_unicode(sys.stdout) else code.encode("ascii", "backslashreplace").decode()
    click.echo(shown, nl=False)
