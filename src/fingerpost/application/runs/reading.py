"""What is asked of runs: what they logged, used and measured, and which of them touched a version.

A run is in a project, so a role in the entity of that project decides who may look at it. Where a
list crosses several entities, what the actor may not see is left out; all else raises
:class:`~fingerpost.errors.RoleRequiredError`, and that attempt is recorded.
"""

from collections.abc import Collection as Set
from collections.abc import Sequence
from uuid import UUID

from attrs import frozen

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.errors import RunNotFoundError
from fingerpost.domain.lineage import EdgeKind
from fingerpost.domain.versions.version import VersionRef

from ..ports.queries import Queries
from ..read_models.rows import CollectionRow, MetricsRow, RunArtifactRow, RunRow, VersionRow
from ..transactions.transaction import Session
from ..visibility import require_in_entity, require_to_see, seen_run, visible_homes


@frozen
class RunArtifact:
    """A version that a run logged or used.

    Attributes:
        position: place in the ledger of the event that says so.
        found: collection and version; ``None`` if it was deleted or the actor may not see it.
    """

    position: int
    found: tuple[CollectionRow, VersionRow] | None


def run_of(session: Session, run_id: UUID) -> RunRow:
    """Return a run whose identity is known.

    Raises:
        RunNotFoundError: there is none.
    """
    row = session.queries.run(run_id)
    if row is None:
        raise RunNotFoundError("run", run_id.hex, (), "Api().runs(PROJECT) lists those there are.")
    require_in_entity(session, row.entity_id, Action.VIEW)
    return row


def page_of_artifacts(
    session: Session, run_id: UUID, kind: EdgeKind, after: int, limit: int
) -> Sequence[RunArtifact]:
    """Return what a run logged or used after a position in the ledger, oldest first.

    What was used through a registry is the link, or its source once the link is taken away.
    """
    run_of(session, run_id)
    queries, visible = session.queries, visible_homes(session)
    rows = queries.artifacts_of(run_id, kind, after=after, limit=limit)
    return [RunArtifact(row.position, _found(queries, row, visible)) for row in rows]


def _found(
    queries: Queries, row: RunArtifactRow, visible: Set[UUID]
) -> tuple[CollectionRow, VersionRow] | None:
    for ref in dict.fromkeys((row.ref, row.source)):
        version, collection = queries.version(ref), queries.collection(ref.collection_id)
        if version is not None and collection is not None and collection.home_id in visible:
            return collection, version
    return None


def artifact_count(session: Session, run_id: UUID, kind: EdgeKind) -> int:
    """Return how many versions that are not deleted a run logged or used."""
    run_of(session, run_id)
    return session.queries.artifact_count(run_id, kind)


def page_of_metrics(
    session: Session, run_id: UUID, *, from_step: int, below_step: int | None, limit: int
) -> Sequence[MetricsRow]:
    """Return metrics of a run by step, in order."""
    run_of(session, run_id)
    return session.queries.history(run_id, from_step=from_step, below_step=below_step, limit=limit)


def runs_that_used(session: Session, ref: VersionRef) -> Sequence[RunRow]:
    """Return the runs that used a version or a link to it, and that the actor may see.

    Oldest use first, each once.

    Args:
        session: on whose behalf.
        ref: a version, or a link: then the uses of its source are meant.
    """
    require_to_see(session, ref.collection_id)
    visible = visible_homes(session)
    found = session.queries.used_by(_source(session, ref))
    return [row for row in found if row.entity_id in visible]


def logged_by(session: Session, ref: VersionRef) -> RunRow | None:
    """Return the run that first logged a version, or ``None`` if the actor may not see that run."""
    require_to_see(session, ref.collection_id)
    row = session.queries.version(ref)
    return None if row is None else seen_run(session, row.run_id)


def history_step(session: Session, ref: VersionRef) -> int | None:
    """Return the last step with metrics when the run that first logged a version did so.

    It is a fact about the version: a role where the version is suffices.
    """
    require_to_see(session, ref.collection_id)
    row = session.queries.version(ref)
    if row is None or row.run_id is None:
        return None
    return session.queries.logged_step(row.run_id, row.source or ref)


def _source(session: Session, ref: VersionRef) -> VersionRef:
    row = session.queries.version(ref)
    return ref if row is None else row.source or ref
