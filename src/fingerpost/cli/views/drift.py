"""What ``fingerpost verify --references`` says, and the exit code that follows."""

from typing import TYPE_CHECKING, Any

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
        emit_json(_as_json(report, is_strict=is_strict))
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


def _as_json(report: "DriftReport", *, is_strict: bool) -> dict[str, Any]:
    from fingerpost.adapters.downloads.drift import Drift

    is_ok = report.is_same if is_strict else report.is_told and not report.is_damaged
    return {
        "target": report.artifact,
        "is_ok": is_ok,
        "checked": {state.value: report.count(state) for state in Drift},
        "problems": [
            {
                "where": each.path,
                "problem": each.state.value,
                "uri": each.uri,
                "recorded": each.recorded,
                "found": each.found,
            }
            for each in report.drifted
        ],
    }


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
