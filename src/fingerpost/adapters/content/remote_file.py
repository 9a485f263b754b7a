"""A file of an fsspec file system that is being read."""

import contextlib
import io
from typing import Any

from .remote_connection import RemoteConnection


class RemoteFile(io.RawIOBase):
    """Passes reads on, and turns a driver's errors into ``OSError``.

    Args:
        file: what the file system opened.
        connection: that it came through.
    """

    def __init__(self, file: Any, connection: RemoteConnection) -> None:
        super().__init__()
        self._file = file
        self._connection = connection

    def readable(self) -> bool:
        """Return ``True``."""
        return True

    def seekable(self) -> bool:
        """Return ``True``."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer; returns the number of bytes, 0 at the end."""
        try:
            data = self._file.read(len(buffer))
        except Exception as error:
            raise self._connection.as_os_error(error, None) from error
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a position; returns it."""
        try:
            self._file.seek(offset, whence)
            return int(self._file.tell())
        except Exception as error:
            raise self._connection.as_os_error(error, None) from error

    def tell(self) -> int:
        """Return the position."""
        return int(self._file.tell())

    def close(self) -> None:
        """Close the file. Idempotent."""
        if not self.closed:
            # Over a connection that is lost even closing fails; there is nothing to lose.
            with contextlib.suppress(Exception):
                self._file.close()
        super().close()
