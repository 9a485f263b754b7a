"""What can be done with the versions of a collection, and said of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import frozen

from ..aggregates.aggregate import Recording
from ..aggregates.permissions import Action, Authority
from ..errors import LinkedVersionError, TypeMismatchError, VersionHasAliasesError
from ..events import (
    Event,
    VersionDeleted,
    VersionDescribed,
    VersionLogged,
    VersionUntagged,
)
from ..metadata.metadata import JsonObject
from ..names.alias import LATEST, Alias
from ..names.names import Tag
from ..versions.ttl import INHERITED, TimeToLive
from ..versions.version import NewVersion, Version
from .head import Head
from .steps import change_metadata, keep, place, point, tag, take_off
from .unset import UNSET, Unset


@frozen(kw_only=True)
class VersionCommands(Head):
    """Commands about versions. See :class:`~fingerpost.domain.collection.Collection`."""

    def log_version(
        self,
        new: NewVersion,
        aliases: Iterable[Alias],
        tags: Iterable[Tag],
        authority: Authority,
        latest: Version | None,
        ttl: TimeToLive | None = None,
    ) -> list[Event]:
        """Log content as the next version, unless ``latest`` holds the same already.

        What comes from another registry is a version for each that it was there, the same content
        or not, and is logged once.

        Either way aliases, tags and time to live are given to the version that then holds the
        content.

        Args:
            new: the content.
            aliases: aliases for it; ``latest`` may be among them.
            tags: tags for it.
            authority: on whose behalf.
            latest: the version that ``latest`` points at, as stored, or ``None``; for content with
                an origin, the version with that origin.
            ttl: time to live for it; ``None`` says nothing of it.
        """
        authority.require(Action.LOG)
        self._require_type(new.type)
        recording = Recording[Head](self, authority.by)
        tagged: frozenset[str] = frozenset()
        held = INHERITED
        is_there = new.origin is not None or self.is_latest(new.digest, new.manifest)
        if is_there and latest is not None:
            index, tagged, held = latest.index, latest.tags, latest.ttl
            if ttl is not None:
                self._require_unlinked(latest, ttl)
        else:
            index = self.next_index
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
            point(recording, Alias(LATEST), index, authority)
        place(recording, aliases, index, authority)
        tag(recording, frozenset(tags) - tagged, index)
        if ttl is not None:
            keep(recording, index, held, ttl)
        return recording.events

    def delete_version(
        self, version: Version, authority: Authority, *, delete_aliases: bool
    ) -> list[Event]:
        """Delete a version and, where asked, the aliases that it has.

        Raises:
            VersionHasAliasesError: it has aliases and ``delete_aliases`` is false.
        """
        authority.require(Action.DELETE_VERSION)
        held = self.aliases_of(version.index)
        if held and not delete_aliases:
            raise VersionHasAliasesError(self.label(version.index), held)
        recording = Recording[Head](self, authority.by)
        for alias in held:
            take_off(recording, alias, authority)
        recording.add(VersionDeleted(**recording.envelope(), index=version.index))
        return recording.events

    def expire(
        self,
        version: Version,
        logged_at: datetime,
        default_ttl_s: int | None,
        authority: Authority,
    ) -> list[Event]:
        """Delete a version, and the aliases that it has, if its time to live has passed.

        A version that is linked is kept, and with it whatever a protected alias holds.

        Args:
            version: the version, with its links.
            logged_at: when it was logged, UTC.
            default_ttl_s: its entity's default, in seconds.
            authority: on whose behalf, and when.
        """
        authority.require(Action.EXPIRE)
        kept_s = version.ttl.effective_s(default_ttl_s)
        if version.links or kept_s is None:
            return []
        if authority.by.at < logged_at + timedelta(seconds=kept_s):
            return []
        return self.delete_version(version, authority, delete_aliases=True)

    def annotate(
        self,
        version: Version,
        authority: Authority,
        *,
        description: str | Unset | None = UNSET,
        metadata: JsonObject | Unset = UNSET,
        add_tags: Iterable[Tag] = (),
        remove_tags: Iterable[Tag] = (),
        ttl: TimeToLive | Unset = UNSET,
    ) -> list[Event]:
        """Change what is said of a version; only differences become events.

        Raises:
            LinkedVersionError: (with ``ttl``) it is linked, and so it is kept.
        """
        authority.require(Action.DESCRIBE)
        recording = Recording[Head](self, authority.by)
        index = version.index
        if not isinstance(description, Unset) and description != version.description:
            recording.add(
                VersionDescribed(**recording.envelope(), index=index, description=description)
            )
        if not isinstance(metadata, Unset):
            change_metadata(recording, version, metadata)
        for gone in sorted(frozenset(remove_tags) & version.tags):
            recording.add(VersionUntagged(**recording.envelope(), index=index, tag=str(gone)))
        tag(recording, frozenset(add_tags) - version.tags, index)
        if not isinstance(ttl, Unset):
            self._require_unlinked(version, ttl)
            keep(recording, index, version.ttl, ttl)
        return recording.events

    def _require_unlinked(self, version: Version, ttl: TimeToLive) -> None:
        if version.links and ttl != version.ttl:
            raise LinkedVersionError(self.label(version.index), version.links)

    def _require_type(self, type: str) -> None:
        if self.type and type != self.type:
            raise TypeMismatchError(self.path, self.type, type)
