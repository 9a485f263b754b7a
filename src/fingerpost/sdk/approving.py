"""Approving versions in a registry."""

from datetime import datetime

from attrs import frozen

from fingerpost.application.collections import approvals
from fingerpost.application.json_form import JsonForm
from fingerpost.domain.names.alias import Alias

from .fetched import Fetched


@frozen(kw_only=True)
class Approval(JsonForm):
    """Somebody's approval that an alias moves to a version.

    Attributes:
        alias: what it was approved for.
        by: who approved.
        at: when, UTC.
        reason: why, where they said so.
        counts: whether it counts today: for the manifest that the version has, by a person who
            may approve. Of whoever moves the alias their own never counts.
    """

    alias: str
    by: str
    at: datetime
    reason: str | None
    counts: bool


class Approvable:
    """Can be approved. See :class:`~fingerpost.Artifact`."""

    def _require_logged(self, attempted: str) -> Fetched:
        raise NotImplementedError

    def approve(self, alias: str, reason: str | None = None) -> None:
        """Approve that a protected alias of the registry moves to this link; once more is the same.

        The approval is for exactly this version: for its number, and for the bytes that its
        manifest names. A registry says with ``require_approvals`` how many an alias needs.

        Args:
            alias: a protected alias of the registry.
            reason: why, for the history.

        Raises:
            NotARegistryVersionError: this is a source version (a ``ValueError``).
            NoSuchThingError: the registry does not protect the alias.
            NotAPersonError: the actor is a service account.
            RoleRequiredError: the actor may not approve there; the attempt itself is recorded.
        """
        fetched = self._require_logged("approve it")
        approvals.approve(fetched.session(), fetched.row.ref, Alias(alias), reason)

    def withdraw_approval(self, alias: str, reason: str | None = None) -> None:
        """Take the actor's approval back. Where the alias is already it stays.

        Raises:
            ApprovalNotFoundError: the actor had not approved.
            NotARegistryVersionError: this is a source version (a ``ValueError``).
        """
        fetched = self._require_logged("withdraw its approval")
        approvals.withdraw(fetched.session(), fetched.row.ref, Alias(alias), reason)

    def approvals(self, alias: str | None = None) -> list[Approval]:
        """Return who approved this link, by alias, then oldest first.

        Args:
            alias: only those for this alias.

        Raises:
            NotARegistryVersionError: this is a source version (a ``ValueError``).
        """
        fetched = self._require_logged("read its approvals")
        wanted = None if alias is None else Alias(alias)
        counted = approvals.counted(fetched.session(), fetched.row)
        return [
            Approval(alias=row.alias, by=row.actor, at=row.at, reason=row.reason, counts=counts)
            for row, counts in counted
            if wanted is None or row.alias == wanted
        ]
