"""Files on any other fsspec file system: whole uploads under content-addressed names."""

import contextlib
import io
import secrets
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, cast

from ..files.staging import Staging
from .remote_connection import FileSystem, RemoteConnection
from .remote_file import RemoteFile
from .remote_listing import ListedFile, listed, stored_at
from .volume import SHARD_LENGTH, Failpoint, Shard, StagedFile

UNFINISHED: Final = "tmp"
"""Folder of uploads that have not been moved to their names."""

_FEW: Final = 16
"""Up to so many files are asked for one by one; for more, the listing is cheaper."""

_SMALL_BLOCK_BYTES: Final = 64 << 10
_STREAM_BLOCK_BYTES: Final = 4 << 20
_PREFETCHED_BYTES: Final = 32 << 20
"""Up to this size a file is asked for at once where the driver can; it is in memory then."""

_COMPARED_BYTES: Final = 1 << 20
_LEFTOVER_AGE_S: Final = 24 * 60 * 60


class RemoteVolume:
    """A folder or prefix on an fsspec file system.

    What the file system has to promise is in :mod:`.promises`.

    Args:
        connection: to the file system.
        root: the folder, without protocol.
        staging: folder for what waits to be uploaded; ``None`` for the system's temporary folder.
        failpoint: see :data:`Failpoint`.

    Attributes:
        connection: to the file system.
        root: the folder, without protocol and without a slash at the end.
    """

    def __init__(
        self, connection: RemoteConnection, root: str, staging: Path | None, failpoint: Failpoint
    ) -> None:
        self.connection = connection
        self.root = root.rstrip("/")
        self._staging = staging or Path(tempfile.gettempdir())
        self._failpoint = failpoint
        self._lock = threading.Lock()
        self._is_cleaned = False

    @property
    def location(self) -> str:
        """Where the files are, for people."""
        return self.connection.location

    def staging(self) -> Staging:
        """Return a new private local folder for one writer."""
        return Staging(self._staging, prefix="fingerpost-staging-")

    def publish(self, files: Collection[StagedFile]) -> None:
        """Upload files; each is visible when it is whole."""
        self._failpoint("before_rename")
        for file in files:
            self._upload(file)
        self._failpoint("after_rename")

    def open(self, name: str) -> BinaryIO:
        """Open a file for a few small reads anywhere in it."""
        # In small blocks: by default some file systems fetch megabytes for a footer of 56 bytes.
        raw = self._opened(name, _SMALL_BLOCK_BYTES)
        return cast("BinaryIO", io.BufferedReader(raw, _SMALL_BLOCK_BYTES))

    def stream(self, name: str) -> tuple[BinaryIO, int]:
        """Open a file for reading from start to end; return its size in bytes as well."""
        size_bytes = self._size_bytes(self._path(name))
        file = self._opened(name, _STREAM_BLOCK_BYTES)
        if size_bytes <= _PREFETCHED_BYTES:
            file.prefetch(size_bytes)
        return cast("BinaryIO", file), size_bytes

    def read_range(self, name: str, offset: int, length: int) -> bytes:
        """Read a part of a file; shorter where the file ends."""
        if length == 0:
            return b""  # an empty range means "to the end" to some file systems
        path, end = self._path(name), offset + length
        return bytes(self.connection.call(lambda fs: fs.cat_file(path, start=offset, end=end)))

    def sizes(self, names: Collection[str]) -> dict[str, int]:
        """Return the sizes in bytes of those files that are there, and durable."""
        if len(names) > _FEW:
            return self._sizes_from_listing(names)
        found = {}
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                found[name] = self._size_bytes(self._path(name))
        return found

    def names(self, folder: str) -> Iterator[str]:
        """Iterate over all files below a folder of shards."""
        for file in self._listing(folder):
            yield file.name

    def changed_shards(self, folder: str, marks: Mapping[str, int]) -> Iterator[Shard]:
        """Iterate over the shards whose mark is not the given one."""
        shards: dict[str, set[str]] = defaultdict(set)
        for name in marks:
            shards[name] = set()
        for name in self.names(folder):
            shards[name.split("/")[1]].add(name)
        for shard, names in shards.items():
            if len(shard) == SHARD_LENGTH:
                # Never None here: each look is a whole listing, and marks only name the shards.
                yield Shard(shard, 0, frozenset(names))

    def stored_at(self, name: str) -> float:
        """Return when a file was uploaded, in seconds since 1970, by the server's clock."""
        path = self._path(name)
        return self.connection.call(lambda fs: stored_at(fs, path))

    def take(self, name: str, target: Path) -> None:
        """Remove a file for good; nothing is left at the target."""
        del target
        self.connection.call(lambda fs: fs.rm_file(self._path(name)))

    def read_note(self, name: str) -> bytes | None:
        """Return a small file, ``None`` if there is none."""
        try:
            return bytes(self.connection.call(lambda fs: fs.cat_file(self._path(name))))
        except FileNotFoundError:
            return None

    def write_note(self, name: str, data: bytes) -> None:
        """Write a small file, whole, over another one should there be one."""
        self.connection.call(lambda fs: self._write_note(fs, self._path(name), data))

    def _write_note(self, fs: FileSystem, target: str, data: bytes) -> None:
        with self._unfinished(fs) as partial:
            fs.pipe_file(partial, data)
            replace(fs, partial, target, io.BytesIO(data))

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _opened(self, name: str, block_bytes: int) -> RemoteFile:
        path = self._path(name)
        return RemoteFile.opened(self.connection, path, block_bytes)

    def _size_bytes(self, path: str) -> int:
        return self.connection.call(lambda fs: _size_bytes(fs, path))

    def _upload(self, file: StagedFile) -> None:
        self._remove_leftovers()
        self.connection.call(lambda fs: self._uploaded(fs, file))

    def _uploaded(self, fs: FileSystem, file: StagedFile) -> None:
        # Readers could see a part of it (sftp, smb), so it is uploaded under another name and then
        # moved.
        size_bytes = file.path.stat().st_size
        target = self._path(file.name)
        with self._unfinished(fs) as partial:
            fs.put_file(str(file.path), partial)
            stored_bytes = _size_bytes(fs, partial)
            if stored_bytes != size_bytes:
                raise OSError(f"uploaded {size_bytes} bytes to {target!r}, {stored_bytes} arrived")
            fs.makedirs(target.rpartition("/")[0], exist_ok=True)
            with file.path.open("rb") as whole:
                replace(fs, partial, target, whole)

    @contextlib.contextmanager
    def _unfinished(self, fs: FileSystem) -> Iterator[str]:
        """Yield a new name for an upload, and remove what is left of it after a failure."""
        partial = self._path(f"{UNFINISHED}/{int(time.time())}-{secrets.token_hex(8)}")
        fs.makedirs(self._path(UNFINISHED), exist_ok=True)
        try:
            yield partial
        except BaseException:
            # A broken connection raises here once more. The next writer removes the file then.
            with contextlib.suppress(Exception):
                fs.rm_file(partial)
            raise

    def _remove_leftovers(self) -> None:
        with self._lock:
            if self._is_cleaned:
                return
            self._is_cleaned = True
        for file in self._listing(UNFINISHED):
            made_at = file.name.removeprefix(f"{UNFINISHED}/").partition("-")[0]
            if made_at.isdecimal() and int(made_at) < time.time() - _LEFTOVER_AGE_S:
                with contextlib.suppress(OSError):
                    self.take(file.name, Path())

    def _listing(self, folder: str) -> list[ListedFile]:
        path = self._path(folder)
        return self.connection.call(lambda fs: list(listed(fs, path, folder)))

    def _sizes_from_listing(self, names: Collection[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for folder in {name.partition("/")[0] for name in names}:
            found |= {file.name: file.size_bytes for file in self._listing(folder)}
        return {name: found[name] for name in names if name in found}


def replace(fs: FileSystem, partial: str, target: str, whole: BinaryIO) -> None:
    """Move a file to its name, over another one should there be one.

    Some servers refuse to rename over a file (Windows' shares). An equal file is left there then;
    a different one is damaged, and makes room.

    Args:
        fs: the file system.
        partial: where the file is.
        target: its name.
        whole: the same bytes, to be compared.
    """
    try:
        fs.mv(partial, target)
    except Exception:
        if not fs.exists(target):
            raise
        if _holds(fs, target, whole):
            fs.rm_file(partial)
        else:
            fs.rm_file(target)
            fs.mv(partial, target)


def _holds(fs: FileSystem, path: str, whole: BinaryIO) -> bool:
    with fs.open(path, "rb", block_size=_STREAM_BLOCK_BYTES) as there:
        while expected := whole.read(_COMPARED_BYTES):
            if there.read(len(expected)) != expected:
                return False
        return not there.read(1)


def _size_bytes(fs: FileSystem, path: str) -> int:
    fs.invalidate_cache()
    return int(fs.info(path)["size"])
