"""What a file system has to promise before it may keep content, and finding out whether it does.

*Source*: ``docs/adr/0038-what-a-place-for-content-must-promise.md``.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from fsspec import AbstractFileSystem

from fingerpost.domain.errors import StoreUnavailableError

from .remote_connection import FileSystem, RemoteConnection
from .remote_listing import listed, stored_at
from .remote_volume import UNFINISHED

WRITTEN: Final = "files can be written"
THERE_AT_ONCE: Final = "a file is there as soon as it has been written"
RANGES: Final = "a part of a file can be read"
WHOLE: Final = "a file appears under its name only when it is whole"
LISTED: Final = "files can be listed"
DATED: Final = "when a file was stored can be asked"
REMOVED: Final = "files can be removed"

_REMEDY: Final = "Use a folder, sftp://host/folder, or object storage such as s3://bucket/prefix."


class Broken(NamedTuple):
    """A promise that a kind of file system does not keep.

    Attributes:
        promise: one of those above.
        reason: why it is not kept.
    """

    promise: str
    reason: str

    def sentence(self) -> str:
        """Return it for an error message."""
        return f"it does not promise that {self.promise}: {self.reason}"


_READ_ONLY: Final = Broken(WRITTEN, "it can only be read")
_STALE: Final = Broken(THERE_AT_ONCE, "it shows copies of what was there before")
_COPIES: Final = Broken(WHOLE, "its driver renames by copying, so others see a part of the copy")

KNOWN_TO_BREAK: Final = {
    **dict.fromkeys(
        ("data", "dvc", "gist", "git", "github", "http", "https", "libarchive", "tar", "wandb"),
        _READ_ONLY,
    ),
    "reference": _READ_ONLY,
    "zip": Broken(REMOVED, "a member of an archive stays there"),
    **dict.fromkeys(("blockcache", "cached", "filecache", "simplecache"), _STALE),
    "ftp": Broken(DATED, "its driver does not"),
    **dict.fromkeys(("dav", "webdav"), _COPIES),
}
"""By protocol of fsspec, what is known without asking a server."""

_RENAMES_BY_COPYING: Final = frozenset({"memory"})
"""Copies of these appear whole."""

_SAMPLE: Final = bytes(range(256)) * 512
_PART_BYTES: Final = 5 << 20
"""The smallest part that object stores take."""

_FROM, _TO = 70_000, 70_123


def require_promises(connection: RemoteConnection, root: str) -> None:
    """Return if a file system keeps all promises; tried out with a few small files.

    Nothing is left behind, the folders aside.

    Args:
        connection: to the file system.
        root: the folder for content.

    Raises:
        StoreUnavailableError: it does not; names the promise. Or it cannot be reached.
    """
    try:
        fs = connection.take()
    except OSError as error:
        raise StoreUnavailableError(
            connection.location,
            f"it cannot be connected to ({error.strerror or error})",
            "Check the address and the credentials: they are found in fsspec's configuration, and "
            "where the driver of this protocol looks for them.",
        ) from error
    _Trial(connection, fs, f"{root.rstrip('/')}/{UNFINISHED}").run()


class _Trial:
    def __init__(self, connection: RemoteConnection, fs: FileSystem, folder: str) -> None:
        self._connection = connection
        self._fs = fs
        self._folder = f"{folder}/trial-{secrets.token_hex(8)}"
        self._first, self._second = f"{self._folder}/a", f"{self._folder}/b"

    def run(self) -> None:
        try:
            self._keeps(WRITTEN, self._write)
            self._keeps(THERE_AT_ONCE, lambda: self._holds(self._first, _SAMPLE))
            self._keeps(RANGES, self._read_a_part)
            self._keeps(WHOLE, self._rename)
            self._keeps(LISTED, self._list)
            self._keeps(DATED, self._ask_for_the_time)
            self._keeps(REMOVED, self._remove)
        finally:
            self._clean()

    def _keeps(self, promise: str, attempt: Callable[[], str | None]) -> None:
        """Raise if an attempt fails, or returns what is wrong."""
        try:
            problem, cause = attempt(), None
        except Exception as error:  # noqa: BLE001 - drivers raise errors of their own kinds
            cause = self._connection.as_os_error(error, self._fs)
            problem = cause.strerror or str(cause)
        if problem is not None:
            broken = Broken(promise, problem.rstrip("."))
            raise StoreUnavailableError(
                self._connection.location, broken.sentence(), _REMEDY
            ) from cause

    def _write(self) -> None:
        self._fs.makedirs(self._folder, exist_ok=True)
        self._fs.pipe_file(self._first, _SAMPLE)

    def _holds(self, path: str, data: bytes) -> str | None:
        self._fs.invalidate_cache()
        size_bytes = int(self._fs.info(path)["size"])
        if size_bytes != len(data):
            return f"{len(data)} bytes were written, and {size_bytes} are there"
        return None if bytes(self._fs.cat_file(path)) == data else "other bytes are there"

    def _read_a_part(self) -> str | None:
        part = bytes(self._fs.cat_file(self._first, start=_FROM, end=_TO))
        return None if part == _SAMPLE[_FROM:_TO] else "other bytes were read"

    def _rename(self) -> str | None:
        if _renames_by_copying(self._fs) and self._is_visible_while_written():
            return _COPIES.reason
        self._fs.mv(self._first, self._second)
        self._fs.invalidate_cache()
        if self._fs.exists(self._first):
            return "after it was renamed, it was still there under its old name"
        return self._holds(self._second, _SAMPLE)

    def _is_visible_while_written(self) -> bool:
        path = f"{self._folder}/c"
        with self._fs.open(path, "wb", block_size=_PART_BYTES) as file:
            # More than a part, so that drivers which upload parts send the first one.
            file.write(bytes(_PART_BYTES + 1))
            file.flush()
            self._fs.invalidate_cache()
            is_visible: bool = self._fs.exists(path)
        self._fs.rm_file(path)
        return is_visible

    def _list(self) -> str | None:
        names = [file.name for file in listed(self._fs, self._folder, "t")]
        return None if names == ["t/b"] else f"{names} was listed after one file was written"

    def _ask_for_the_time(self) -> None:
        stored_at(self._fs, self._second)

    def _remove(self) -> str | None:
        self._fs.rm_file(self._second)
        self._fs.invalidate_cache()
        return "it was still there afterwards" if self._fs.exists(self._second) else None

    def _clean(self) -> None:
        for path in (self._first, self._second):
            # Mostly one of them is there; and a broken promise may be that nothing is removed.
            with suppress(Exception):
                self._fs.rm_file(path)
        with suppress(Exception):
            self._fs.rmdir(self._folder)


def _renames_by_copying(fs: FileSystem) -> bool:
    protocols = {fs.protocol} if isinstance(fs.protocol, str) else set(fs.protocol)
    return type(fs).mv is AbstractFileSystem.mv and not protocols & _RENAMES_BY_COPYING
