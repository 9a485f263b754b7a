"""The port to stored content: content-addressed, written once, verified when read."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from fingerpost.domain.manifest.digest import Digest

from .content_sweep import ContentSweep

BytesWritten = Callable[[int], None]
"""Progress callback: receives the number of bytes handled since the last call."""


class ContentWriter(Protocol):
    """Collects blobs and makes them durable and visible in one :meth:`commit`.

    A context manager: leaving it without :meth:`commit` discards what was added. Not shared
    between threads; several writers may work on one store at once, in several processes.
    """

    def add_bytes(
        self, data: bytes, *, algorithm: str = "blake3", compress: bool = False
    ) -> Digest:
        """Add one blob from memory.

        Args:
            data: the blob.
            algorithm: of the digest under which it is stored.
            compress: whether to try compression (the digest is that of ``data``).
        """
        ...

    def add_stream(
        self, source: BinaryIO, *, algorithm: str = "blake3", progress: BytesWritten | None = None
    ) -> tuple[Digest, int]:
        """Add one blob read from a stream until its end, hashed as it is stored.

        Memory stays bounded whatever the length.

        Returns:
            The digest and the size in bytes.
        """
        ...

    def adopt(self, path: Path, digest: Digest, size_bytes: int) -> None:
        """Store a private file whose digest the caller computed, by renaming it if possible.

        The file is gone when this returns, even if the writer is discarded. Only for files that no
        other process can write to.
        """
        ...

    def commit(self) -> None:
        """Make all added blobs durable, then visible.

        When this returns, the blobs survive a power cut. Adding a blob that the store has already
        is permitted, and stores nothing twice.

        Raises:
            StoreUnavailableError: the bytes could not be made durable; no partial blob became
                visible.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...


class ContentStore(Protocol):
    """Blobs by digest. A visible blob is complete and never changes.

    Implementations are safe to use from several threads. The suite
    ``fingerpost.testing.ContentStoreConformance`` holds them to this contract.
    """

    @property
    def location(self) -> str:
        """The store's folder or URL, for people."""
        ...

    @property
    def is_local(self) -> bool:
        """Whether the bytes are on this machine, so that a local cache is useless."""
        ...

    def writer(self) -> ContentWriter:
        """Return a new writer."""
        ...

    def missing(self, digests: Iterable[Digest]) -> set[Digest]:
        """Return the digests that are not in the store, or are known to be damaged there.

        Blobs that are not returned are durable. Blobs that a read or check found damaged are
        returned, so that logging the data again repairs the store.
        """
        ...

    def open(self, digest: Digest) -> BinaryIO:
        """Open a blob for reading, with verification.

        If the bytes do not have the digest, opening or one of the reads raises before the end of
        the stream: a reader that reads to the end gets the right bytes or an error.

        Raises:
            ContentNotFoundError: there is no such blob.
            ContentMismatchError: (here or while reading) the stored bytes are damaged.
        """
        ...

    def read(self, digest: Digest) -> bytes:
        """Return a whole blob, verified. For small blobs such as manifest pages.

        Raises:
            ContentNotFoundError: there is no such blob.
            ContentMismatchError: the stored bytes are damaged.
        """
        ...

    def size_bytes(self, digest: Digest) -> int:
        """Return the size of a blob without reading it.

        Raises:
            ContentNotFoundError: there is no such blob.
        """
        ...

    def digests(self) -> Iterator[Digest]:
        """Iterate over the digests of all blobs, in no particular order, each once."""
        ...

    def hold(self) -> AbstractContextManager[None]:
        """Keep garbage collection from removing content while the block runs.

        Callers of :meth:`missing` need it: until the event that names a blob is stored, nothing
        else protects the blob. Many callers may hold the store at once. Entering may wait for a
        removal in progress, which is short. A process that dies releases its hold.

        Raises:
            StoreUnavailableError: a removal did not end within a minute.
        """
        ...

    @property
    def can_sweep(self) -> bool:
        """Whether :meth:`sweep` is possible here."""
        ...

    def sweep(self, *, dry_run: bool) -> AbstractContextManager[ContentSweep]:
        """Begin a garbage collection; only one may run. See :class:`ContentSweep`.

        Args:
            dry_run: whether nothing will be removed.

        Raises:
            StoreUnavailableError: another one is running, or this store does not support it
                (:attr:`can_sweep`): without working locks no removal is safe.
        """
        ...

    def close(self) -> None:
        """Release open files and connections. Idempotent."""
        ...
