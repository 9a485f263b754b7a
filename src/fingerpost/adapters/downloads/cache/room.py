"""How much a cache may take, how much it takes, and what has to go."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from attrs import frozen

from fingerpost.application.json_form import JsonForm
from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.manifest.digest import DIGEST_SIZES_BYTES, Digest

from ...files.locks import is_locked_now

_ACCOUNT: Final = "used-bytes"
_BLOCK_BYTES: Final = 4096
_PATIENCE_S: Final = 5.0
_PAUSE_S: Final = 0.01
_FULL_TENTHS: Final = 9
"""How full the cache is after making room, so that room is not made for each file anew."""


@frozen
class CacheUsage(JsonForm):
    """A number of cached contents, and what they take on disk."""

    entries: int
    size_bytes: int


@frozen(order=True)
class _Held:
    used_at_ns: int
    path: str
    size_bytes: int


class Room:
    """Keeps the account of a cache folder, in a file that is locked while it is changed.

    Room is accounted for before it is used. What a crash leaves accounted for and unused is put
    right when the account says that the cache is full: the folder is looked through then. Where
    files cannot be locked, or the account is lost, that happens more often.

    Args:
        folder: of the cache.
        limit_bytes: what it may take.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    def reserve(self, size_bytes: int) -> bool:
        """Make room for a file, removing what was not used for longest if need be.

        Returns:
            Whether there is room.

        Raises:
            OSError: the folder cannot be read or written, or others keep the account locked.
        """
        with self._account() as account:
            used_bytes = _read(account)
            if used_bytes is None or used_bytes + size_bytes > self._limit_bytes:
                most_bytes = min(
                    self._limit_bytes - size_bytes, self._limit_bytes * _FULL_TENTHS // 10
                )
                used_bytes, _ = self._shrink(most_bytes)
            _write(account, used_bytes + size_bytes)
            return used_bytes + size_bytes <= self._limit_bytes

    def clean(self, to_bytes: int) -> CacheUsage:
        """Remove files until no more than so much is left; return what was removed.

        Raises:
            OSError: the folder cannot be read or written, or others keep the account locked.
        """
        if not self._folder.is_dir():
            return CacheUsage(0, 0)
        with self._account() as account:
            used_bytes, removed = self._shrink(to_bytes)
            _write(account, used_bytes)
        return removed

    def usage(self) -> CacheUsage:
        """Return what is there.

        Raises:
            OSError: the folder cannot be read.
        """
        held = list(self._held())
        return CacheUsage(len(held), sum(each.size_bytes for each in held))

    def _shrink(self, most_bytes: int) -> tuple[int, CacheUsage]:
        held = sorted(self._held())
        before_bytes = used_bytes = sum(each.size_bytes for each in held)
        removed = 0
        for each in held:
            if used_bytes <= most_bytes:
                break
            with suppress(PermissionError):  # Windows: somebody reads it
                Path(each.path).unlink(missing_ok=True)
                used_bytes -= each.size_bytes
                removed += 1
        return used_bytes, CacheUsage(removed, before_bytes - used_bytes)

    def _held(self) -> Iterator[_Held]:
        for algorithm in DIGEST_SIZES_BYTES:
            for shard in _listed(self._folder / algorithm):
                for item in _listed(Path(shard.path)):
                    with suppress(FileNotFoundError, InvalidValueError):
                        # Somebody's own file is not ours to remove.
                        Digest(f"{algorithm}:{item.name}")
                        facts = item.stat(follow_symlinks=False)
                        yield _Held(facts.st_mtime_ns, item.path, size_on_disk(facts.st_size))

    @contextmanager
    def _account(self) -> Iterator[int]:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        account = os.open(self._folder / _ACCOUNT, flags, 0o600)
        try:
            deadline = time.monotonic() + _PATIENCE_S
            while is_locked_now(account) is False:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{_ACCOUNT!r} is kept locked by another process")
                time.sleep(_PAUSE_S)
            yield account
        finally:
            os.close(account)


def size_on_disk(size_bytes: int) -> int:
    """Return what a file takes: whole blocks, and one for its name."""
    return (-(-size_bytes // _BLOCK_BYTES) + 1) * _BLOCK_BYTES


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read(account: int) -> int | None:
    os.lseek(account, 0, os.SEEK_SET)
    text = os.read(account, 32)
    return int(text) if text.isdigit() else None


def _write(account: int, used_bytes: int) -> None:
    os.ftruncate(account, 0)
    os.lseek(account, 0, os.SEEK_SET)
    os.write(account, b"%d" % used_bytes)
