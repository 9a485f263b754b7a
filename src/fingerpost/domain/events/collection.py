"""Events of a collection: its versions, links, aliases, and what is said about them."""

from typing import ClassVar
from uuid import UUID

from attrs import field, frozen

from ..metadata.metadata import JsonObject
from ..versions.origin import Origin
from .base import ADDED, Event, free_text


@frozen(kw_only=True)
class CollectionCreated(Event):
    """A collection came to be: by its first version, its first link, or on request.

    Attributes:
        kind: ``source`` or ``registry``.
        home_id: the entity (source) or registry that holds it.
        project: the project, for a source collection; empty otherwise.
        name: its name there.
        type: the artifact type that it keeps; empty until the first link decides.
    """

    wire_name: ClassVar[str] = "collection.created"
    kind: str
    home_id: UUID
    project: str
    name: str
    type: str
    description: str | None = field(default=None, validator=free_text)


@frozen(kw_only=True)
class VersionLogged(Event):
    """A source collection got a new version.

    Attributes:
        index: N of ``vN``.
        digest: the artifact's digest, over all that decides what one gets back.
        manifest: content digest under which the manifest's root is stored.
        size_bytes: total size, references included.
        file_count: number of entries.
        base_collection_id: collection of the version that this one was made from, as a new
            draft of it; ``None`` if it was made from scratch.
        base_index: index of that version.
        origin: what another registry said of it, if it was imported from there.
    """

    wire_name: ClassVar[str] = "collection.version_logged"
    index: int
    digest: str
    manifest: str
    size_bytes: int
    file_count: int
    description: str | None = field(default=None, validator=free_text)
    metadata: JsonObject = field(factory=dict)
    base_collection_id: UUID | None = field(default=None, metadata=ADDED)
    base_index: int | None = field(default=None, metadata=ADDED)
    origin: Origin | None = field(default=None, metadata=ADDED)


@frozen(kw_only=True)
class Linked(Event):
    """A registry collection got a new version that points at a source version.

    Attributes:
        index: N of ``vN`` in this registry collection.
        source_collection_id: the collection that the version was logged to.
        source_index: N of ``vN`` there.
        type: artifact type of the source.
        policy_version: version of the registry's stream that this was decided against.
    """

    wire_name: ClassVar[str] = "collection.linked"
    index: int
    source_collection_id: UUID
    source_index: int
    type: str
    policy_version: int


@frozen(kw_only=True)
class Unlinked(Event):
    """A link was taken out of a registry collection; its source is untouched."""

    wire_name: ClassVar[str] = "collection.unlinked"
    index: int
    policy_version: int


@frozen(kw_only=True)
class VersionPublished(Event):
    """A version of this source collection was linked to a registry collection.

    The source's side of :class:`Linked`, in the same transaction: whoever deletes the version
    meanwhile loses the race for this stream, and looks again. From here on the version is kept
    for ever, whatever its time to live was.
    """

    wire_name: ClassVar[str] = "collection.version_published"
    index: int
    registry_collection_id: UUID
    link_index: int


@frozen(kw_only=True)
class VersionWithdrawn(Event):
    """A link to a version of this source collection was taken away."""

    wire_name: ClassVar[str] = "collection.version_withdrawn"
    index: int
    registry_collection_id: UUID
    link_index: int


@frozen(kw_only=True)
class AliasMoved(Event):
    """An alias was placed, or moved, the automatic ``latest`` included.

    Attributes:
        alias: which.
        from_version: index of the version that held it, or ``None`` when nothing did.
        to_version: index of the version that holds it now.
        policy_version: version of the registry's stream that this was decided against; ``None``
            in a source collection, which has no policy.
        approved_by: who else had approved the version for this alias, as far as that counted then.
        undoes: set by a rollback: version, in this stream, of the oldest change of the alias that
            it undoes; every later one is undone with it, or was before.
    """

    wire_name: ClassVar[str] = "collection.alias_moved"
    alias: str
    from_version: int | None
    to_version: int
    policy_version: int | None = None
    approved_by: tuple[str, ...] = field(default=(), metadata=ADDED)
    undoes: int | None = field(default=None, metadata=ADDED)


@frozen(kw_only=True)
class AliasRemoved(Event):
    """An alias was taken off; nothing holds it now."""

    wire_name: ClassVar[str] = "collection.alias_removed"
    alias: str
    from_version: int
    policy_version: int | None = None


@frozen(kw_only=True)
class VersionTagged(Event):
    """A version got a tag."""

    wire_name: ClassVar[str] = "collection.version_tagged"
    index: int
    tag: str


@frozen(kw_only=True)
class VersionUntagged(Event):
    """A version lost a tag."""

    wire_name: ClassVar[str] = "collection.version_untagged"
    index: int
    tag: str


@frozen(kw_only=True)
class VersionDescribed(Event):
    """A version's description changed."""

    wire_name: ClassVar[str] = "collection.version_described"
    index: int
    description: str | None = field(validator=free_text)


@frozen(kw_only=True)
class MetadataChanged(Event):
    """Some of a version's metadata keys changed; the others stay as they are.

    Attributes:
        changed: key → new value.
        removed: keys that are gone.
    """

    wire_name: ClassVar[str] = "collection.metadata_changed"
    index: int
    changed: JsonObject
    removed: tuple[str, ...] = ()


@frozen(kw_only=True)
class TtlChanged(Event):
    """Something was said of how long a version is kept.

    Attributes:
        index: N of ``vN``.
        inherits: whether the team's default counts.
        duration_s: whole seconds from when it was logged; ``None`` keeps it for ever.
    """

    wire_name: ClassVar[str] = "collection.ttl_changed"
    index: int
    inherits: bool
    duration_s: int | None


@frozen(kw_only=True)
class VersionDeleted(Event):
    """A version was deleted. Its number is never used again."""

    wire_name: ClassVar[str] = "collection.version_deleted"
    index: int


@frozen(kw_only=True)
class CollectionDescribed(Event):
    """A collection's description changed."""

    wire_name: ClassVar[str] = "collection.described"
    description: str | None = field(validator=free_text)


@frozen(kw_only=True)
class CollectionTagged(Event):
    """A collection got a tag."""

    wire_name: ClassVar[str] = "collection.tagged"
    tag: str


@frozen(kw_only=True)
class CollectionUntagged(Event):
    """A collection lost a tag."""

    wire_name: ClassVar[str] = "collection.untagged"
    tag: str


@frozen(kw_only=True)
class CollectionRenamed(Event):
    """A collection has another name. Its versions, aliases and history are the same as before.

    Attributes:
        name: the new name.
        from_name: the old one, which is free from here on.
    """

    wire_name: ClassVar[str] = "collection.renamed"
    name: str
    from_name: str


@frozen(kw_only=True)
class CollectionDeleted(Event):
    """A collection was deleted, and with it every version that it had; its name is free again.

    Its aliases came off and its links were taken away before, each with an event of its own.
    """

    wire_name: ClassVar[str] = "collection.deleted"
