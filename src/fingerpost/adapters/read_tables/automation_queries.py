"""The queries about automations and the secrets that they use."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import orjson

from fingerpost.application.read_models.automation_rows import AutomationRow, SecretRow
from fingerpost.domain.automation import Scope, ScopeKind, Surroundings, Trigger, TriggerKind

from .cursor import Row, from_hex, from_micros
from .reader import SqlReader

_SURROUNDINGS: Final = """
    SELECT c.id, c.home_id, c.project,
           COALESCE(e.organization_id, r.organization_id) AS organization_id
    FROM collections c
    LEFT JOIN entities e ON e.id = c.home_id
    LEFT JOIN registries r ON r.id = c.home_id
    WHERE c.id=?
"""


class SqlAutomationQueries(SqlReader):
    """The part of ``Queries`` that is about automations."""

    def automations(self) -> Sequence[AutomationRow]:
        """Return all automations that are not deleted, oldest first."""
        sql = "SELECT * FROM automations WHERE is_deleted=0 ORDER BY position"
        return [_automation(row) for row in self._all(sql)]

    def automation(self, automation_id: UUID) -> AutomationRow | None:
        """Return an automation, unless it was deleted."""
        sql = "SELECT * FROM automations WHERE id=? AND is_deleted=0"
        row = self._one(sql, automation_id.hex)
        return None if row is None else _automation(row)

    def surroundings(self, collection_id: UUID) -> Surroundings | None:
        """Return where a collection is, or was when it was deleted."""
        row = self._one(_SURROUNDINGS, collection_id.hex)
        if row is None:
            return None
        return Surroundings(
            collection_id=UUID(row["id"]),
            home_id=UUID(row["home_id"]),
            project=row["project"],
            organization_id=from_hex(row["organization_id"]),
        )

    def entity_names(self) -> Mapping[UUID, str]:
        """Return the names of all teams and personal entities."""
        return {UUID(row["id"]): row["name"] for row in self._all("SELECT id, name FROM entities")}

    def secrets(self, owner_id: UUID) -> Sequence[SecretRow]:
        """Return the secrets of an organization or entity that have a value, by name."""
        sql = "SELECT * FROM secrets WHERE owner_id=? ORDER BY name"
        return [_secret(row) for row in self._all(sql, owner_id.hex)]


def _automation(row: Row) -> AutomationRow:
    scope = Scope(
        kind=ScopeKind(row["scope_kind"]), id=UUID(row["scope_id"]), project=row["project"]
    )
    trigger = Trigger(
        kind=TriggerKind(row["trigger_kind"]),
        alias=row["alias"],
        alias_pattern=row["alias_pattern"],
        tag=row["tag"],
        tag_pattern=row["tag_pattern"],
    )
    return AutomationRow(
        id=UUID(row["id"]),
        position=row["position"],
        scope=scope,
        name=row["name"],
        trigger=trigger,
        action=orjson.loads(row["action"]),
        description=row["description"],
        is_enabled=bool(row["is_enabled"]),
        since=row["since"],
        created_at=from_micros(row["created_at"]),
        created_by=row["created_by"],
    )


def _secret(row: Row) -> SecretRow:
    return SecretRow(
        owner_id=UUID(row["owner_id"]),
        name=row["name"],
        set_at=from_micros(row["set_at"]),
        set_by=row["set_by"],
    )
