"""What is asked of the history of a collection's aliases.

Each of these asks first whether the actor may look at the entity or registry that the collection
is in, and raises :class:`~fingerpost.errors.RoleRequiredError` if not; that attempt is recorded.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fingerpost.domain.names.alias import Alias

from ..read_models.rows import AliasChange
from ..transactions.transaction import Session
from ..visibility import require_to_see
from .as_of import moment, require_known


def alias_history(
    session: Session, collection_id: UUID, alias: Alias | None = None
) -> Sequence[AliasChange]:
    """Return every placing, move and removal of one or all aliases, oldest first."""
    require_to_see(session, collection_id)
    return session.queries.alias_history(collection_id, alias)


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
        return queries.alias_changes_at(collection_id, then, alias)
