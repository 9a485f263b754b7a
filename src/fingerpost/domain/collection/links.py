"""Linking versions to a registry collection, and taking links away."""

from collections.abc import Iterable

from attrs import frozen

from ..aggregates.aggregate import Recording, envelope
from ..aggregates.permissions import Action, Authority
from ..errors import ProtectedVersionError
from ..events import Event, Linked, Unlinked, VersionPublished, VersionWithdrawn
from ..names.alias import LATEST, Alias
from ..versions.version import Version, VersionRef
from .head import Head
from .steps import place, point, take_off
from .versions import VersionCommands


@frozen(kw_only=True)
class LinkCommands(VersionCommands):
    """Commands about links. See :class:`~fingerpost.domain.collection.Collection`."""

    def link(
        self,
        source: VersionRef,
        type: str,
        aliases: Iterable[Alias],
        authority: Authority,
        existing: Version | None,
    ) -> list[Event]:
        """Link a source version as the next version, unless it is linked here already.

        Either way the aliases are given to the link.

        Args:
            source: the version to link; never itself a link.
            type: its artifact type.
            aliases: aliases for the link; ``latest`` may be among them if the link has it.
            authority: on whose behalf.
            existing: the link to the same source that is there already, if any.
        """
        authority.require(Action.LINK)
        self._require_type(type)
        recording = Recording[Head](self, authority.by)
        if existing is not None:
            index = existing.index
        else:
            index = self.next_index
            recording.add(
                Linked(
                    **recording.envelope(),
                    index=index,
                    source_collection_id=source.collection_id,
                    source_index=source.index,
                    type=type,
                    policy_version=authority.policy_version or 0,
                )
            )
            point(recording, Alias(LATEST), index, authority)
        place(recording, aliases, index, authority)
        return recording.events

    def unlink(self, link: Version, authority: Authority, *, cascade: bool = False) -> list[Event]:
        """Take a link away, with the aliases that it has.

        Args:
            link: the link.
            authority: on whose behalf.
            cascade: whether this follows from the deletion of the source, which nobody may do
                while the link holds a protected alias.

        Raises:
            ProtectedVersionError: (with ``cascade``) it holds a protected alias.
        """
        held = self.aliases_of(link.index)
        protected = [alias for alias in held if alias in authority.protected]
        if protected and cascade:
            authority.require(Action.UNLINK)  # who may not is told that, and not what it holds
            raise ProtectedVersionError(self.label(link.index), protected, authority.scope)
        authority.require(Action.UNLINK_PROTECTED if protected else Action.UNLINK)
        authority.require_reason(f"unlink {self.label(link.index)!r}")
        recording = Recording[Head](self, authority.by)
        for alias in held:
            take_off(recording, alias, authority)
        recording.add(
            Unlinked(
                **recording.envelope(),
                index=link.index,
                policy_version=authority.policy_version or 0,
            )
        )
        return recording.events

    def publish(self, index: int, link: VersionRef, authority: Authority) -> Event:
        """Note on the source's side that a version was linked."""
        return VersionPublished(
            **envelope(self.id, self.version + 1, authority.by),
            index=index,
            registry_collection_id=link.collection_id,
            link_index=link.index,
        )

    def withdraw(self, index: int, link: VersionRef, authority: Authority) -> Event:
        """Note on the source's side that a link is gone."""
        return VersionWithdrawn(
            **envelope(self.id, self.version + 1, authority.by),
            index=index,
            registry_collection_id=link.collection_id,
            link_index=link.index,
        )
