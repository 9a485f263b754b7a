"""Reports of what was verified, as an error."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.application.verification.report import VerificationReport


def require_ok(report: "VerificationReport") -> None:
    """Return if nothing is wrong.

    Raises:
        DamageFoundError: something is.
    """
    if not report.is_ok:
        from .views.check_errors import DamageFoundError

        raise DamageFoundError(report.target, [it.where for it in report.problems])
