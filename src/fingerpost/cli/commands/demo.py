"""``fingerpost demo``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import CommandRunner, Invocation, pass_invocation
from ..terminal.output import emit_json, is_rich

if TYPE_CHECKING:
    from ..demo.shell import Ran
    from ..demo.tour import Line, Step

_NEXT: Final = """\
Try next
  fingerpost demo --keep tour      keep the folder, and look around in it
  fingerpost log NAME FILES... --type dataset
                                   your own files
  fingerpost --help                all commands; each one's --help has an example to paste
"""


@click.command(
    "demo",
    cls=TaughtCommand,
    short_help="See it all work, on real data.",
    example="fingerpost demo",
)
@click.option("--keep", metavar="FOLDER", help="Do it in this new or empty folder, and keep it")
@pass_invocation
def demo(invocation: Invocation, keep: str | None) -> None:
    """Show the main job on real data, in a temporary folder, without a network.

    Logs Fisher's iris measurements, trains a model on two versions of them, publishes it, protects
    `production`, and shows who moved what. Every line shown is run, and what it prints is shown.
    """
    from ..demo.shell import shell_in
    from ..demo.tour import VARIABLES, steps

    told = []
    with _folder(keep) as folder:
        if not invocation.is_json:
            _begin(folder, VARIABLES)
        with shell_in(folder, VARIABLES):
            for number, step in enumerate(steps(folder), start=1):
                source, ran = _run(step, invocation.run_command)
                told.append(
                    {
                        "title": step.title,
                        "commands": [{"line": it.line, "output": it.output} for it in ran],
                    }
                )
                if not invocation.is_json:
                    _show(number, step, source, ran)
    if invocation.is_json:
        emit_json({"folder": str(folder) if keep else None, "steps": told})
    else:
        click.echo(f"\nKept in {folder}\n" if keep else "\nNothing of this was left behind.\n")
        click.echo(_NEXT, nl=False)


@contextmanager
def _folder(keep: str | None) -> Iterator[Path]:
    if keep is None:
        with TemporaryDirectory(prefix="fingerpost-demo-") as name:
            yield Path(name).resolve()
        return
    folder = Path(keep).resolve()
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise click.UsageError(f"--keep {keep!r} is no empty folder; name one of its own")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


def _run(step: "Step", run: CommandRunner) -> "tuple[str, list[Ran]]":
    return step.prepare(), [_run_line(line, run) for line in step.lines]


def _run_line(line: "Line", run: CommandRunner) -> "Ran":
    from ..demo.shell import run_line

    ran = run_line(line.text, run)
    if ran.exit_code != line.exit_code:
        msg = f"`{ran.line}` ended with {ran.exit_code}, not {line.exit_code}:\n{ran.output}"
        raise RuntimeError(msg)
    return ran


def _begin(folder: Path, variables: dict[str, str]) -> None:
    click.echo("Fisher's iris measurements (1936), real and small, in a store of their own:\n")
    click.echo(f"  $ cd {folder}")
    click.echo("  $ export " + " ".join(f"{name}={value}" for name, value in variables.items()))


def _show(number: int, step: "Step", source: str, ran: "list[Ran]") -> None:
    click.echo("\n" + _styled(f"{number}. {step.title}", bold=True))
    for text in source.splitlines():
        click.echo(f"  {text}")
    for it in ran:
        click.echo(_styled(f"  $ {it.line}", fg="green"))
        for text in it.output.splitlines():
            click.echo(f"  {text}")
    sys.stdout.flush()


def _styled(text: str, *, bold: bool = False, fg: str | None = None) -> str:
    return click.style(text, bold=bold, fg=fg) if is_rich(sys.stdout) else text
