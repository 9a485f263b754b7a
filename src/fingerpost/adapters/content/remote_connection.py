"""A file system of fsspec that is connected to when it is needed, and again when it is lost."""

import os
import re
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

T = TypeVar("T")

# fsspec ships no types.
FileSystem = Any

_ANSWERS: Final = (FileNotFoundError, FileExistsError, PermissionError, NotImplementedError)
"""Errors that are the server's answer, or the driver's. Asking again would not change it."""

_SECRET: Final = re.compile(r"pass|secret|token|credential|key$", re.IGNORECASE)


class RemoteConnection:
    """Lends one file system to all threads of a process.

    The first call connects. A forked child connects anew, because it must not share a socket with
    its parent. After a failed call the connection is made again and the call repeated once: a
    server that was restarted, or that closes idle connections, is no error.

    Args:
        location: URL without a password, for people.
        connect: returns a new file system.
        fs: a file system that is connected already.
    """

    def __init__(
        self, location: str, connect: Callable[[], FileSystem], fs: FileSystem = None
    ) -> None:
        self.location = location
        self._connect = connect
        self._fs = fs
        self._process_id = os.getpid()
        self._lock = threading.Lock()

    @classmethod
    def of(cls, fs: FileSystem, root: str) -> "RemoteConnection":
        """Return the connection of a file system that a program opened itself.

        Args:
            fs: the file system.
            root: path on it, for the location.
        """

        def again() -> FileSystem:
            return type(fs)(*fs.storage_args, **fs.storage_options)

        return cls(str(fs.unstrip_protocol(root)), again, fs)

    def call(self, operation: Callable[[FileSystem], T]) -> T:
        """Return what an operation returns; it is given the file system, and may run twice.

        Raises:
            OSError: it failed. Drivers raise errors of their own kinds; these are the cause.
        """
        fs = self.file_system()
        try:
            return operation(fs)
        except _ANSWERS as error:
            raise self.as_os_error(error, fs) from error
        except Exception:  # noqa: BLE001 - drivers raise errors of their own kinds
            self._forget(fs)
        fs = self.file_system()
        try:
            return operation(fs)
        except Exception as error:
            raise self.as_os_error(error, fs) from error

    def file_system(self) -> FileSystem:
        """Return the file system, connected.

        Raises:
            OSError: it cannot be connected to.
        """
        if self._process_id != os.getpid():
            self._fs, self._process_id, self._lock = None, os.getpid(), threading.Lock()
        with self._lock:
            if self._fs is None:
                try:
                    self._fs = self._connect()
                except Exception as error:
                    raise self.as_os_error(error, None) from error
            return self._fs

    def as_os_error(self, error: Exception, fs: FileSystem) -> OSError:
        """Return an error of a driver as one of the operating system, without a password in it."""
        text = _without_secrets(str(error), getattr(fs, "storage_options", {}))
        if isinstance(error, OSError):
            return error if text == str(error) else OSError(error.errno, text)
        return OSError(f"{type(error).__name__}: {text}" if text else type(error).__name__)

    def _forget(self, fs: FileSystem) -> None:
        with self._lock:
            if self._fs is fs:
                self._fs = None


def _without_secrets(text: str, options: dict[str, object]) -> str:
    for name, value in options.items():
        if isinstance(value, str) and value and _SECRET.search(name):
            text = text.replace(value, "***")
    return text
