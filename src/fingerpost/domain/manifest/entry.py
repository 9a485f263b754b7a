"""One entry of a manifest."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from ..errors import InvalidValueError
from ..metadata.metadata import LARGEST_INTEGER, JsonObject, JsonValue
from .digest import Digest
from .entry_path import EntryPath

CONTENT_DIGEST: Final = "contentDigest"
"""Key in an entry's ``extra``: digest of the bytes, beside what the provider says of them."""

_NO_EXTRA: Final[Mapping[str, JsonValue]] = MappingProxyType({})


def _countable(entry: object, attribute: object, size_bytes: int | None) -> None:
    # What a manifest could not be read with again shall not get into one.
    del entry, attribute
    if size_bytes is not None and not 0 <= size_bytes < LARGEST_INTEGER:
        expected = "it is a number of bytes, 0 or more and below 2**63"
        raise InvalidValueError("size", size_bytes, expected, "Pass no size where none is known.")


@frozen(kw_only=True)
class Entry:
    """What a path in an artifact stands for. All of it is part of the artifact's identity.

    Attributes:
        path: where it is in the artifact.
        digest: checksum of the content, or what the provider of a reference says of it.
        size_bytes: size, or ``None`` where a reference's is not known.
        content: digest under which the bytes are stored; ``None`` for a reference to what lies
            elsewhere. A reference to another artifact's entry has one.
        ref: URI of a reference; ``None`` for stored content.
        extra: what pins a reference further, such as a version id.
    """

    path: EntryPath
    digest: str
    size_bytes: int | None = field(validator=_countable)
    content: Digest | None = None
    ref: str | None = None
    extra: Mapping[str, JsonValue] = field(default=_NO_EXTRA)

    def to_json(self) -> JsonObject:
        """Return the entry's canonical form: only what it has."""
        plain: JsonObject = {"path": str(self.path), "digest": str(self.digest)}
        if self.size_bytes is not None:
            plain["size"] = self.size_bytes
        # Left out where the digest says it already; a reference without it has no stored bytes.
        if self.content is not None and (self.ref is not None or self.content != self.digest):
            plain["content"] = str(self.content)
        if self.ref is not None:
            plain["ref"] = self.ref
        if self.extra:
            plain["extra"] = dict(self.extra)
        return plain

    def to_dict(self) -> JsonObject:
        """Return its JSON form, which is :meth:`to_json`."""
        return self.to_json()

    @property
    def is_reference(self) -> bool:
        """Whether it was added as a reference: its bytes are not this artifact's own."""
        return self.ref is not None

    @property
    def bytes_digest(self) -> Digest | None:
        """Digest of the bytes that one gets; ``None`` if what was recorded does not tell.

        What the provider of a reference says is its own matter. Our own form is of the content
        where that was looked at, and so is W&B's base64 md5 of files.
        """
        if self.content is not None:
            return self.content
        if self.size_bytes is None:
            return None
        hashed = self.extra.get(CONTENT_DIGEST)
        if isinstance(hashed, str):
            return Digest(hashed)
        if "etag" in self.extra:
            # Also where it looks like one of ours: what a server says of its bytes is no digest.
            return None
        try:
            return Digest(self.digest)
        except InvalidValueError:
            is_file = (self.ref or "").partition(":")[0].lower() == "file"
            return Digest.of_base64_md5(self.digest) if is_file else None
