"""A content store that counts the bytes which go in and out of another one."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from fingerpost.application.ports.content_store import ContentStore, ContentWriter
from fingerpost.application.ports.content_sweep import ContentSweep
from fingerpost.domain.manifest.digest import Digest


class MeteredContentStore:
    """Passes everything on to ``inner``."""

    def __init__(self, inner: ContentStore) -> None:
        self.inner = inner
        self.written_bytes = 0
        self.read_bytes = 0

    @property
    def location(self) -> str:
        """Where the bytes are."""
        return self.inner.location

    @property
    def is_local(self) -> bool:
        """Whether the bytes are on this machine."""
        return self.inner.is_local

    def writer(self) -> "MeteredWriter":
        """Return a new writer."""
        return MeteredWriter(self, self.inner.writer())

    def missing(self, digests: Iterable[Digest]) -> set[Digest]:
        """Return those that are not in the store."""
        return self.inner.missing(digests)

    def open(self, digest: Digest) -> BinaryIO:
        """Open a blob for reading, verified."""
        self.read_bytes += self.inner.size_bytes(digest)
        return self.inner.open(digest)

    def read(self, digest: Digest) -> bytes:
        """Return a whole blob, verified."""
        self.read_bytes += self.inner.size_bytes(digest)
        return self.inner.read(digest)

    def size_bytes(self, digest: Digest) -> int:
        """Return the size of a blob."""
        return self.inner.size_bytes(digest)

    def digests(self) -> Iterator[Digest]:
        """Iterate over all digests."""
        return self.inner.digests()

    def hold(self) -> AbstractContextManager[None]:
        """Keep what is there from being removed."""
        return self.inner.hold()

    @property
    def can_sweep(self) -> bool:
        """Whether garbage can be collected."""
        return self.inner.can_sweep

    def sweep(self, *, dry_run: bool) -> AbstractContextManager[ContentSweep]:
        """Begin a garbage collection."""
        return self.inner.sweep(dry_run=dry_run)

    def close(self) -> None:
        """Release what is held open."""
        self.inner.close()


class MeteredWriter:
    """Passes everything on to a writer of the inner store."""

    def __init__(self, store: MeteredContentStore, inner: ContentWriter) -> None:
        self._store = store
        self._inner = inner

    def add_bytes(
        self, data: bytes, *, algorithm: str = "blake3", compress: bool = False
    ) -> Digest:
        """Add one blob from memory."""
        self._store.written_bytes += len(data)
        return self._inner.add_bytes(data, algorithm=algorithm, compress=compress)

    def add_stream(
        self,
        source: BinaryIO,
        *,
        algorithm: str = "blake3",
        progress: Callable[[int], None] | None = None,
    ) -> tuple[Digest, int]:
        """Add one blob read from a stream."""
        digest, size_bytes = self._inner.add_stream(source, algorithm=algorithm, progress=progress)
        self._store.written_bytes += size_bytes
        return digest, size_bytes

    def adopt(self, path: Path, digest: Digest, size_bytes: int) -> None:
        """Take over a private file."""
        self._store.written_bytes += size_bytes
        self._inner.adopt(path, digest, size_bytes)

    def commit(self) -> None:
        """Make all that was added durable, then visible."""
        self._inner.commit()

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._inner.__exit__(kind, error, trace)
