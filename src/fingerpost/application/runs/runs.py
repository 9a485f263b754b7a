"""Runs: starting them, noting what they use and measure, finishing them."""

from collections.abc import Mapping
from uuid import UUID

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.collection import Collection
from fingerpost.domain.errors import VersionNotFoundError
from fingerpost.domain.metadata.metadata import normalized
from fingerpost.domain.names.names import EntityName, ProjectName
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.run import Run
from fingerpost.domain.versions.version import VersionRef

from ..access.authority import over_collection, over_entity
from ..access.lookup import label_of
from ..organizations.entities import entity_in
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction


def start(
    session: Session,
    run_id: UUID,
    entity_name: EntityName | None,
    project: ProjectName,
    name: str,
    job_type: str | None,
) -> Entity:
    """Start a run in a project, and make its entity in the same step if need be.

    Returns:
        The entity.

    Raises:
        RoleRequiredError: the actor may not log under this entity, or may not make the team.
        InvalidNameError: name or job type is not valid.
    """

    def decide(transaction: Transaction) -> Entity:
        entity = entity_in(transaction, entity_name)
        over_entity(transaction, entity).require(Action.LOG)
        event = Run.start(
            run_id,
            entity_id=entity.id,
            project=project,
            name=name,
            job_type=job_type,
            by=transaction.by,
        )
        transaction.begin(Run.begin(event), event)
        return entity

    return session.transact(decide, subject=Subject.RUNS, is_keyed=False)


def log(session: Session, run_id: UUID, ref: VersionRef) -> None:
    """Note that a run put a version out; the second time changes nothing.

    Raises:
        RunFinishedError: the run is finished.
    """

    def decide(transaction: Transaction) -> None:
        run = transaction.load(Run, run_id)
        is_logged = transaction.queries.is_logged(run_id, ref)
        transaction.record(run.log(ref, transaction.by, is_logged=is_logged))

    session.transact(decide, subject=Subject.RUNS, is_keyed=False)


def use(session: Session, run_id: UUID, ref: VersionRef) -> None:
    """Note that a run uses a version; the second time changes nothing.

    Raises:
        RunFinishedError: the run is finished.
        RoleRequiredError: the actor may not use what is there.
    """

    def decide(transaction: Transaction) -> None:
        run = transaction.load(Run, run_id)
        head = transaction.load(Collection, ref.collection_id)
        if transaction.queries.version(ref) is None:
            gone = label_of(transaction.queries, ref)
            raise VersionNotFoundError("version", gone, (), "It was deleted.")
        over_collection(transaction, head).require(Action.USE)
        is_used = transaction.queries.is_used(run_id, ref)
        transaction.record(run.use(ref, transaction.by, is_used=is_used))

    session.transact(decide, subject=Subject.RUNS, is_keyed=False)


def log_metrics(
    session: Session,
    run_id: UUID,
    metrics: Mapping[str, object],
    *,
    step: int | None,
    commit: bool,
) -> None:
    """Note metrics of a run at a step; durable when it returns.

    Raises:
        RunFinishedError: the run is finished.
        InvalidMetadataError: a name or value is not JSON.
        InvalidValueError: the step is before the last one.
    """
    noted = normalized(metrics, "metrics")

    def decide(transaction: Transaction) -> None:
        run = transaction.load(Run, run_id)
        transaction.record(run.log_metrics(noted, transaction.by, step=step, commit=commit))

    session.transact(decide, subject=Subject.RUNS)


def finish(session: Session, run_id: UUID, exit_code: int) -> None:
    """Finish a run; the second time changes nothing."""

    def decide(transaction: Transaction) -> None:
        run = transaction.load(Run, run_id)
        transaction.record(run.finish(exit_code, transaction.by))

    session.transact(decide, subject=Subject.RUNS, is_keyed=False)
