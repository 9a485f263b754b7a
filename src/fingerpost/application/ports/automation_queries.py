"""The read-table queries about automations."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from fingerpost.domain.automation import Surroundings

from ..read_models.automation_rows import AutomationRow, SecretRow


class AutomationQueries(Protocol):
    """Queries about automations and the secrets that they use."""

    def automations(self) -> Sequence[AutomationRow]:
        """Return all automations that are not deleted, oldest first."""
        ...

    def automation(self, automation_id: UUID) -> AutomationRow | None:
        """Return an automation, unless it was deleted."""
        ...

    def surroundings(self, collection_id: UUID) -> Surroundings | None:
        """Return a collection's entity or registry, also for a deleted collection."""
        ...

    def entity_names(self) -> Mapping[UUID, str]:
        """Return the names of all teams and personal entities."""
        ...

    def secrets(self, owner_id: UUID) -> Sequence[SecretRow]:
        """Return the secrets of an organization or entity that have a value, by name."""
        ...
