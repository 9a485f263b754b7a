"""Reading an object in ranges, in bounded memory."""

import io
from collections.abc import Callable
from typing import Final

RANGE_BYTES: Final = 8 << 20
"""Bytes in one request."""

ReadRange = Callable[[int, int], bytes]
"""Given offset and length, returns exactly these bytes of one pinned version, or raises."""


class RangedReader(io.RawIOBase):
    """A file over ranged reads; seekable, so that an interrupted download can continue.

    Args:
        size_bytes: length of the object.
        read_range: reads a range; retries what is transient, and raises when the object is not the
            recorded one.
    """

    def __init__(self, size_bytes: int, read_range: ReadRange) -> None:
        super().__init__()
        self._size_bytes = size_bytes
        self._read_range = read_range
        self._position = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it can be positioned."""
        return True

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Set the position, and return it."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size_bytes}
        self._position = max(0, start[whence] + offset)
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # Buffer is 3.12
        """Read the next bytes."""
        length = max(0, min(len(buffer), self._size_bytes - self._position))
        if not length:
            return 0
        data = self._read_range(self._position, length)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def buffered(size_bytes: int, read_range: ReadRange) -> io.BufferedReader:
    """Return a reader that requests ranges of :data:`RANGE_BYTES`."""
    return io.BufferedReader(RangedReader(size_bytes, read_range), RANGE_BYTES)
