"""File systems of fsspec that are connected to when needed, and again when they are lost."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

T = TypeVar("T")

# fsspec ships no types.
FileSystem = Any

_ANSWERS: Final = (FileNotFoundError, FileExistsError, PermissionError, NotImplementedError)
"""Errors that are the server's answer, or the driver's. Asking again would not change it."""

_SECRET: Final = re.compile(r"pass|secret|token|credential|key$", re.IGNORECASE)


class RemoteConnection:
    """Lends file systems of one server, each to one call at a time.

    Drivers are not safe to share: two threads that wait for answers on one paramiko client wait
    for good. So each call has a file system for itself, and so has each file that is being read.
    They are made when they are needed, and kept for the next call.

    A forked child makes its own, because it must not share a socket with its parent. After a failed
    call all are made again and the call is repeated once: a server that was restarted, or that
    closes idle connections, is no error.

    Args:
        location: URL without a password, for people.
        connect: returns a new file system, connected.
    """

    def __init__(self, location: str, connect: Callable[[], FileSystem]) -> None:
        self.location = location
        self._connect = connect
        self._idle: list[FileSystem] = []
        self._process_id = os.getpid()

    @classmethod
    def of(cls, fs: FileSystem, root: str) -> "RemoteConnection":
        """Return the connection to the server of a file system that a program made.

        Args:
            fs: the file system.
            root: path on it, for the location.
        """

        def connect() -> FileSystem:
            return type(fs)(*fs.storage_args, **fs.storage_options, skip_instance_cache=True)

        return cls(str(fs.unstrip_protocol(root)), connect)

    def call(self, operation: Callable[[FileSystem], T]) -> T:
        """Return what an operation returns; it is given the file system, and may run twice.

        Raises:
            OSError: it failed. Drivers raise errors of their own kinds; these are the cause.
        """
        fs = self.take()
        try:
            done = operation(fs)
        except _ANSWERS as error:
            self.give_back(fs)
            raise self.as_os_error(error, fs) from error
        except Exception:  # noqa: BLE001 - drivers raise errors of their own kinds
            self._idle = []  # where one was lost the others probably were
            fs = self.take()
            try:
                done = operation(fs)
            except Exception as error:
                raise self.as_os_error(error, fs) from error
        self.give_back(fs)
        return done

    def take(self) -> FileSystem:
        """Return a file system that nothing else uses.

        Raises:
            OSError: it cannot be connected to.
        """
        if self._process_id != os.getpid():
            self._idle, self._process_id = [], os.getpid()
        with suppress(IndexError):
            return self._idle.pop()
        try:
            return self._connect()
        except Exception as error:
            raise self.as_os_error(error, None) from error

    def give_back(self, fs: FileSystem) -> None:
        """Keep a file system that works for the next call."""
        if self._process_id == os.getpid():
            self._idle.append(fs)

    def as_os_error(self, error: Exception, fs: FileSystem) -> OSError:
        """Return an error of a driver as one of the operating system, without a password in it."""
        text = _without_secrets(str(error), getattr(fs, "storage_options", {}))
        if isinstance(error, OSError):
            return error if text == str(error) else OSError(error.errno, text)
        return OSError(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def _without_secrets(text: str, options: dict[str, object]) -> str:
    for name, value in options.items():
        if isinstance(value, str) and value and _SECRET.search(name):
            text = text.replace(value, "***")
    return text
