"""The part of the port to the read tables that is about runs."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from fingerpost.domain.lineage import EdgeKind
from fingerpost.domain.versions.version import VersionRef

from ..read_models.rows import MetricsRow, RunArtifactRow, RunRow


class RunQueries(Protocol):
    """What can be asked of runs: what they logged, used and measured.

    Pages go by ``position``, the place in the ledger, which never changes: whatever else comes or
    goes between two pages, nothing is missed and nothing comes twice.
    """

    def run(self, run_id: UUID) -> RunRow | None:
        """Return a run."""
        ...

    def runs(
        self, entity_id: UUID, project: str, *, below: int | None = None, limit: int
    ) -> Sequence[RunRow]:
        """Return runs of a project that began before a position, newest first."""
        ...

    def run_count(self, entity_id: UUID, project: str) -> int:
        """Return the number of runs of a project."""
        ...

    def is_logged(self, run_id: UUID, ref: VersionRef) -> bool:
        """Whether the run logged the version."""
        ...

    def is_used(self, run_id: UUID, ref: VersionRef) -> bool:
        """Whether the run used the version."""
        ...

    def logged_step(self, run_id: UUID, ref: VersionRef) -> int | None:
        """Return the last step with metrics when the run logged the version.

        ``None`` when there was none by then, or the run did not log the version.
        """
        ...

    def artifacts_of(
        self, run_id: UUID, kind: EdgeKind, *, after: int = 0, limit: int
    ) -> Sequence[RunArtifactRow]:
        """Return what a run logged or used after a position, deleted versions too, oldest first."""
        ...

    def artifact_count(self, run_id: UUID, kind: EdgeKind) -> int:
        """Return how many versions that are not deleted a run logged or used."""
        ...

    def runs_of(
        self, ref: VersionRef, kind: EdgeKind, limit: int | None = None
    ) -> Sequence[RunRow]:
        """Return the runs that logged or used a version or a link to it, each once, oldest first.

        Links that were taken away count too.
        """
        ...

    def used_by(self, ref: VersionRef) -> Sequence[RunRow]:
        """Return the runs that used a version or a link to it, oldest use first, each once."""
        ...

    def history(
        self, run_id: UUID, *, from_step: int = 0, below_step: int | None = None, limit: int
    ) -> Sequence[MetricsRow]:
        """Return metrics of a run by step, in order."""
        ...
