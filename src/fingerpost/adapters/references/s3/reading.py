"""Reading the recorded version of an object, and nothing else."""

import io

from attrs import field, frozen

from fingerpost.domain.errors import ReferenceChangedError, ReferenceMissingError

from ...object_stores.client import StoredObject
from ...object_stores.ranged import RANGE_BYTES, buffered
from .location import S3Location
from .objects import S3Objects


def described(etag: str | None, size_bytes: int | None, version_id: str | None) -> str:
    """Return facts of an object for people."""
    parts = [
        None if etag is None else f"ETag {etag}",
        None if size_bytes is None else f"{size_bytes:,} bytes",
        None if version_id is None else f"version {version_id}",
    ]
    return ", ".join(part for part in parts if part) or "no checksum"


def described_object(stored: StoredObject) -> str:
    """Return facts of an object for people."""
    return described(stored.etag, stored.size_bytes, stored.version)


@frozen(kw_only=True)
class PinnedObject:
    """An object in the version that was recorded.

    Attributes:
        uri: as recorded, for messages.
        at: where it is.
        recorded: what it has to be.
        objects: what it is asked of.
    """

    uri: str
    at: S3Location
    recorded: StoredObject
    objects: S3Objects = field(repr=False)

    def opened(self) -> io.BufferedReader:
        """Return a reader; the first range is read at once, so that what is wrong shows here.

        Raises:
            ReferenceMissingError: it is gone.
            ReferenceChangedError: it is another one now.
            ReferenceRefusedError: it may not be read.
            ReferenceUnavailableError: S3 could not be reached, again and again.
        """
        size_bytes = self.recorded.size_bytes
        if size_bytes == 0:
            self._require_same()  # there is no range of nothing
            return buffered(0, self._range)
        first = self._range(0, min(size_bytes, RANGE_BYTES))

        def read_range(offset: int, length: int) -> bytes:
            nonlocal first
            if offset == 0 and length <= len(first):
                data, first = first[:length], b""
                return data
            return self._range(offset, length)

        return buffered(size_bytes, read_range)

    def _require_same(self) -> None:
        found = self.objects.head(self.uri, self.at, self.recorded.version)
        recorded = self.recorded
        if found is None:
            raise self._missing()
        if (found.etag, found.size_bytes) != (recorded.etag, recorded.size_bytes):
            raise self._changed(found)

    def _range(self, offset: int, length: int) -> bytes:
        try:
            return self.objects.read(self.uri, self.at, self.recorded, offset, length)
        except FileNotFoundError as error:
            found = self.objects.head(self.uri, self.at, self.recorded.version)
            raise (self._missing() if found is None else self._changed(found)) from error

    def _missing(self) -> ReferenceMissingError:
        self.objects.require_bucket(self.uri, self.at.bucket)
        return ReferenceMissingError(self.uri, self._described)

    def _changed(self, found: StoredObject) -> ReferenceChangedError:
        return ReferenceChangedError(self.uri, self._described, described_object(found))

    @property
    def _described(self) -> str:
        return described_object(self.recorded)
