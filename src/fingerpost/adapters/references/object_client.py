"""What a provider of objects has to answer, and in which words."""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from attrs import field, frozen

from fingerpost.domain.metadata.metadata import JsonValue

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
class Found:
    """An object as its provider describes it.

    Attributes:
        key: its name in the bucket.
        size_bytes: its length.
        checksum: what becomes the entry's digest: the ETag, unquoted.
        version: generation or version id, if there is one.
        extra: what W&B records.
        more: what tells more about the content, recorded beside it where the artifact's digests
            are not W&B's.
        is_folder: whether it only stands for a folder.
    """

    key: str
    size_bytes: int
    checksum: str
    version: str | None
    extra: Mapping[str, JsonValue]
    more: Mapping[str, JsonValue] = field(factory=dict)
    is_folder: bool = False

    def __str__(self) -> str:
        """Return it for people."""
        version = "" if self.version is None else f", version {self.version}"
        return f"{self.checksum}, {self.size_bytes:,} bytes{version}"


class ObjectClient(Protocol):
    """What a provider has to answer. Retries what is transient; safe to use from several threads.

    Raises:
        MissingExtraError: the provider's library is not installed.
        ReferenceRefusedError: the provider refuses for good.
        ReferenceUnavailableError: the provider could not be reached.
    """

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
            version: for keys of which no URI can do without.
        """
        ...

    def stat(self, location: Location, version: str | None) -> Found | None:
        """Return what is there, ``None`` if nothing is; the current version if none is given."""
        ...

    def pages(self, location: Location) -> Iterator[list[Found]]:
        """Iterate over the objects below a prefix, page by page, in the order of their keys."""
        ...

    def read(self, location: Location, found: Found, offset: int, length: int) -> bytes | None:
        """Return bytes of exactly that version; ``None`` if it is not there any more."""
        ...
