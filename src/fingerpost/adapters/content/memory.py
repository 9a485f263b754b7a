"""A content store in memory, for tests and for embedding."""

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from fingerpost.domain.digest import Digest
from fingerpost.domain.errors import (
    ContentMismatchError,
    ContentNotFoundError,
    WriterFinishedError,
)

from ..hashing import BLOCK_BYTES, hash_bytes


class InMemoryContentStore:
    """Blobs in a dictionary; gone with the object. "Durable" means nothing here.

    Thread-safe.
    """

    def __init__(self) -> None:
        self._blobs: dict[Digest, bytes] = {}
        self._damaged: set[Digest] = set()
        self._lock = threading.Lock()

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

    def close(self) -> None:
        """Do nothing: the blobs stay for as long as the object does."""

    def _get(self, digest: Digest) -> bytes:
        try:
            return self._blobs[digest]
        except KeyError:
            raise ContentNotFoundError(digest, self.location) from None

    def _publish(self, blobs: dict[Digest, bytes]) -> None:
        with self._lock:
            self._blobs |= blobs
            self._damaged -= blobs.keys()


class InMemoryContentWriter:
    """See :class:`~fingerpost.application.ports.content_store.ContentWriter`."""

    def __init__(self, location: str, publish: Callable[[dict[Digest, bytes]], None]) -> None:
        self._location = location
        self._publish = publish
        self._added: dict[Digest, bytes] = {}
        self._is_finished = False

    def add_bytes(self, data: bytes, *, compress: bool = False) -> Digest:  # noqa: ARG002 - the port's
        """Add one blob; it is not compressed here."""
        self._check_open("add_bytes")
        digest = hash_bytes(data)
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
