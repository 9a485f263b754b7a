"""Running the lines of the demo as a shell would, in this process, and keeping what they print."""

import io
import os
import runpy
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from attrs import frozen


@frozen
class Ran:
    """A line, what it printed, and its exit code."""

    line: str
    output: str
    exit_code: int


@contextmanager
def shell_in(folder: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Work in a folder, with these environment variables, while the block runs."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        with chdir(folder):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def run_line(line: str, run: Callable[[Sequence[str]], int]) -> Ran:
    """Run ``fingerpost …`` or ``python SCRIPT …``.

    Args:
        line: the command line.
        run: runs the arguments of ``fingerpost``, and returns the exit code.
    """
    program, *arguments = shlex.split(line)
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        exit_code = _python(arguments) if program == "python" else run(arguments)
    return Ran(line, printed.getvalue().rstrip(), exit_code)


def _python(arguments: list[str]) -> int:
    before, sys.argv = sys.argv, arguments
    try:
        runpy.run_path(arguments[0], run_name="__main__")
    finally:
        sys.argv = before
    return 0
