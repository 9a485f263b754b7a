"""Reading an entry's bytes where they are, verified, with seeking."""

import io
from collections.abc import Callable
from typing import BinaryIO

from fingerpost.domain.errors import FingerpostError

from ..files.hashing import BLOCK_BYTES


class _Reopened(io.RawIOBase):
    """Seeks in a stream that can only be read from its start: backwards, it is opened again.

    So each byte that is read has been through the verification of the stream, and nothing is kept
    in memory or on disk. Seeking itself reads nothing: the next read does.
    """

    def __init__(
        self,
        open_source: Callable[[], BinaryIO],
        size_bytes: int | None,
        unreadable: Callable[[BaseException], FingerpostError],
    ) -> None:
        super().__init__()
        self._open_source = open_source
        self._size_bytes = size_bytes
        self._unreadable = unreadable
        self._source = open_source()
        self._read_bytes = 0
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence not in (io.SEEK_SET, io.SEEK_CUR, io.SEEK_END):
            msg = f"invalid whence ({whence}, should be 0, 1 or 2)"
            raise ValueError(msg)
        base = 0
        if whence == io.SEEK_CUR:
            base = self._position
        elif whence == io.SEEK_END:
            base = self._end()
        if base + offset < 0:
            msg = f"negative seek value {base + offset}"
            raise ValueError(msg)
        self._position = base + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # Buffer is 3.12
        self._go_to_position()
        with memoryview(buffer).cast("B") as view:
            block = self._block(len(view)) if self._read_bytes == self._position else b""
            view[: len(block)] = block
        self._position += len(block)
        return len(block)

    def readall(self) -> bytes:
        # The inherited one reads in steps of 8 KiB.
        return b"".join(iter(lambda: self.read(BLOCK_BYTES) or b"", b""))

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()

    def _go_to_position(self) -> None:
        if self._position < self._read_bytes:
            self._source.close()
            self._source, self._read_bytes = self._open_source(), 0
        while self._read_bytes < self._position:
            if not self._block(min(self._position - self._read_bytes, BLOCK_BYTES)):
                return  # behind the end, as other files permit it

    def _end(self) -> int:
        if self._size_bytes is None:
            while self._block(BLOCK_BYTES):
                pass
            self._size_bytes = self._read_bytes
        return self._size_bytes

    def _block(self, most_bytes: int) -> bytes:
        # One read of a slow source, not as many as fill a block: a Ctrl-C is noticed in between.
        read: Callable[[int], bytes] = getattr(self._source, "read1", self._source.read)
        try:
            block = read(most_bytes)
        except FingerpostError:
            raise  # what is wrong with the bytes, though it may be an OSError too
        except OSError as error:
            raise self._unreadable(error) from error
        self._read_bytes += len(block)
        return block


def entry_reader(
    open_source: Callable[[], BinaryIO],
    size_bytes: int | None,
    unreadable: Callable[[BaseException], FingerpostError],
) -> BinaryIO:
    """Return a buffered reader of a stream that verifies what is read from its start to its end.

    Args:
        open_source: opens the stream; called again when the reader goes back.
        size_bytes: its length, if it is known.
        unreadable: returns what to raise when the operating system cannot read the stream.
    """
    return io.BufferedReader(_Reopened(open_source, size_bytes, unreadable), BLOCK_BYTES)
