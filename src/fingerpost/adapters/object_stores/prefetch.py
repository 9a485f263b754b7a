"""Prefetching: the next page of a listing, the next ranges of an object."""

import io
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

RANGE_BYTES: Final = 4 << 20
RANGES_AHEAD: Final = 3
"""How many ranges are requested while one is read: an open stream takes 16 MiB at most."""

_END: Final = object()


def one_ahead(items: Iterator[T]) -> Generator[T]:
    """Iterate over items; while the caller handles one, another thread makes the next.

    An error in making an item is raised when it is that item's turn. A caller that stops early
    waits for the item that is being made, and no other is started.

    Args:
        items: advanced by one thread at a time.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="fingerpost-prefetch") as pool:
        item = next(items, _END)
        while item is not _END:
            coming = pool.submit(next, items, _END)
            yield item  # type: ignore[misc]  # it is not the end
            item = coming.result()


class PrefetchingReader(io.RawIOBase):
    """A file over ranged reads; seekable, so that an interrupted download can continue.

    Args:
        size_bytes: length of the object.
        begin: starts to read a range, given its offset and length.
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
        self._requested: deque[Future[bytes]] = deque()
        self._requested_to = self._position = 0
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
        """Set the position, and return it; ranges that were requested are dropped."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size_bytes}
        position = max(0, start[whence] + offset)
        if position != self._position:
            self._drop_requested()
            self._position = self._requested_to = position
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # Buffer is 3.12
        """Read the next bytes; ends early if the object has become shorter."""
        if not self._held and len(buffer):
            self._held = memoryview(self._next())
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        self._position += count
        return count

    def close(self) -> None:
        """Drop the ranges that were requested. Idempotent."""
        self._drop_requested()
        super().close()

    def _next(self) -> bytes:
        while len(self._requested) <= RANGES_AHEAD and self._requested_to < self._size_bytes:
            length = min(self._range_bytes, self._size_bytes - self._requested_to)
            self._requested.append(self._begin(self._requested_to, length))
            self._requested_to += length
        return self._requested.popleft().result() if self._requested else b""

    def _drop_requested(self) -> None:
        self._held = memoryview(b"")
        while self._requested:
            self._requested.popleft().cancel()
