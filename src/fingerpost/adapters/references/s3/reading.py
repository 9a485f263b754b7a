"""Reading the recorded version of an object, and nothing else."""

import io
from typing import Final

from attrs import field, frozen

from fingerpost.domain.errors import ReferenceChangedError, ReferenceMissingError

from ...object_stores.ranged import RANGE_BYTES, buffered
from .failures import S3AnswerError
from .location import S3Location
from .objects import Found, S3Objects
from .pages import unquoted

_NOT_FOUND: Final = {"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed", "405"}
_PRECONDITION_FAILED: Final = 412
_RANGE_NOT_SATISFIABLE: Final = 416


def described(etag: str | None, size_bytes: int | None, version_id: str | None) -> str:
    """Return facts of an object for people."""
    parts = [
        None if etag is None else f"ETag {etag}",
        None if size_bytes is None else f"{size_bytes:,} bytes",
        None if version_id is None else f"version {version_id}",
    ]
    return ", ".join(part for part in parts if part) or "no checksum"


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
    recorded: Found
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
        found = self.objects.head(self.uri, self.at, self.recorded.version_id)
        if found is None:
            raise self._missing()
        if (found.etag, found.size_bytes) != (self.recorded.etag, self.recorded.size_bytes):
            raise self._changed(found)

    def _range(self, offset: int, length: int) -> bytes:
        try:
            answer = self.objects.client.call(
                self.uri,
                "get_object",
                Bucket=self.at.bucket,
                Key=self.at.key,
                Range=f"bytes={offset}-{offset + length - 1}",
                IfMatch=f'"{self.recorded.etag}"',
                VersionId=self.recorded.version_id,
            )
        except S3AnswerError as problem:
            if problem.status in {_PRECONDITION_FAILED, _RANGE_NOT_SATISFIABLE}:
                raise self._changed_since() from problem
            if problem.code in _NOT_FOUND:
                raise self._missing() from problem
            raise problem.refused(self.uri) from problem
        # Not every server heeds If-Match, nor Range.
        span, _, total = answer.get("ContentRange", "").partition("/")
        total_bytes = int(total) if total.isdecimal() else int(answer["ContentLength"])
        etag = unquoted(answer["ETag"])
        if (etag, total_bytes) != (self.recorded.etag, self.recorded.size_bytes):
            raise self._changed(Found(etag, total_bytes, self.recorded.version_id))
        data: bytes = answer["Data"]
        is_span = span == f"bytes {offset}-{offset + length - 1}"
        is_whole = not span and length == total_bytes
        if not (is_span or is_whole) or len(data) != length:
            asked = f"{length:,} bytes from {offset:,} on were asked for"
            ignored = S3AnswerError(200, "another range", f"{asked}, and {len(data):,} came")
            raise ignored.refused(self.uri)
        return data

    def _missing(self) -> ReferenceMissingError:
        self.objects.require_bucket(self.uri, self.at.bucket)
        return ReferenceMissingError(self.uri, self._described)

    def _changed_since(self) -> Exception:
        found = self.objects.head(self.uri, self.at, self.recorded.version_id)
        return self._missing() if found is None else self._changed(found)

    def _changed(self, found: Found) -> ReferenceChangedError:
        now = described(found.etag, found.size_bytes, found.version_id)
        return ReferenceChangedError(self.uri, self._described, now)

    @property
    def _described(self) -> str:
        recorded = self.recorded
        return described(recorded.etag, recorded.size_bytes, recorded.version_id)
