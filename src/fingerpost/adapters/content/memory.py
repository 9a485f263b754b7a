"""A content store in memory, for tests and for embedding."""

import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from fingerpost.application.ports.content_sweep import Amount, SweepTally
from fingerpost.domain.errors import (
    ContentMismatchError,
    ContentNotFoundError,
    WriterFinishedError,
)
from fingerpost.domain.manifest.digest import Digest

from ..files.hashing import BLOCK_BYTES, hash_bytes
from .holds import TIMEOUT_S, ThreadContentLock


class InMemoryContentStore:
    """Blobs in a dictionary; gone with the object. "Durable" means nothing here.

    Thread-safe.

    Args:
        lock_timeout_s: how long holding and sweeping wait for each other.
    """

    def __init__(self, lock_timeout_s: float = TIMEOUT_S) -> None:
        self._blobs: dict[Digest, bytes] = {}
        self._stored_at: dict[Digest, float] = {}
        self._damaged: set[Digest] = set()
        self._lock = threading.Lock()
        self._holds = ThreadContentLock(self.location, lock_timeout_s)

    @property
    def location(self) -> str:
        """Where the bytes are, for people."""
        return "memory"

    @property
    def is_local(self) -> bool:
        """Whether the bytes are on this machine: they are."""
        return True

    def writer(self) -> "InMemoryContentWriter":
        """Return a new writer."""
        return InMemoryContentWriter(self.location, self._publish)

    def missing(self, digests: Iterable[Digest]) -> set[Digest]:
        """Return those of the digests that are not in the store, or were found damaged."""
        return {d for d in digests if d not in self._blobs or d in self._damaged}

    def open(self, digest: Digest) -> BinaryIO:
        """Open a blob for reading, verified at once."""
        return io.BytesIO(self.read(digest))

    def read(self, digest: Digest) -> bytes:
        """Return a whole blob, verified."""
        data = self._get(digest)
        actual = hash_bytes(data, digest.algorithm)
        if actual != digest:
            self._damaged.add(digest)
            raise ContentMismatchError(f"a blob in {self.location}", digest, actual)
        return data

    def size_bytes(self, digest: Digest) -> int:
        """Return the size of a blob."""
        return len(self._get(digest))

    def digests(self) -> Iterator[Digest]:
        """Iterate over the digests of the blobs that are there now."""
        with self._lock:
            return iter(list(self._blobs))

    def hold(self) -> AbstractContextManager[None]:
        """Keep everything that is there from being removed; see the port."""
        return self._holds.shared()

    @property
    def can_sweep(self) -> bool:
        """Always."""
        return True

    @contextmanager
    def sweep(self, *, dry_run: bool) -> "Iterator[InMemorySweep]":
        """Begin a garbage collection; see the port."""
        with nullcontext() if dry_run else self._holds.sweeping():
            yield InMemorySweep(self._blobs, self._stored_at, self._holds)

    def close(self) -> None:
        """Do nothing: the blobs stay for as long as the object does."""

    def _get(self, digest: Digest) -> bytes:
        try:
            return self._blobs[digest]
        except KeyError:
            raise ContentNotFoundError(digest, self.location) from None

    def _publish(self, blobs: dict[Digest, bytes]) -> None:
        with self._lock:
            self._stored_at |= dict.fromkeys(blobs, time.time())
            self._blobs |= blobs
            self._damaged -= blobs.keys()


class InMemorySweep:
    """See :class:`~fingerpost.application.ports.content_sweep.ContentSweep`."""

    def __init__(
        self, blobs: dict[Digest, bytes], stored_at: dict[Digest, float], holds: ThreadContentLock
    ) -> None:
        self._blobs = blobs
        self._stored_at = stored_at
        self._holds = holds
        self._kept: set[Digest] = set()
        self._going: dict[Digest, int] = {}
        self._owners: dict[Digest, int] = {}
        self._young = Amount()

    def keep(self, digests: Iterable[Digest]) -> set[Digest]:
        """Note that these stay; return those that are new."""
        new = set(digests) - self._kept
        self._kept |= new
        return new

    def assess(self, older_than: datetime) -> None:
        """Decide what goes; nothing is removed yet."""
        for digest, data in list(self._blobs.items()):
            if digest in self._kept:
                continue
            if self._stored_at[digest] > older_than.timestamp():
                self._young += _amount(len(data))
            else:
                self._going[digest] = len(data)

    def charge(self, owner: int, digests: Iterable[Digest]) -> None:
        """Note to whom content belonged that goes."""
        for digest in self._going.keys() & set(digests):
            self._owners.setdefault(digest, owner)

    def remove(self, catch_up: Callable[[], None]) -> None:
        """Remove what goes."""
        with self._holds.exclusive():
            catch_up()
            for digest in self._going.keys() & self._kept:
                del self._going[digest]
            for digest in self._going:
                self._blobs.pop(digest, None)

    def tally(self) -> SweepTally:
        """Return what goes, or went."""
        charged: dict[int, Amount] = {}
        unnamed = Amount()
        for digest, size_bytes in self._going.items():
            owner = self._owners.get(digest)
            if owner is None:
                unnamed += _amount(size_bytes)
            else:
                charged[owner] = charged.get(owner, Amount()) + _amount(size_bytes)
        return SweepTally(
            charged=charged,
            unnamed=unnamed,
            young=self._young,
            files=len(self._going),
            freed_bytes=sum(self._going.values()),
        )


def _amount(size_bytes: int) -> Amount:
    return Amount(contents=1, size_bytes=size_bytes, stored_bytes=size_bytes)


class InMemoryContentWriter:
    """See :class:`~fingerpost.application.ports.content_store.ContentWriter`."""

    def __init__(self, location: str, publish: Callable[[dict[Digest, bytes]], None]) -> None:
        self._location = location
        self._publish = publish
        self._added: dict[Digest, bytes] = {}
        self._is_finished = False

    def add_bytes(
        self,
        data: bytes,
        *,
        algorithm: str = "blake3",
        compress: bool = False,  # noqa: ARG002 - the port's
    ) -> Digest:
        """Add one blob; it is not compressed here."""
        self._check_open("add_bytes")
        digest = hash_bytes(data, algorithm)
        self._added[digest] = data
        return digest

    def add_stream(
        self,
        source: BinaryIO,
        *,
        algorithm: str = "blake3",
        progress: Callable[[int], None] | None = None,
    ) -> tuple[Digest, int]:
        """Add one blob read from a stream; it has to fit into memory."""
        self._check_open("add_stream")
        parts = []
        while part := source.read(BLOCK_BYTES):
            parts.append(part)
            if progress:
                progress(len(part))
        data = b"".join(parts)
        digest = hash_bytes(data, algorithm)
        self._added[digest] = data
        return digest, len(data)

    def adopt(self, path: Path, digest: Digest, size_bytes: int) -> None:
        """Read a file, verify and remove it.

        Raises:
            ContentMismatchError: if it has another size or digest.
        """
        self._check_open("adopt")
        data = path.read_bytes()
        actual = hash_bytes(data, digest.algorithm)
        if actual != digest or len(data) != size_bytes:
            expected = f"{digest} of {size_bytes} bytes"
            raise ContentMismatchError(str(path), expected, f"{actual} of {len(data)} bytes")
        self._added[digest] = data
        path.unlink()

    def commit(self) -> None:
        """Make all that was added visible at once."""
        self._check_open("commit")
        self._is_finished = True
        self._publish(self._added)

    def __enter__(self) -> Self:
        self._check_open("enter")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self._is_finished = True
        self._added = {}

    def _check_open(self, attempted: str) -> None:
        if self._is_finished:
            raise WriterFinishedError(self._location, attempted)
