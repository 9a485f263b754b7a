"""Events of the approvals of one version for one protected alias: a small stream of their own."""

from typing import ClassVar
from uuid import UUID

from attrs import frozen

from .base import Event


@frozen(kw_only=True)
class VersionApproved(Event):
    """Somebody approved that a protected alias moves to a version.

    Attributes:
        collection_id: the registry collection.
        index: N of the link.
        alias: the alias it was approved for.
        manifest: content digest of the version's manifest: what was approved.
    """

    wire_name: ClassVar[str] = "approval.given"
    collection_id: UUID
    index: int
    alias: str
    manifest: str


@frozen(kw_only=True)
class ApprovalWithdrawn(Event):
    """Somebody took their approval back.

    Attributes:
        collection_id: the registry collection.
        index: N of the link.
        alias: the alias it had been approved for.
    """

    wire_name: ClassVar[str] = "approval.withdrawn"
    collection_id: UUID
    index: int
    alias: str
