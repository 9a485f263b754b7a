"""The collection: ordered versions of one name and type, and the aliases that point at them."""

from collections.abc import Iterable
from enum import Enum
from typing import Final
from uuid import UUID

from attrs import frozen

from ..aggregate import Recording, envelope
from ..alias import LATEST, Alias, version_index, version_label
from ..errors import (
    AliasExpectationError,
    AliasNotFoundError,
    InvalidValueError,
    ProtectedVersionError,
    TypeMismatchError,
    VersionHasAliasesError,
)
from ..events import (
    CollectionCreated,
    CollectionDescribed,
    Event,
    Linked,
    Unlinked,
    VersionDeleted,
    VersionDescribed,
    VersionLogged,
    VersionPublished,
    VersionUntagged,
    VersionWithdrawn,
)
from ..metadata import JsonObject
from ..names import Tag
from ..permissions import Action, Authority
from ..text import plain
from ..version import NewVersion, Version, VersionRef
from .head import CollectionKind, Head
from .steps import change_metadata, place, point, tag, take_off


class Unset(Enum):
    """Stands for "not given" where ``None`` has a meaning of its own."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@frozen(kw_only=True)
class Collection(Head):
    """A collection and its commands.

    A command checks the rules and returns the events that follow from it; an empty list means
    that things are as asked already. Nothing is changed by calling it: the events have to be
    stored, and the state is what they fold to.
    """

    # -- versions ---------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        stream_id: UUID,
        *,
        kind: CollectionKind,
        home_id: UUID,
        project: str,
        name: str,
        type: str,
        authority: Authority,
        description: str | None = None,
    ) -> CollectionCreated:
        """Create a collection; its home, name and type are fixed from here on."""
        authority.require(Action.CREATE_COLLECTION)
        return CollectionCreated(
            **envelope(stream_id, 1, authority.by),
            kind=kind.value,
            home_id=home_id,
            project=project,
            name=name,
            type=type,
            description=description,
        )

    def log_version(
        self,
        new: NewVersion,
        aliases: Iterable[Alias],
        tags: Iterable[Tag],
        authority: Authority,
        latest: Version | None,
    ) -> list[Event]:
        """Log content as the next version, unless ``latest`` holds the same already.

        Either way the aliases and tags are given to the version that then holds the content.

        Args:
            new: the content.
            aliases: aliases for it; ``latest`` may be among them.
            tags: tags for it.
            authority: on whose behalf.
            latest: the version that ``latest`` points at, as stored, or ``None``.
        """
        authority.require(Action.LOG)
        self._require_type(new.type)
        recording = Recording[Head](self, authority.by)
        tagged: frozenset[str] = frozenset()
        if self.is_latest(new.digest, new.manifest) and latest is not None:
            index, tagged = latest.index, latest.tags
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
                )
            )
            point(recording, Alias(LATEST), index, authority)
        place(recording, aliases, index, authority)
        tag(recording, frozenset(tags) - tagged, index)
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

    # -- links ------------------------------------------------------------------------------

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
            raise ProtectedVersionError(self.label(link.index), protected, authority.scope)
        authority.require(Action.UNLINK_PROTECTED if protected else Action.UNLINK)
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

    # -- aliases ----------------------------------------------------------------------------

    def move_alias(
        self,
        alias: Alias,
        to: Version,
        authority: Authority,
        expected: str | Unset | None = UNSET,
    ) -> list[Event]:
        """Place or move a custom alias; where it is there already nothing happens.

        Args:
            alias: a custom alias.
            to: the version that is to hold it.
            authority: on whose behalf.
            expected: the version (``vN``) that must hold it now, ``None`` for "nothing may".

        Raises:
            AliasExpectationError: names the version that does hold it.
        """
        self._expect(alias, expected)
        recording = Recording[Head](self, authority.by)
        point(recording, alias.custom(), to.index, authority)
        return recording.events

    def remove_alias(
        self, alias: Alias, authority: Authority, expected: str | Unset | None = UNSET
    ) -> list[Event]:
        """Take an alias off; ``latest`` too, and then nothing is latest until the next version.

        Raises:
            AliasNotFoundError: nothing has it.
        """
        if version_index(alias) is not None:
            alias.custom()
        self._expect(alias, expected)
        if alias not in self.aliases:
            authority.require_alias(alias)
            raise AliasNotFoundError("alias", alias, sorted(self.aliases))
        recording = Recording[Head](self, authority.by)
        take_off(recording, alias, authority)
        return recording.events

    def _expect(self, alias: Alias, expected: str | Unset | None) -> None:
        if isinstance(expected, Unset):
            return
        if expected is not None and version_index(plain(expected) or "") is None:
            # Not a lost race but a slip: it could never be what holds the alias.
            raise InvalidValueError(
                "expected version", expected, "it is 'vN', or None for none", "For example 'v0'."
            )
        holder = self.aliases.get(alias)
        actual = None if holder is None else version_label(holder)
        if actual != expected:
            raise AliasExpectationError(str(alias), expected, actual)

    # -- what is said about a version ---------------------------------------------------------

    def annotate(
        self,
        version: Version,
        authority: Authority,
        *,
        description: str | Unset | None = UNSET,
        metadata: JsonObject | Unset = UNSET,
        add_tags: Iterable[Tag] = (),
        remove_tags: Iterable[Tag] = (),
    ) -> list[Event]:
        """Change a version's description, metadata and tags; only differences become events."""
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
        return recording.events

    def describe(
        self, description: str | None, current: str | None, authority: Authority
    ) -> list[Event]:
        """Change the collection's description."""
        authority.require(Action.DESCRIBE)
        recording = Recording[Head](self, authority.by)
        if description != current:
            recording.add(CollectionDescribed(**recording.envelope(), description=description))
        return recording.events

    def _require_type(self, type: str) -> None:
        if self.type and type != self.type:
            raise TypeMismatchError(self.name, self.type, type)
