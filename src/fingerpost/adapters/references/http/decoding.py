"""Bodies that a server compressed although it was asked not to."""

import gzip
import io
import zlib
from typing import BinaryIO, Final, cast

from fingerpost.domain.errors import (
    ReferenceChangedError,
    ReferenceRefusedError,
    ReferenceUnavailableError,
)

from .body import HttpBody, Recorded

_BUFFER_BYTES: Final = 1 << 20


def decoded(body: HttpBody, uri: str, recorded: Recorded) -> BinaryIO:
    """Return a reader of the object itself.

    Raises:
        ReferenceRefusedError: it is encoded in a way that is not known.
    """
    buffered = io.BufferedReader(body, _BUFFER_BYTES)
    if body.encoding == "identity":
        return buffered
    if body.encoding == "gzip":
        return io.BufferedReader(
            _Gunzipped(cast("BinaryIO", buffered), uri, recorded), _BUFFER_BYTES
        )
    buffered.close()
    problem = f"it is sent with Content-Encoding {body.encoding!r}, though identity was asked for"
    raise ReferenceRefusedError(uri, problem, "Refer to it where it is sent as it is.")


class _Gunzipped(io.RawIOBase):
    def __init__(self, source: BinaryIO, uri: str, recorded: Recorded) -> None:
        super().__init__()
        self._source = source
        self._decoded = gzip.GzipFile(fileobj=source, mode="rb")
        self._uri = uri
        self._recorded = recorded
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # Buffer is 3.12
        try:
            data = self._decoded.read1(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            problem = f"it is sent as gzip, and that is damaged ({error})"
            raise ReferenceUnavailableError(self._uri, problem, 1) from error
        buffer[: len(data)] = data
        self._count += len(data)
        self._require_size(is_end=not data and len(buffer) > 0)
        return len(data)

    def close(self) -> None:
        self._decoded.close()
        self._source.close()
        super().close()

    def _require_size(self, *, is_end: bool) -> None:
        expected = self._recorded.size_bytes
        if expected is None:
            return
        if self._count > expected or (is_end and self._count != expected):
            found = f"{self._count:,} bytes" if is_end else f"more than {expected:,} bytes"
            raise ReferenceChangedError(self._uri, self._recorded.described, found)
