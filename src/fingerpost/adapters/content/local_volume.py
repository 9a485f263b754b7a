"""Files in a local folder: published by fsync, rename and fsync of the folder."""

import os
import secrets
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from ..files.durability import sync_file, sync_folder
from ..files.staging import Staging
from .volume import SHARD_LENGTH, Failpoint, Shard, StagedFile

_GRANULARITY_NS: Final = 2_000_000_000
"""Coarsest time stamps in use: a folder may change twice within it and look unchanged."""

_RECENT_S: Final = 60
"""Longer than anybody takes from a rename to the fsync of the folder."""


class LocalVolume:
    """A folder on this machine; made by the first publication.

    Args:
        root: the folder.
        failpoint: see :data:`Failpoint`.
    """

    def __init__(self, root: Path, failpoint: Failpoint) -> None:
        self._root = root
        self._failpoint = failpoint
        self._settled: set[Path] = set()

    @property
    def location(self) -> str:
        """Where the files are, for people."""
        return str(self._root)

    def staging(self) -> Staging:
        """Return a new private local folder for one writer."""
        return Staging(self._root / "tmp")

    def publish(self, files: Collection[StagedFile]) -> None:
        """Make files durable, then visible.

        When a fsync of a file fails, no file has become visible. When the fsync of a folder
        fails, whole files are visible which a power cut may take back: the caller must not rely
        on them.
        """
        self._failpoint("before_fsync")
        for file in files:
            os.utime(file.path)  # an adopted file may be old: see stored_at()
            sync_file(file.path)
        self._failpoint("after_fsync")
        folders = {(self._root / file.name).parent for file in files}
        for folder in folders:
            self._make_folder(folder)
        self._failpoint("before_rename")
        for file in files:
            # Over an equal file, should there be one: that also repairs a damaged one.
            file.path.replace(self._root / file.name)
        self._failpoint("after_rename")
        for folder in folders:
            sync_folder(folder)

    def open(self, name: str) -> BinaryIO:
        """Open a file for a few small reads anywhere in it."""
        return (self._root / name).open("rb")

    def stream(self, name: str) -> tuple[BinaryIO, int]:
        """Open a file for reading from start to end; return its size in bytes as well."""
        file = (self._root / name).open("rb", buffering=0)
        return file, os.fstat(file.fileno()).st_size

    def read_range(self, name: str, offset: int, length: int) -> bytes:
        """Read a part of a file; shorter where the file ends."""
        with (self._root / name).open("rb", buffering=0) as file:
            file.seek(offset)
            # A raw read may be cut short by a signal or at 2 GiB; a pack is smaller.
            return file.read(length) or b""

    def sizes(self, names: Collection[str]) -> dict[str, int]:
        """Return the sizes in bytes of those files that are there, and durable."""
        sizes: dict[str, int] = {}
        recent: set[Path] = set()
        root, oldest = str(self._root), time.time() - _RECENT_S
        for name in names:
            try:
                facts = os.stat(f"{root}/{name}")  # noqa: PTH116 - called for thousands of names
            except (FileNotFoundError, NotADirectoryError):
                continue
            sizes[name] = facts.st_size
            if facts.st_ctime > oldest:
                recent.add((self._root / name).parent)
        # Somebody may have renamed a file a moment ago and not made the folder durable yet. What
        # is called present here is named by events, so it is made durable first.
        for folder in recent:
            sync_folder(folder)
        return sizes

    def stored_at(self, name: str) -> float:
        """Return when a file was published, in seconds since 1970.

        Raises:
            FileNotFoundError: it is not there.
        """
        return (self._root / name).stat().st_mtime

    def take(self, name: str, target: Path) -> None:
        """Take a file away, to a path in :meth:`staging`; who reads it may go on.

        Raises:
            FileNotFoundError: it is not there.
        """
        (self._root / name).rename(target)

    def read_note(self, name: str) -> bytes | None:
        """Return a small file, ``None`` if there is none."""
        try:
            return (self._root / name).read_bytes()
        except FileNotFoundError:
            return None

    def write_note(self, name: str, data: bytes) -> None:
        """Write a small file, atomically and durably."""
        self._root.mkdir(parents=True, exist_ok=True)
        unfinished = self._root / f"{name}.{secrets.token_hex(8)}"
        unfinished.write_bytes(data)
        sync_file(unfinished)
        unfinished.replace(self._root / name)
        sync_folder(self._root)

    def names(self, folder: str) -> Iterator[str]:
        """Iterate over all files below a folder of shards."""
        for shard in self.changed_shards(folder, {}):
            yield from shard.names

    def changed_shards(self, folder: str, marks: Mapping[str, int]) -> Iterator[Shard]:
        """Iterate over the shards whose mark is not the given one."""
        there = {name for name in _listed(self._root / folder) if len(name) == SHARD_LENGTH}
        for name in sorted(there | set(marks)):
            path = self._root / folder / name
            mark = _mark(path)
            if mark is None or marks.get(name) != mark:
                names = frozenset(f"{folder}/{name}/{item}" for item in _listed(path))
                if names and _is_recent(path):
                    sync_folder(path)  # for the reason given in sizes()
                yield Shard(name, mark, names)

    def _make_folder(self, folder: Path) -> None:
        if folder in self._settled and folder.is_dir():
            return
        folder.mkdir(parents=True, exist_ok=True)
        # Also when it was there: its maker may not have come to make it durable.
        for parent in (folder.parent, self._root, self._root.parent):
            sync_folder(parent)
        self._settled.add(folder)


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names, not paths
    except (FileNotFoundError, NotADirectoryError):
        return []


def _mark(folder: Path) -> int | None:
    """Return a folder's time of change, unless it could change again without showing it."""
    try:
        changed_ns = folder.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return changed_ns if changed_ns < time.time_ns() - _GRANULARITY_NS else None


def _is_recent(folder: Path) -> bool:
    return folder.stat().st_mtime > time.time() - _RECENT_S
