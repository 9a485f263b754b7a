"""One entry of a manifest."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from .digest import Digest
from .entry_path import EntryPath
from .metadata import JsonObject, JsonValue

_NO_EXTRA: Final[Mapping[str, JsonValue]] = MappingProxyType({})


@frozen(kw_only=True)
class Entry:
    """What a path in an artifact stands for. All of it is part of the artifact's identity.

    Attributes:
        path: where it is in the artifact.
        digest: checksum of the content, or what the provider of a reference says of it.
        size_bytes: size, or ``None`` where a reference's is not known.
        content: digest under which the bytes are stored; ``None`` for a reference.
        ref: URI of a reference; ``None`` for stored content.
        extra: what pins a reference further, such as a version id.
    """

    path: EntryPath
    digest: str
    size_bytes: int | None
    content: Digest | None = None
    ref: str | None = None
    extra: Mapping[str, JsonValue] = field(default=_NO_EXTRA)

    def to_json(self) -> JsonObject:
        """Return the entry's canonical form: only what it has."""
        plain: JsonObject = {"path": str(self.path), "digest": str(self.digest)}
        if self.size_bytes is not None:
            plain["size"] = self.size_bytes
        if self.content is not None and self.content != self.digest:
            plain["content"] = str(self.content)
        if self.ref is not None:
            plain["ref"] = self.ref
        if self.extra:
            plain["extra"] = dict(self.extra)
        return plain

    @property
    def is_reference(self) -> bool:
        """Whether the bytes stay where they are."""
        return self.ref is not None
