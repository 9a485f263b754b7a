"""Rows about automations, as use cases and the API see them."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from fingerpost.domain.automation import Scope, Trigger
from fingerpost.domain.metadata.metadata import JsonObject


@frozen(kw_only=True)
class AutomationRow:
    """An automation that is not deleted.

    Attributes:
        action: what is to be done, as the ledger has it.
        since: place in the ledger from which on it acts: where it was made or last enabled.
    """

    id: UUID
    position: int
    scope: Scope
    name: str
    trigger: Trigger
    action: JsonObject
    description: str | None
    is_enabled: bool
    since: int
    created_at: datetime
    created_by: str

    def acts_on(self, position: int) -> bool:
        """Whether it acts on what happened at a place in the ledger."""
        return self.is_enabled and self.since < position


@frozen(kw_only=True)
class SecretRow:
    """A secret that has a value; the value is elsewhere."""

    owner_id: UUID
    name: str
    set_at: datetime
    set_by: str
