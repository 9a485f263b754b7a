"""What URIs of objects say, and what is recorded of an object."""

from collections.abc import Mapping
from typing import Final, Protocol

from attrs import field, frozen

from fingerpost.domain.metadata.metadata import JsonValue

from ..object_stores.client import StoredObject

VERSION: Final = "versionID"
"""Key in an entry's ``extra``: what the provider calls this version of the object."""


@frozen(kw_only=True)
class Location:
    """The parts of a URI.

    Attributes:
        uri: as it was given, for messages.
        base: all before the key, with which URIs of the same bucket begin; ends with ``/``.
        account: whose the bucket is, where the provider's URIs say so.
        bucket: bucket or container.
        key: of an object, or a prefix; empty for the whole bucket.
        version: the version that the URI pins, if it does.
    """

    uri: str
    base: str
    account: str
    bucket: str
    key: str
    version: str | None = None

    @property
    def prefix(self) -> str:
        """What the keys of objects below it begin with; ``p`` is no prefix of ``p2/…``."""
        return self.key if not self.key or self.key.endswith("/") else f"{self.key}/"


@frozen(kw_only=True)
class ReferencedObject:
    """An object, and what is recorded of it.

    Attributes:
        stored: as its provider describes it.
        checksum: what becomes the entry's digest: the ETag, unquoted.
        extra: what W&B records.
        more: further checksums, recorded as well where the artifact's digests are not W&B's.
    """

    stored: StoredObject
    checksum: str
    extra: Mapping[str, JsonValue]
    more: Mapping[str, JsonValue] = field(factory=dict)

    @property
    def key(self) -> str:
        """Its name in the bucket."""
        return self.stored.key

    @property
    def size_bytes(self) -> int:
        """Its length."""
        return self.stored.size_bytes

    @property
    def version(self) -> str | None:
        """Generation or version id, if there is one."""
        return self.stored.version

    @property
    def is_folder(self) -> bool:
        """Whether it only stands for a folder."""
        return self.stored.is_folder

    def __str__(self) -> str:
        """Return it for people."""
        version = "" if self.version is None else f", version {self.version}"
        return f"{self.checksum}, {self.size_bytes:,} bytes{version}"


class ObjectUris(Protocol):
    """The URIs of a provider, and what is recorded of its objects."""

    def located(self, uri: str) -> Location:
        """Return the parts of a URI.

        Raises:
            InvalidReferenceError: it has no bucket.
        """
        ...

    def uri_of(self, location: Location, key: str, version: str | None) -> str:
        """Return the URI of another object of the same bucket, which ``located`` reads again.

        Args:
            location: where the bucket is.
            key: of the object.
            version: for keys that no URI can name without it.
        """
        ...

    def recorded(self, stored: StoredObject) -> ReferencedObject:
        """Return what is recorded of an object."""
        ...
