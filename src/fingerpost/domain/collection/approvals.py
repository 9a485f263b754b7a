"""Who approved that a protected alias moves to one version of a registry collection."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Self
from uuid import UUID

from attrs import evolve, field, frozen

from ..aggregates.aggregate import envelope, foreign
from ..aggregates.permissions import Action, Authority
from ..errors import ApprovalNotFoundError, NotAPersonError
from ..events import ApprovalWithdrawn, Event, VersionApproved
from ..names.alias import Alias
from ..versions.version import VersionRef


@frozen(kw_only=True)
class Approvals:
    """Head of the approvals of one link for one alias.

    The stream's identity follows from collection, alias and version number, which is never used
    again: what is linked later, also the same source once more, starts without approvals. Each
    approval names the manifest, so that it counts for these bytes and no others.

    Attributes:
        manifests: who approved → content digest of the manifest that they approved.
    """

    id: UUID
    version: int
    manifests: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))

    @classmethod
    def none(cls, stream_id: UUID) -> Self:
        """Return the state before anybody approved."""
        return cls(id=stream_id, version=0)

    @classmethod
    def begin(cls, event: VersionApproved) -> Self:
        """Return the state after the first event."""
        return cls.none(event.originator_id).apply(event)

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        match event:
            case VersionApproved(actor=actor, manifest=manifest):
                manifests = {**self.manifests, actor: manifest}
            case ApprovalWithdrawn(actor=actor):
                manifests = {who: held for who, held in self.manifests.items() if who != actor}
            case _:
                raise foreign(event, self.id)
        return evolve(self, version=event.originator_version, manifests=MappingProxyType(manifests))

    def of(self, manifest: str) -> frozenset[str]:
        """Return who approved a version with this manifest."""
        return frozenset(who for who, held in self.manifests.items() if held == manifest)

    def approve(
        self,
        link: VersionRef,
        alias: Alias,
        manifest: str,
        authority: Authority,
        *,
        is_person: bool,
    ) -> list[Event]:
        """Approve the version; once more changes nothing.

        Raises:
            NotAPersonError: the actor is a service account.
        """
        authority.require(Action.APPROVE)
        actor = str(authority.by.actor)
        if not is_person:
            raise NotAPersonError(actor, "approve versions")
        if self.manifests.get(actor) == manifest:
            return []
        return [
            VersionApproved(
                **envelope(self.id, self.version + 1, authority.by),
                collection_id=link.collection_id,
                index=link.index,
                alias=str(alias),
                manifest=manifest,
            )
        ]

    def withdraw(
        self, link: VersionRef, alias: Alias, label: str, authority: Authority
    ) -> list[Event]:
        """Take the actor's approval back; where the alias is already, it stays.

        Raises:
            ApprovalNotFoundError: the actor did not approve.
        """
        authority.require(Action.VIEW)
        if str(authority.by.actor) not in self.manifests:
            raise ApprovalNotFoundError(
                f"approval of {str(alias)!r} by {str(authority.by.actor)!r} for",
                label,
                (),
                f"It was approved by: {', '.join(sorted(self.manifests)) or 'nobody'}.",
            )
        return [
            ApprovalWithdrawn(
                **envelope(self.id, self.version + 1, authority.by),
                collection_id=link.collection_id,
                index=link.index,
                alias=str(alias),
            )
        ]
