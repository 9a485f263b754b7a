"""``fingerpost verify``."""

from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.progress import counting_bar, progress_bar
from ..terminal.table import print_table
from ..verification_report import require_ok
from ..views.drift import answer, require_same

if TYPE_CHECKING:
    from fingerpost.application.verification.report import VerificationReport
    from fingerpost.bootstrap.store import OpenStore

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
fingerpost download table --root copy
fingerpost verify table --root copy     # the folder
fingerpost verify table                 # what the store holds of it
fingerpost verify                       # the whole store
fingerpost verify table --references    # what it refers to
"""


@click.command(
    "verify", cls=TaughtCommand, short_help="Check folders, versions, the store.", example=_EXAMPLE
)
@click.argument("path", metavar="[PATH[:ALIAS]]", required=False)
@click.option("--root", help="Compare this folder with the version, file by file")
@click.option("--references", is_flag=True, help="Compare what its references point at now")
@click.option("--strict", is_flag=True, help="With --references: unverifiable ones fail, too")
@pass_invocation
def verify(
    invocation: Invocation, path: str | None, root: str | None, references: bool, strict: bool
) -> None:
    """Read bytes again and compare them with what was recorded.

    With --root a folder is compared with the version; without it every file of the version is
    read from the store, and nothing is written. Without PATH the whole store is checked: every
    event of the ledger, every stored byte, and that no version lacks any. What is damaged is
    named, and the exit code is 6.

    References are looked at with --references alone: each is the same, changed, missing or
    unverifiable, or its provider refused or could not be reached. What changed or is missing
    makes the exit code 6; else what could not be asked makes it 7.
    """
    if path is None and root is not None:
        raise click.UsageError("--root needs the PATH that the folder is compared with")
    _require_fitting(path, root, references=references, strict=strict)
    if references:
        _verify_references(invocation, str(path), is_strict=strict)
        return
    _verify(invocation, path, root)


def verify_store(invocation: Invocation) -> None:
    """Check the whole store, and answer.

    Raises:
        DamageFoundError: something is wrong.
    """
    _verify(invocation, None, None)


def _verify(invocation: Invocation, path: str | None, root: str | None) -> None:
    with invocation.opened() as opened:
        report = _report(invocation, opened, path, root)
    _answer(invocation, report)
    require_ok(report)


def _require_fitting(path: str | None, root: str | None, *, references: bool, strict: bool) -> None:
    if references and path is None:
        raise click.UsageError("--references needs the PATH whose references are compared")
    if references and root is not None:
        raise click.UsageError("--references looks at no folder: leave out --root")
    if strict and not references:
        raise click.UsageError("--strict needs --references")


def _verify_references(invocation: Invocation, path: str, *, is_strict: bool) -> None:
    with invocation.api() as api:
        artifact = api.artifact(path)
        with counting_bar(invocation, "comparing", artifact.file_count) as progress:
            report = artifact.verify_references(progress=progress)
    answer(invocation, report, is_strict=is_strict)
    require_same(report, is_strict=is_strict)


def _report(
    invocation: Invocation, opened: "OpenStore", path: str | None, root: str | None
) -> "VerificationReport":
    from ..verification import check_folder, check_version

    if path is None:
        with progress_bar(invocation, "checking", None) as progress:
            return opened.verify(progress)
    artifact = invocation.api_of(opened).artifact(path)
    if root is not None:
        return check_folder(artifact, root)
    with progress_bar(invocation, "checking", artifact.size) as progress:
        return check_version(opened, artifact, progress)


def _answer(invocation: Invocation, report: "VerificationReport") -> None:
    if invocation.is_json:
        emit_json(report.to_dict())
        return
    checked = ", ".join(
        f"{what.replace('_', ' ')} {number:,}" for what, number in report.checked.items()
    )
    if report.problems:
        print_table(("where", "problem"), [(each.where, each.problem) for each in report.problems])
    else:
        line(f"ok: {report.target}")
    invocation.hint(f"checked: {checked}")
