"""The run that a piece of code is in, for ``artifact.save()`` and for drafts.

A context variable, not a global: it belongs to the thread or task that called ``init``. See
ADR 0005.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .run import Run

_RUNS: Final[ContextVar[tuple["Run", ...]]] = ContextVar("fingerpost_runs", default=())


def enter(run: "Run") -> None:
    """Make a run the current one."""
    _RUNS.set((*_RUNS.get(), run))


def leave(run: "Run") -> None:
    """Take a finished run out, whichever runs were entered since."""
    _RUNS.set(tuple(held for held in _RUNS.get() if held is not run))


def current_run() -> "Run | None":
    """Return the innermost run that is not finished, or ``None``."""
    return next(_running(), None)


def _running() -> Iterator["Run"]:
    return (run for run in reversed(_RUNS.get()) if not run.is_finished)
