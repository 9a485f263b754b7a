"""Files on any other fsspec file system: whole uploads under content-addressed names."""

import contextlib
import os
import secrets
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from ..files.staging import Staging
from .volume import SHARD_LENGTH, Failpoint, Shard, StagedFile

_FEW: Final = 16
"""Up to so many files are asked for one by one; for more, the listing is cheaper."""

_STREAM_BLOCK_BYTES: Final = 4 << 20
_LEFTOVER_AGE_S: Final = 24 * 60 * 60


class RemoteVolume:
    """A folder or prefix on an fsspec file system.

    Args:
        fs: the file system.
        root: the folder, without protocol.
        failpoint: see :data:`Failpoint`.
    """

    # fsspec ships no types.
    def __init__(self, fs: Any, root: str, failpoint: Failpoint) -> None:
        self._own_fs = fs
        self._process_id = os.getpid()
        self._root = root.rstrip("/")
        self._failpoint = failpoint
        self._lock = threading.Lock()
        self._is_cleaned = False

    @property
    def location(self) -> str:
        """Where the files are, for people."""
        return str(self._fs.unstrip_protocol(self._root))

    def staging(self) -> Staging:
        """Return a new private local folder for one writer."""
        return Staging(Path(tempfile.gettempdir()), prefix="fingerpost-staging-")

    def publish(self, files: Collection[StagedFile]) -> None:
        """Upload files; each is visible when it is whole."""
        self._failpoint("before_rename")
        for file in files:
            self._upload(file)
        self._failpoint("after_rename")

    def open(self, name: str) -> BinaryIO:
        """Open a file for a few small reads anywhere in it."""
        # Without a cache: the default one of s3fs fetches 50 MB for a footer of 56 bytes.
        return cast("BinaryIO", self._fs.open(self._path(name), "rb", cache_type="none"))

    def stream(self, name: str) -> tuple[BinaryIO, int]:
        """Open a file for reading from start to end; return its size in bytes as well."""
        path = self._path(name)
        size_bytes = int(self._fs.info(path)["size"])
        file = self._fs.open(path, "rb", block_size=_STREAM_BLOCK_BYTES, cache_type="readahead")
        return cast("BinaryIO", file), size_bytes

    def read_range(self, name: str, offset: int, length: int) -> bytes:
        """Read a part of a file; shorter where the file ends."""
        if length == 0:
            return b""  # an empty range means "to the end" to some file systems
        return bytes(self._fs.cat_file(self._path(name), start=offset, end=offset + length))

    def sizes(self, names: Collection[str]) -> dict[str, int]:
        """Return the sizes in bytes of those files that are there, and durable."""
        if len(names) > _FEW:
            return self._sizes_from_listing(names)
        self._fs.invalidate_cache()
        found = {}
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                found[name] = int(self._fs.info(self._path(name))["size"])
        return found

    def names(self, folder: str) -> Iterator[str]:
        """Iterate over all files below a folder of shards."""
        yield from self._listing(folder)

    def changed_shards(self, folder: str, marks: Mapping[str, int]) -> Iterator[Shard]:
        """Iterate over the shards whose mark is not the given one."""
        shards: dict[str, set[str]] = defaultdict(set)
        for name in marks:
            shards[name] = set()
        for name in self._listing(folder):
            shards[name.split("/")[1]].add(name)
        for shard, names in shards.items():
            if len(shard) == SHARD_LENGTH:
                # Never None here: each look is a whole listing, and marks only name the shards.
                yield Shard(shard, 0, frozenset(names))

    def stored_at(self, name: str) -> float:
        """Return when a file was uploaded, in seconds since 1970, by the server's clock."""
        self._fs.invalidate_cache()
        return float(self._fs.modified(self._path(name)).timestamp())

    def take(self, name: str, target: Path) -> None:
        """Remove a file for good; nothing is left at the target."""
        del target
        self._fs.rm_file(self._path(name))
        self._fs.invalidate_cache()

    def read_note(self, name: str) -> bytes | None:
        """Return a small file, ``None`` if there is none."""
        try:
            return bytes(self._fs.cat_file(self._path(name)))
        except FileNotFoundError:
            return None

    def write_note(self, name: str, data: bytes) -> None:
        """Write a small file, over another one should there be one."""
        self._fs.makedirs(self._root, exist_ok=True)
        self._fs.pipe_file(self._path(name), data)
        self._fs.invalidate_cache()

    @property
    def _fs(self) -> Any:
        # An instance inherited through fork raises (its event loop thread stayed behind); the
        # class makes a new one in a new process, from the same arguments.
        if self._process_id != os.getpid():
            old = self._own_fs
            self._own_fs = type(old)(*old.storage_args, **old.storage_options)
            self._process_id = os.getpid()
        return self._own_fs

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _upload(self, file: StagedFile) -> None:
        # Readers could see a part of it (sftp, smb, fsspec's memory), so it is uploaded under
        # another name and then moved.
        size_bytes = file.path.stat().st_size
        target = self._path(file.name)
        self._remove_leftovers()
        partial = self._path(f"tmp/{int(time.time())}-{secrets.token_hex(8)}")
        try:
            self._fs.makedirs(self._path("tmp"), exist_ok=True)
            self._put(file.path, partial, size_bytes)
            self._fs.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._fs.mv(partial, target)
        except BaseException:
            with contextlib.suppress(OSError):
                self._fs.rm_file(partial)
            raise

    def _put(self, source: Path, target: str, size_bytes: int) -> None:
        self._fs.put_file(str(source), target)
        self._fs.invalidate_cache()
        stored_bytes = int(self._fs.info(target)["size"])
        if stored_bytes != size_bytes:
            raise OSError(f"uploaded {size_bytes} bytes to {target!r}, {stored_bytes} arrived")

    def _remove_leftovers(self) -> None:
        with self._lock:
            if self._is_cleaned:
                return
            self._is_cleaned = True
        for path in self._listing("tmp"):
            made_at = path.removeprefix("tmp/").partition("-")[0]
            if made_at.isdecimal() and int(made_at) < time.time() - _LEFTOVER_AGE_S:
                with contextlib.suppress(OSError):
                    self._fs.rm_file(self._path(path))

    def _listing(self, folder: str) -> dict[str, int]:
        self._fs.invalidate_cache()
        try:
            found = self._fs.find(self._path(folder), detail=True)
        except FileNotFoundError:
            return {}
        start = self._fs._strip_protocol(self._path(folder))  # noqa: SLF001 - public by custom
        return {
            folder + path[len(start) :]: int(facts["size"] or 0) for path, facts in found.items()
        }

    def _sizes_from_listing(self, names: Collection[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for folder in {name.partition("/")[0] for name in names}:
            found |= self._listing(folder)
        return {name: found[name] for name in names if name in found}
