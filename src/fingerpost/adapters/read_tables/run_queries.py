"""The queries about runs: what they logged, used and measured."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from fingerpost.application.read_models.rows import MetricsRow, RunArtifactRow, RunRow
from fingerpost.domain.lineage import EdgeKind
from fingerpost.domain.metadata.metadata import LARGEST_INTEGER
from fingerpost.domain.versions.version import VersionRef

from . import rows
from .cursor import Row
from .reader import SqlReader

_RUNS: Final = """
    SELECT r.id, r.position, r.entity_id, e.name AS entity, r.project, r.name, r.job_type, r.actor,
           r.started_at, r.finished_at, r.exit_code
    FROM runs r JOIN entities e ON e.id = r.entity_id
"""

_ARTIFACTS: Final = """
    SELECT a.position, a.collection_id, a.idx, v.source_collection_id, v.source_idx,
           COALESCE(s.is_deleted, v.is_deleted) AS is_deleted
    FROM run_artifacts a
    JOIN versions v ON v.collection_id = a.collection_id AND v.idx = a.idx
    LEFT JOIN versions s ON s.collection_id = v.source_collection_id AND s.idx = v.source_idx
    WHERE a.run_id=? AND a.direction=?
"""

_DIRECTIONS: Final = {EdgeKind.LOGGED: "output", EdgeKind.USED: "input"}

NO_LIMIT: Final = (1 << 63) - 1
"""As many as there are."""


class SqlRunQueries(SqlReader):
    """The part of ``Queries`` that is about runs."""

    def run(self, run_id: UUID) -> RunRow | None:
        """Return a run."""
        row = self._one(f"{_RUNS} WHERE r.id=?", run_id.hex)
        return None if row is None else rows.run(row)

    def runs(
        self, entity_id: UUID, project: str, *, below: int | None = None, limit: int
    ) -> Sequence[RunRow]:
        """Return runs of a project that began before a position, newest first."""
        where = "WHERE r.entity_id=? AND r.project=? AND r.position<?"
        newest = 1 << 62 if below is None else below
        sql = f"{_RUNS} {where} ORDER BY r.position DESC LIMIT ?"
        return [rows.run(row) for row in self._all(sql, entity_id.hex, project, newest, limit)]

    def run_count(self, entity_id: UUID, project: str) -> int:
        """Return the number of runs of a project."""
        sql = "SELECT COUNT(*) FROM runs WHERE entity_id=? AND project=?"
        return self._number(sql, entity_id.hex, project)

    def is_logged(self, run_id: UUID, ref: VersionRef) -> bool:
        """Whether the run logged the version."""
        return self._run_artifact(run_id, EdgeKind.LOGGED, ref) is not None

    def is_used(self, run_id: UUID, ref: VersionRef) -> bool:
        """Whether the run used the version."""
        return self._run_artifact(run_id, EdgeKind.USED, ref) is not None

    def logged_step(self, run_id: UUID, ref: VersionRef) -> int | None:
        """Return the last step with metrics when the run logged the version."""
        row = self._run_artifact(run_id, EdgeKind.LOGGED, ref)
        return None if row is None else row["step"]

    def _run_artifact(self, run_id: UUID, kind: EdgeKind, ref: VersionRef) -> Row:
        sql = (
            "SELECT step FROM run_artifacts WHERE run_id=? AND direction=? AND collection_id=? "
            "AND idx=?"
        )
        return self._one(sql, run_id.hex, _DIRECTIONS[kind], ref.collection_id.hex, ref.index)

    def artifacts_of(
        self, run_id: UUID, kind: EdgeKind, *, after: int = 0, limit: int
    ) -> Sequence[RunArtifactRow]:
        """Return what a run logged or used after a position, deleted versions too, oldest first."""
        sql = f"{_ARTIFACTS} AND a.position>? ORDER BY a.position LIMIT ?"
        found = self._all(sql, run_id.hex, _DIRECTIONS[kind], after, limit)
        return [rows.run_artifact(row) for row in found]

    def runs_of(
        self, ref: VersionRef, kind: EdgeKind, limit: int | None = None
    ) -> Sequence[RunRow]:
        """Return the runs that logged or used a version or a link to it, oldest first."""
        sql = (
            f"{_RUNS} JOIN (SELECT run_id, MIN(position) AS position FROM run_artifacts "
            "WHERE direction=? AND ((collection_id=? AND idx=?) OR (collection_id, idx) IN "
            "(SELECT collection_id, idx FROM versions WHERE source_collection_id=? AND "
            "source_idx=?)) GROUP BY run_id) a ON a.run_id = r.id ORDER BY a.position LIMIT ?"
        )
        ids = (ref.collection_id.hex, ref.index)
        most = NO_LIMIT if limit is None else limit
        return [rows.run(row) for row in self._all(sql, _DIRECTIONS[kind], *ids, *ids, most)]

    def artifact_count(self, run_id: UUID, kind: EdgeKind) -> int:
        """Return how many versions that are not deleted a run logged or used."""
        sql = f"SELECT COUNT(*) FROM ({_ARTIFACTS}) found WHERE is_deleted=0"
        return self._number(sql, run_id.hex, _DIRECTIONS[kind])

    def used_by(self, ref: VersionRef) -> Sequence[RunRow]:
        """Return the runs that used a version or a link to it, oldest use first, each once."""
        return self.runs_of(ref, EdgeKind.USED)

    def history(
        self, run_id: UUID, *, from_step: int = 0, below_step: int | None = None, limit: int
    ) -> Sequence[MetricsRow]:
        """Return metrics of a run by step, in order."""
        sql = (
            "SELECT step, metrics FROM run_metrics WHERE run_id=? AND step>=? AND step<=? "
            "ORDER BY step LIMIT ?"
        )
        last = LARGEST_INTEGER - 1 if below_step is None else below_step - 1
        return [rows.metrics(row) for row in self._all(sql, run_id.hex, from_step, last, limit)]
