"""Reading an object from start to end, with the next ranges on their way."""

import io
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

RANGE_BYTES: Final = 4 << 20
AHEAD: Final = 3
"""So many ranges are under way while one is read: an open stream takes 16 MiB at most."""


class AheadReader(io.RawIOBase):
    """A file over ranged reads; seekable, so that an interrupted download can go on.

    Args:
        size_bytes: length of the object.
        begin: given offset and length, begins to read that range.
        range_bytes: size of a range.
    """

    def __init__(
        self,
        size_bytes: int,
        begin: Callable[[int, int], "Future[bytes]"],
        range_bytes: int = RANGE_BYTES,
    ) -> None:
        super().__init__()
        self._size_bytes = size_bytes
        self._begin = begin
        self._range_bytes = range_bytes
        self._coming: deque[Future[bytes]] = deque()
        self._asked_to = self._position = 0
        self._held = memoryview(b"")

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
        """Set the position, and return it; what was on its way is given up."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size_bytes}
        position = max(0, start[whence] + offset)
        if position != self._position:
            self._give_up()
            self._position = self._asked_to = position
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # Buffer is 3.12
        """Read the next bytes; an object that is shorter than it was ends early."""
        if not self._held and len(buffer):
            self._held = memoryview(self._next())
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        self._position += count
        return count

    def close(self) -> None:
        """Give up what is on its way. Idempotent."""
        self._give_up()
        super().close()

    def _next(self) -> bytes:
        while len(self._coming) <= AHEAD and self._asked_to < self._size_bytes:
            length = min(self._range_bytes, self._size_bytes - self._asked_to)
            self._coming.append(self._begin(self._asked_to, length))
            self._asked_to += length
        return self._coming.popleft().result() if self._coming else b""

    def _give_up(self) -> None:
        self._held = memoryview(b"")
        while self._coming:
            self._coming.popleft().cancel()
