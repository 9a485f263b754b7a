"""The port to where bytes live: content-addressed, written once, verified when read."""

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
            compress: whether compressing it is worth a try (the digest is that of ``data``).
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
        """Take over a private file whose digest the caller computed, by renaming if possible.

        The file is gone when this returns, whatever becomes of the writer. Only for files that
        nobody else can write to.
        """
        ...

    def commit(self) -> None:
        """Make all that was added durable, then visible.

        When this returns, a power cut does not lose it. Adding what is there already is
        permitted and stores nothing twice.

        Raises:
            StoreUnavailableError: the bytes could not be made durable; nothing became visible
                that was not whole.
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
    """Blobs by digest. What is visible is whole; what is whole never changes.

    Implementations are safe to use from several threads. The suite
    ``fingerpost.testing.ContentStoreConformance`` holds them to this contract.
    """

    @property
    def location(self) -> str:
        """Where the bytes are, for people: a folder or URL."""
        ...

    @property
    def is_local(self) -> bool:
        """Whether the bytes are on this machine, so that a copy of them nearby is of no use."""
        ...

    def writer(self) -> ContentWriter:
        """Return a new writer."""
        ...

    def missing(self, digests: Iterable[Digest]) -> set[Digest]:
        """Return those of the digests that are not in the store, or are known to be damaged there.

        What it does not return is durable, whoever wrote it; what a read or a check found damaged
        is returned, so that logging the data again heals the store.
        """
        ...

    def open(self, digest: Digest) -> BinaryIO:
        """Open a blob for reading; what is read is verified.

        Opening, or a read at the latest the last one, raises when the bytes do not have the
        digest, before the end of the stream is returned: a reader that reads to the end has
        either the right bytes or an error.

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
        """Keep everything that is there from being removed, for as long as the block lasts.

        For whoever relies on :meth:`missing`: until the event is stored that names a blob, only
        this keeps garbage collection from taking it. Many may hold the store at once. Entering
        may wait for a removal that is going on, which is short. A process that dies lets go.

        Raises:
            StoreUnavailableError: a removal did not end within a minute.
        """
        ...

    @property
    def can_sweep(self) -> bool:
        """Whether :meth:`sweep` is possible here."""
        ...

    def sweep(self, *, dry_run: bool) -> AbstractContextManager[ContentSweep]:
        """Begin a garbage collection; one at a time. See :class:`ContentSweep`.

        Args:
            dry_run: whether nothing will be removed.

        Raises:
            StoreUnavailableError: another one is going on, or this store cannot do it
                (:attr:`can_sweep`): where holds do not work, nothing is safe to remove.
        """
        ...

    def close(self) -> None:
        """Release what the store holds open. Idempotent."""
        ...
