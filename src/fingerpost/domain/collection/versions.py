"""The rules for logging, deleting and expiring versions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..aggregates.aggregate import Recording
from ..aggregates.permissions import Action, Authority
from ..errors import VersionHasAliasesError
from ..events import Event, VersionDeleted, VersionLogged
from ..names.alias import LATEST, Alias
from ..names.names import Tag
from ..versions.ttl import INHERITED, TimeToLive
from ..versions.version import NewVersion, Version
from .alias_steps import assign, move, remove
from .head import CollectionHead
from .version_annotations import add_tags, change_ttl, require_ttl_allowed


def log_version(
    head: CollectionHead,
    new: NewVersion,
    aliases: Iterable[Alias],
    tags: Iterable[Tag],
    authority: Authority,
    latest: Version | None,
    ttl: TimeToLive | None,
) -> list[Event]:
    """See :meth:`.Collection.log_version`."""
    authority.require(Action.LOG)
    head.require_type(new.type)
    recording = Recording(head, authority.by)
    is_logged = new.origin is not None or head.is_latest(new.digest, new.manifest)
    existing = latest if is_logged else None
    if existing is not None and ttl is not None:
        require_ttl_allowed(head, existing, ttl)
    index = existing.index if existing else _add_version(recording, new, authority)
    assign(recording, aliases, index, authority)
    add_tags(recording, frozenset(tags) - (existing.tags if existing else frozenset()), index)
    if ttl is not None:
        change_ttl(recording, index, existing.ttl if existing else INHERITED, ttl)
    return recording.events


def delete_version(
    head: CollectionHead, version: Version, authority: Authority, *, delete_aliases: bool
) -> list[Event]:
    """See :meth:`.Collection.delete_version`."""
    authority.require(Action.DELETE_VERSION)
    held = head.aliases_of(version.index)
    if held and not delete_aliases:
        raise VersionHasAliasesError(head.label(version.index), held)
    recording = Recording(head, authority.by)
    for alias in held:
        remove(recording, alias, authority)
    recording.add(VersionDeleted(**recording.envelope(), index=version.index))
    return recording.events


def expire(
    head: CollectionHead,
    version: Version,
    logged_at: datetime,
    default_ttl_s: int | None,
    authority: Authority,
) -> list[Event]:
    """See :meth:`.Collection.expire`."""
    authority.require(Action.EXPIRE)
    kept_s = version.ttl.effective_s(default_ttl_s)
    if version.links or kept_s is None:
        return []
    if authority.by.at < logged_at + timedelta(seconds=kept_s):
        return []
    return delete_version(head, version, authority, delete_aliases=True)


def _add_version(
    recording: Recording[CollectionHead], new: NewVersion, authority: Authority
) -> int:
    index = recording.state.next_index
    recording.add(
        VersionLogged(
            **recording.envelope(),
            index=index,
            digest=new.digest,
            manifest=new.manifest,
            size_bytes=new.size_bytes,
            file_count=new.file_count,
            description=new.description,
            metadata=new.metadata,
            base_collection_id=new.base.collection_id if new.base else None,
            base_index=new.base.index if new.base else None,
            origin=new.origin,
        )
    )
    move(recording, Alias(LATEST), index, authority)
    return index
