"""What ``fingerpost verify --references`` says, and the exit code that follows."""

from typing import TYPE_CHECKING

from ..terminal.invocation import Invocation
from ..terminal.output import count, emit_json, line
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.adapters.downloads.drift import DriftReport


def answer(invocation: Invocation, report: "DriftReport", *, is_strict: bool) -> None:
    """Print a report.

    Args:
        invocation: says for whom.
        report: what was found.
        is_strict: whether what cannot be verified counts as a problem.
    """
    if invocation.is_json:
        told = report.to_dict()
        emit_json({**told, "is_ok": report.is_same} if is_strict else told)
        return
    if report.drifted:
        rows = [
            (each.state.value, each.path, each.uri, each.recorded, each.found or "-")
            for each in report.drifted
        ]
        print_table(("state", "path", "uri", "recorded", "found"), rows)
    else:
        line(f"ok: {report.artifact}")
    invocation.hint(f"compared: {_counted(report)}")
    _hint_at_unverifiable(invocation, report)


def require_same(report: "DriftReport", *, is_strict: bool) -> None:
    """Return if nothing drifted.

    Raises:
        DriftFoundError: something changed or is missing, or (strict) cannot be verified.
        NotComparedError: otherwise, if a provider did not tell.
    """
    from fingerpost.adapters.downloads.drift import Drift

    from .check_errors import DriftFoundError, NotComparedError

    damage = {Drift.CHANGED, Drift.MISSING} | ({Drift.UNVERIFIABLE} if is_strict else set())
    damaged = [each.path for each in report.drifted if each.state in damage]
    if damaged:
        raise DriftFoundError(report.artifact, damaged)
    if not report.is_told:
        silent = {Drift.REFUSED, Drift.UNREACHABLE}
        untold = [each.path for each in report.drifted if each.state in silent]
        raise NotComparedError(report.artifact, untold)


def _counted(report: "DriftReport") -> str:
    from fingerpost.adapters.downloads.drift import Drift

    if not report.total:
        return "nothing, it has no references"
    counts = {state: report.count(state) for state in Drift}
    states = ", ".join(f"{number:,} {state}" for state, number in counts.items() if number)
    return f"{count(report.total, 'reference')}: {states}"


def _hint_at_unverifiable(invocation: Invocation, report: "DriftReport") -> None:
    from fingerpost.adapters.downloads.drift import Drift

    if report.count(Drift.UNVERIFIABLE):
        invocation.hint(
            "unverifiable: nothing was recorded that could tell, as with checksum=False. "
            "--strict makes that a failure."
        )
