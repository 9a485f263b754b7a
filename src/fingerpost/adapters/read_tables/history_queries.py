"""The queries about what was when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from fingerpost.application.read_models.history_rows import PolicyChange, VersionRecord
from fingerpost.application.read_models.rows import AliasChange
from fingerpost.domain.versions.version import VersionRef

from . import rows
from .cursor import Row, from_hex, from_micros, to_micros
from .reader import SqlReader

_CHANGE: Final = """
    h.*, (SELECT e.name || '/' || r.project || '/' || r.id
          FROM runs r JOIN entities e ON e.id = r.entity_id WHERE r.id = h.run_id) AS run_path
"""

ALIAS_CHANGES: Final = f"SELECT {_CHANGE} FROM alias_history h"
"""Changes of aliases, each with the path of its run."""

_ALL_AT: Final = f"""
    WITH RECURSIVE names(alias) AS (
        SELECT MIN(alias) FROM alias_history WHERE collection_id=?
        UNION ALL
        SELECT (SELECT MIN(h.alias) FROM alias_history h
                WHERE h.collection_id=? AND h.alias > names.alias)
        FROM names WHERE names.alias IS NOT NULL)
    SELECT {_CHANGE} FROM names CROSS JOIN alias_history h WHERE h.position = (
        SELECT MAX(position) FROM alias_history
        WHERE collection_id=? AND alias=names.alias AND position<=?)
    ORDER BY h.alias
"""
"""From one alias to the next by the index, and of each the last row: what it costs follows the
number of aliases, not that of their moves."""

_LAST_POSITION: Final = (
    "SELECT position FROM alias_history WHERE collection_id=? AND effective_at<=? "
    "ORDER BY effective_at DESC, position DESC LIMIT 1"
)

_ONE_AT: Final = (
    f"{ALIAS_CHANGES} WHERE collection_id=? AND alias=? "
    f"AND position<=({_LAST_POSITION}) ORDER BY position DESC LIMIT 1"
)

_BELOW: Final = 1 << 62


class SqlHistoryQueries(SqlReader):
    """The part of ``Queries`` that is about what was when."""

    def alias_changes_at(
        self, collection_id: UUID, at: datetime, alias: str | None = None
    ) -> Sequence[AliasChange]:
        """Return, of one or all aliases, the last change until a moment, removals included."""
        if alias is not None:
            ids = (collection_id.hex, alias, collection_id.hex)
            found = self._all(_ONE_AT, *ids, to_micros(at))
            return [rows.alias_change(row) for row in found]
        last = self.last_position_at(collection_id, at)
        ids = (collection_id.hex,) * 3
        return [rows.alias_change(row) for row in self._all(_ALL_AT, *ids, last)]

    def last_position_at(self, collection_id: UUID, at: datetime) -> int:
        """Return the position of the last change of any alias until a moment; 0 for none."""
        row = self._one(_LAST_POSITION, collection_id.hex, to_micros(at))
        return 0 if row is None else int(row["position"])

    def last_moment(self, collection_id: UUID) -> datetime | None:
        """Return from when on the last change of any alias counts."""
        sql = "SELECT MAX(effective_at) AS last FROM alias_history WHERE collection_id=?"
        last = self._one(sql, collection_id.hex)["last"]
        return None if last is None else from_micros(last)

    def first_alias_change(self, collection_id: UUID, alias: str) -> AliasChange | None:
        """Return the change that placed an alias for the first time."""
        sql = f"{ALIAS_CHANGES} WHERE collection_id=? AND alias=? ORDER BY position LIMIT 1"
        row = self._one(sql, collection_id.hex, alias)
        return None if row is None else rows.alias_change(row)

    def alias_change_below(
        self, collection_id: UUID, alias: str, position: int | None = None
    ) -> AliasChange | None:
        """Return the last change of an alias, or the last one below a position."""
        sql = (
            f"{ALIAS_CHANGES} WHERE collection_id=? AND alias=? AND position<? "
            "ORDER BY position DESC LIMIT 1"
        )
        row = self._one(sql, collection_id.hex, alias, _BELOW if position is None else position)
        return None if row is None else rows.alias_change(row)

    def version_record(self, ref: VersionRef) -> VersionRecord | None:
        """Return what is known of a version, whether or not it was deleted since."""
        sql = (
            "SELECT position, digest, source_collection_id, source_idx, is_deleted, updated_at "
            "FROM versions WHERE collection_id=? AND idx=?"
        )
        row = self._one(sql, ref.collection_id.hex, ref.index)
        if row is None:
            return None
        source = from_hex(row["source_collection_id"])
        return VersionRecord(
            ref=ref,
            position=row["position"],
            digest=row["digest"],
            source=VersionRef(collection_id=source, index=row["source_idx"]) if source else None,
            deleted_at=from_micros(row["updated_at"]) if row["is_deleted"] else None,
        )

    def policy_history(self, scope_id: UUID) -> Sequence[PolicyChange]:
        """Return what happened to a registry or organization, oldest first."""
        sql = "SELECT * FROM policy_history WHERE scope_id=? ORDER BY position"
        return [_policy_change(row) for row in self._all(sql, scope_id.hex)]

    def requires_reasons(self, registry_id: UUID) -> bool:
        """Whether aliases of a registry move only with a reason."""
        row = self._one("SELECT requires_reasons FROM registries WHERE id=?", registry_id.hex)
        return row is not None and bool(row["requires_reasons"])


def _policy_change(row: Row) -> PolicyChange:
    return PolicyChange(
        position=row["position"],
        at=from_micros(row["at"]),
        actor=row["actor"],
        reason=row["reason"],
        what=row["what"],
        facts=orjson.loads(row["facts"]),
    )
