"""The part of the port to the read tables that is about what was when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fingerpost.domain.versions.version import VersionRef

from ..read_models.history_rows import PolicyChange, VersionRecord
from ..read_models.rows import AliasChange


class HistoryQueries(Protocol):
    """What can be asked of the past.

    A collection's state at a moment is that after the last change of an alias, in the order of the
    ledger, that counts from then or earlier (``AliasChange.effective_at``). No answer costs more
    because a collection has a longer history.
    """

    def alias_changes_at(
        self, collection_id: UUID, at: datetime, alias: str | None = None
    ) -> Sequence[AliasChange]:
        """Return, of one or all aliases, the last change until a moment, removals included.

        Sorted by alias; aliases of which nothing was known then are missing.
        """
        ...

    def first_alias_change(self, collection_id: UUID, alias: str) -> AliasChange | None:
        """Return the change that placed an alias for the first time."""
        ...

    def last_position_at(self, collection_id: UUID, at: datetime) -> int:
        """Return the position of the last change of any alias until a moment; 0 for none."""
        ...

    def last_moment(self, collection_id: UUID) -> datetime | None:
        """Return from when on the last change of any alias counts."""
        ...

    def alias_change_below(
        self, collection_id: UUID, alias: str, position: int | None = None
    ) -> AliasChange | None:
        """Return the last change of an alias, or the last one below a position."""
        ...

    def version_record(self, ref: VersionRef) -> VersionRecord | None:
        """Return what is known of a version, whether or not it was deleted since."""
        ...

    def policy_history(self, scope_id: UUID) -> Sequence[PolicyChange]:
        """Return what happened to a registry or organization, oldest first."""
        ...

    def requires_reasons(self, registry_id: UUID) -> bool:
        """Whether aliases of a registry move only with a reason."""
        ...
