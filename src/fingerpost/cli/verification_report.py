"""Reports of what was verified, as JSON and as an error."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fingerpost.application.verification.report import VerificationReport


def report_json(report: "VerificationReport") -> dict[str, Any]:
    """Return the report for programs."""
    return {
        "target": report.target,
        "is_ok": report.is_ok,
        "checked": dict(report.checked),
        "problems": [{"where": it.where, "problem": it.problem} for it in report.problems],
    }


def require_ok(report: "VerificationReport") -> None:
    """Return if nothing is wrong.

    Raises:
        DamageFoundError: something is.
    """
    if not report.is_ok:
        from .views.check_errors import DamageFoundError

        raise DamageFoundError(report.target, [it.where for it in report.problems])
