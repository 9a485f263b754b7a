"""The rules for changing a version's description, metadata, tags and time to live."""

from collections.abc import Iterable

from ..aggregates.aggregate import Recording
from ..aggregates.permissions import Action, Authority
from ..errors import LinkedVersionError
from ..events import (
    Event,
    MetadataChanged,
    TtlChanged,
    VersionDescribed,
    VersionTagged,
    VersionUntagged,
)
from ..metadata.metadata import JsonObject, is_same
from ..names.names import Tag
from ..unset import Unset
from ..versions.ttl import TimeToLive
from ..versions.version import Version
from .head import CollectionHead


def annotate(
    head: CollectionHead,
    version: Version,
    authority: Authority,
    *,
    description: str | Unset | None,
    metadata: JsonObject | Unset,
    added: Iterable[Tag],
    removed: Iterable[Tag],
    ttl: TimeToLive | Unset,
) -> list[Event]:
    """See :meth:`.Collection.annotate`."""
    authority.require(Action.DESCRIBE)
    recording = Recording(head, authority.by)
    if not isinstance(description, Unset):
        _describe(recording, version, description)
    if not isinstance(metadata, Unset):
        _change_metadata(recording, version, metadata)
    _remove_tags(recording, frozenset(removed) & version.tags, version.index)
    add_tags(recording, frozenset(added) - version.tags, version.index)
    if not isinstance(ttl, Unset):
        require_ttl_allowed(head, version, ttl)
        change_ttl(recording, version.index, version.ttl, ttl)
    return recording.events


def require_ttl_allowed(head: CollectionHead, version: Version, ttl: TimeToLive) -> None:
    """Raise ``LinkedVersionError`` if the version is linked and the time to live would change."""
    if version.links and ttl != version.ttl:
        raise LinkedVersionError(head.label(version.index), version.links)


def add_tags(recording: Recording[CollectionHead], tags: Iterable[str], index: int) -> None:
    """Record tags that a version does not have yet."""
    for tag in sorted(tags):
        recording.add(VersionTagged(**recording.envelope(), index=index, tag=str(tag)))


def change_ttl(
    recording: Recording[CollectionHead], index: int, current: TimeToLive, new: TimeToLive
) -> None:
    """Record a version's time to live if it changes."""
    if new != current:
        recording.add(
            TtlChanged(
                **recording.envelope(),
                index=index,
                inherits=new.inherits,
                duration_s=new.duration_s,
            )
        )


def _describe(
    recording: Recording[CollectionHead], version: Version, description: str | None
) -> None:
    if description != version.description:
        recording.add(
            VersionDescribed(**recording.envelope(), index=version.index, description=description)
        )


def _change_metadata(
    recording: Recording[CollectionHead], version: Version, metadata: JsonObject
) -> None:
    old = version.metadata
    changed = {
        key: new for key, new in metadata.items() if key not in old or not is_same(old[key], new)
    }
    removed = tuple(sorted(key for key in old if key not in metadata))
    if changed or removed:
        recording.add(
            MetadataChanged(
                **recording.envelope(), index=version.index, changed=changed, removed=removed
            )
        )


def _remove_tags(recording: Recording[CollectionHead], tags: Iterable[str], index: int) -> None:
    for tag in sorted(tags):
        recording.add(VersionUntagged(**recording.envelope(), index=index, tag=str(tag)))
