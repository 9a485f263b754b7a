"""One version of a collection, as the rules need to see it."""

from uuid import UUID

from attrs import field, frozen

from ..metadata.metadata import JsonObject
from .origin import Origin
from .ttl import INHERITED, TimeToLive


@frozen(kw_only=True)
class VersionRef:
    """Points at one version: the stream of its collection, and its index."""

    collection_id: UUID
    index: int


@frozen(kw_only=True)
class Version:
    """What is known of a version that was logged or linked and is not deleted.

    An aggregate's head never lists its versions; a command is handed the one it is about. That is
    safe because the read tables change in the transaction of the events: what is read after the
    head can only be as new or newer, and then the append is refused.

    Attributes:
        index: N of ``vN``.
        digest: the artifact's digest.
        source: what a link points at; ``None`` for a logged version.
        links: paths of the registry collections' versions that point at this one, as far as
            the command has to know them.
        ttl: what was said of how long it is kept.
    """

    index: int
    digest: str
    description: str | None = None
    metadata: JsonObject = field(factory=dict)
    tags: frozenset[str] = frozenset()
    source: VersionRef | None = None
    links: tuple[str, ...] = ()
    ttl: TimeToLive = INHERITED


@frozen(kw_only=True)
class NewVersion:
    """Content that is about to be logged; all of it is durable already.

    Attributes:
        digest: the artifact's digest.
        manifest: content digest under which the manifest's root is stored.
        size_bytes: total size, references included.
        file_count: number of entries.
        base: the version that it was made from as a new draft, if any.
        origin: what another registry said of it, if it comes from there.
    """

    type: str
    digest: str
    manifest: str
    size_bytes: int
    file_count: int
    description: str | None = None
    metadata: JsonObject = field(factory=dict)
    base: VersionRef | None = None
    origin: Origin | None = None
