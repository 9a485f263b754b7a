"""The run that a piece of code is in, for ``artifact.save()`` and for drafts.

A context variable, not a global: it belongs to the thread or task that called ``init``. See
ADR 0005.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, Protocol

from attrs import frozen

if TYPE_CHECKING:
    from fingerpost.adapters.drafts.staging_area import StagingArea
    from fingerpost.adapters.references import Resolvers
    from fingerpost.bootstrap.store import OpenStore


class CurrentRun(Protocol):
    """What artifacts need of the run that they are made in."""

    @property
    def entity(self) -> str:
        """Its team or personal entity."""
        ...

    @property
    def project(self) -> str:
        """Its project."""
        ...

    @property
    def actor(self) -> str:
        """On whose behalf it runs."""
        ...

    @property
    def store(self) -> "OpenStore":
        """The store that it is in."""
        ...

    @property
    def is_finished(self) -> bool:
        """Whether it takes no more artifacts."""
        ...

    @property
    def resolvers(self) -> "Resolvers":
        """How references are resolved."""
        ...

    def new_spool(self) -> "StagingArea":
        """Return a place for the files of a draft."""
        ...

    def log_artifact(self, artifact_or_path: Any, /) -> object:
        """Log an artifact."""
        ...


@frozen(kw_only=True)
class Home:
    """Where a draft is logged that is saved outside of a run.

    Attributes:
        run: the run that it was made in, if any.
    """

    entity: str
    project: str
    actor: str
    store: "OpenStore"
    run: CurrentRun | None = None

    @classmethod
    def of(cls, run: CurrentRun) -> "Home":
        """Return the place of a run."""
        return cls(
            entity=run.entity, project=run.project, actor=run.actor, store=run.store, run=run
        )

    @property
    def running(self) -> CurrentRun | None:
        """The run, while it takes artifacts."""
        return None if self.run is None or self.run.is_finished else self.run


_RUNS: Final[ContextVar[tuple[CurrentRun, ...]]] = ContextVar("fingerpost_runs", default=())


def enter(run: CurrentRun) -> None:
    """Make a run the current one."""
    _RUNS.set((*_RUNS.get(), run))


def leave(run: CurrentRun) -> None:
    """Take a finished run out, whichever runs were entered since."""
    _RUNS.set(tuple(held for held in _RUNS.get() if held is not run))


def current_run() -> CurrentRun | None:
    """Return the innermost run that is not finished, or ``None``."""
    return next(_running(), None)


def _running() -> Iterator[CurrentRun]:
    return (run for run in reversed(_RUNS.get()) if not run.is_finished)
