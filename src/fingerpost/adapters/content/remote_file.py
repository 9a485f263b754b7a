"""A file of an fsspec file system that is being read."""

import contextlib
import io
from typing import Any, Final

from .remote_connection import FileSystem, RemoteConnection

_REQUESTS_AT_ONCE: Final = 64


class RemoteFile(io.RawIOBase):
    """Passes reads on, and turns a driver's errors into ``OSError``.

    Args:
        file: what a file system opened.
        fs: the file system; nothing else uses it until the file is closed.
        connection: that lent it.
    """

    def __init__(self, file: Any, fs: FileSystem, connection: RemoteConnection) -> None:
        super().__init__()
        self._file = file
        self._fs = fs
        self._connection = connection
        self._has_failed = False

    @classmethod
    def opened(cls, connection: RemoteConnection, path: str, block_bytes: int) -> "RemoteFile":
        """Open a file.

        Args:
            connection: lends the file system.
            path: of the file.
            block_bytes: how much is asked for at a time.

        Raises:
            FileNotFoundError: it is not there.
            OSError: it cannot be opened.
        """
        # Found out through a call, which makes a lost connection again.
        connection.call(lambda fs: fs.info(path))
        fs = connection.take()
        try:
            file = fs.open(path, "rb", block_size=block_bytes)
        except Exception as error:
            raise connection.as_os_error(error, fs) from error
        return cls(file, fs, connection)

    def prefetch(self, size_bytes: int) -> None:
        """Ask for the whole file, if the driver can: paramiko waits for each 32 KiB otherwise."""
        ask = getattr(self._file, "prefetch", None)
        if ask is not None:
            ask(size_bytes, _REQUESTS_AT_ONCE)

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
            self._has_failed = True
            raise self._connection.as_os_error(error, self._fs) from error
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a position; returns it."""
        try:
            self._file.seek(offset, whence)
            return int(self._file.tell())
        except Exception as error:
            self._has_failed = True
            raise self._connection.as_os_error(error, self._fs) from error

    def tell(self) -> int:
        """Return the position."""
        return int(self._file.tell())

    def close(self) -> None:
        """Close the file. Idempotent."""
        if not self.closed:
            # Over a connection that is lost even closing fails; there is nothing to lose.
            with contextlib.suppress(Exception):
                self._file.close()
                if not self._has_failed:
                    self._connection.give_back(self._fs)
        super().close()
