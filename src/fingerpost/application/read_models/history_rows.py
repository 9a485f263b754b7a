"""Rows of the history of a registry or organization, and what is left of deleted versions."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from fingerpost.domain.metadata.metadata import JsonValue
from fingerpost.domain.versions.version import VersionRef

from ..json_form import Json, JsonForm
from .policy_descriptions import sentence


@frozen(kw_only=True)
class PolicyChange(JsonForm):
    """One row of the history of a registry or organization.

    Attributes:
        position: place in the ledger; it decides what came first.
        at: when, UTC, by the clock of the machine that made it.
        actor: on whose behalf.
        reason: why, where somebody said so.
        what: the event's wire name, such as ``registry.protected_alias_added``.
        facts: what else the event says, by name.
    """

    position: int
    at: datetime
    actor: str
    reason: str | None
    what: str
    facts: Mapping[str, JsonValue]

    @property
    def sentence(self) -> str:
        """What happened, in words."""
        return sentence(self.what, self.actor, self.facts)

    def to_dict(self) -> Json:
        """Return its JSON form."""
        return {**super().to_dict(), "sentence": self.sentence}


@frozen(kw_only=True)
class VersionRecord:
    """What is known of a version, deleted ones included.

    Attributes:
        ref: where it is, or was.
        position: place of its beginning in the ledger.
        digest: its digest; ``None`` for a link.
        source: the logged version, for a link.
        deleted_at: when it was deleted or unlinked, UTC; ``None`` if it was not.
    """

    ref: VersionRef
    position: int
    digest: str | None
    source: VersionRef | None
    deleted_at: datetime | None
