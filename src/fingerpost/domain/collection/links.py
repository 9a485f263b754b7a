"""The rules for linking versions to a registry collection, and for removing links."""

from collections.abc import Iterable

from ..aggregates.aggregate import Recording, envelope
from ..aggregates.permissions import Action, Authority
from ..errors import ProtectedVersionError
from ..events import Event, Linked, Unlinked, VersionPublished, VersionWithdrawn
from ..names.alias import LATEST, Alias
from ..versions.version import Version, VersionRef
from .alias_steps import assign, move, remove
from .head import CollectionHead


def link(
    head: CollectionHead,
    source: VersionRef,
    type: str,
    aliases: Iterable[Alias],
    authority: Authority,
    existing: Version | None,
) -> list[Event]:
    """See :meth:`.Collection.link`."""
    authority.require(Action.LINK)
    head.require_type(type)
    recording = Recording(head, authority.by)
    index = existing.index if existing else _add_link(recording, source, type, authority)
    assign(recording, aliases, index, authority)
    return recording.events


def unlink(
    head: CollectionHead, linked: Version, authority: Authority, *, cascade: bool
) -> list[Event]:
    """See :meth:`.Collection.unlink`."""
    held = head.aliases_of(linked.index)
    protected = [alias for alias in held if alias in authority.protected]
    if protected and cascade:
        # The role is checked first: an actor without it does not learn what the link holds.
        authority.require(Action.UNLINK)
        raise ProtectedVersionError(head.label(linked.index), protected, authority.scope)
    authority.require(Action.UNLINK_PROTECTED if protected else Action.UNLINK)
    authority.require_reason(f"unlink {head.label(linked.index)!r}")
    recording = Recording(head, authority.by)
    for alias in held:
        remove(recording, alias, authority)
    recording.add(
        Unlinked(
            **recording.envelope(),
            index=linked.index,
            policy_version=authority.policy_version or 0,
        )
    )
    return recording.events


def publish(head: CollectionHead, index: int, link: VersionRef, authority: Authority) -> Event:
    """See :meth:`.Collection.publish`."""
    return VersionPublished(
        **envelope(head.id, head.version + 1, authority.by),
        index=index,
        registry_collection_id=link.collection_id,
        link_index=link.index,
    )


def withdraw(head: CollectionHead, index: int, link: VersionRef, authority: Authority) -> Event:
    """See :meth:`.Collection.withdraw`."""
    return VersionWithdrawn(
        **envelope(head.id, head.version + 1, authority.by),
        index=index,
        registry_collection_id=link.collection_id,
        link_index=link.index,
    )


def _add_link(
    recording: Recording[CollectionHead], source: VersionRef, type: str, authority: Authority
) -> int:
    index = recording.state.next_index
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
    move(recording, Alias(LATEST), index, authority)
    return index
