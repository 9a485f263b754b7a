"""Turn skipped tests into failures when the environment says ``CI=true``.

A test that was skipped has checked nothing. On a developer's machine that is a convenience; where a
result is relied on, it is a gap that nobody sees. Expected failures (``xfail``) stay what they are.
"""

import os
from collections.abc import Generator

import pytest

_REASON = "Skipped, which counts as a failure where CI=true"


def _is_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _is_ci() and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{_REASON}: {report.longrepr}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report
