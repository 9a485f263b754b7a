"""What is asked of the history of a collection's aliases.

Each of these asks first whether the actor may look at the entity or registry that the collection
is in, and raises :class:`~fingerpost.errors.RoleRequiredError` if not; that attempt is recorded.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from attrs import evolve

from fingerpost.domain.names.alias import Alias

from ..read_models.rows import AliasChange
from ..transactions.transaction import Session
from ..visibility import require_to_see, seen_run
from .as_of import moment, require_known


def alias_history(
    session: Session, collection_id: UUID, alias: Alias | None = None
) -> Sequence[AliasChange]:
    """Return every placing, move and removal of one or all aliases, oldest first."""
    require_to_see(session, collection_id)
    return _with_seen_runs(session, session.queries.alias_history(collection_id, alias))


def alias_changes_at(
    session: Session, collection_id: UUID, at: datetime, alias: Alias | None = None
) -> Sequence[AliasChange]:
    """Return, of one or all aliases, the last change until a moment, removals included.

    Raises:
        InvalidValueError: the moment has no time zone, or is in the future.
    """
    then = moment(at)
    require_to_see(session, collection_id)
    with session.queries.snapshot() as queries:
        require_known(queries, collection_id, then, session.store.clock())
        changes = queries.alias_changes_at(collection_id, then, alias)
    return _with_seen_runs(session, changes)


def _with_seen_runs(session: Session, changes: Sequence[AliasChange]) -> Sequence[AliasChange]:
    """Return the changes without the paths of runs that the actor may not see."""
    run_of_entity = {_entity_of(each.run): each.run_id for each in changes if each.run}
    hidden = {
        entity for entity, run_id in run_of_entity.items() if seen_run(session, run_id) is None
    }
    if not hidden:
        return changes
    return [
        evolve(each, run=None) if each.run and _entity_of(each.run) in hidden else each
        for each in changes
    ]


def _entity_of(run_path: str) -> str:
    return run_path.partition("/")[0]
