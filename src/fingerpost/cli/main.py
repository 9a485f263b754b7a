"""The entry point: runs a command line and turns whatever happens into an exit code."""

import io
import os
import sys
from collections.abc import Sequence
from typing import Final

import click

from .app import app
from .terminal.failures import report
from .terminal.invocation import Invocation
from .terminal.warnings import warnings_shown

PROGRAM: Final = "fingerpost"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line of this process.

    Args:
        arguments: without the program's name; by default those of the process.

    Returns:
        The exit code; see ``fingerpost help exit-codes``.
    """
    # Who closes them (`>&-`) wants to see nothing; Python then has no stream at all.
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    # A terminal that cannot show a character gets its code; names are data, and no reason to fail.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return run(sys.argv[1:] if arguments is None else arguments)


def run(arguments: Sequence[str]) -> int:
    """Run a command line, with what it prints going to ``sys.stdout`` and ``sys.stderr``."""
    # Known before the arguments are understood, so that not understanding them is said in JSON.
    invocation = Invocation(run, is_json="--json" in arguments)
    try:
        with warnings_shown(invocation):
            _invoke(arguments, invocation)
        # A closed pipe must show here, not when the interpreter ends.
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except BrokenPipeError as error:
        _forget_stdout()
        return report(error, invocation)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the outermost frame
        return report(error, invocation)
    return 0


def _invoke(arguments: Sequence[str], invocation: Invocation) -> None:
    with app.make_context(PROGRAM, list(arguments), obj=invocation) as context:
        app.invoke(context)


def _forget_stdout() -> None:
    # What is still buffered has no reader; without this the interpreter complains at its end.
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = io.StringIO()
