"""The content store on any fsspec file system, a local folder above all."""

import io
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from fsspec.implementations.local import LocalFileSystem

from fingerpost.application.ports.content_check import ContentProblem
from fingerpost.domain.errors import ContentMismatchError, ContentNotFoundError, InvalidValueError
from fingerpost.domain.manifest.digest import Digest

from .blobs import Blobs
from .catalog import Catalog
from .check import check_blobs, check_packs
from .claim import OwnershipMarker
from .holds import (
    HAS_LOCKS,
    TIMEOUT_S,
    ContentLock,
    FolderContentLock,
    without_ledger,
    without_locks,
)
from .local_volume import LocalVolume
from .objects import Connection, ObjectVolume, speaks_objects
from .pack import MAX_BLOB_BYTES
from .packer import Limits, Target
from .packs import Packs
from .promises import require_promises
from .remote_connection import RemoteConnection
from .remote_volume import RemoteVolume
from .sweep import FolderSweep
from .volume import Failpoint, Volume, as_unavailable
from .writer import FsspecContentWriter

SMALL_BELOW_BYTES: Final = 1 << 20
PACK_BYTES: Final = 64 << 20
_CHUNK: Final = 10_000


class FsspecContentStore:
    """Blobs in a folder or on an object store: small ones in packs, large ones on their own.

    Layout, below ``root``::

        packs/<2 hex>/<blake3 of the pack>.pack
        blobs/<2 hex>/<algorithm>-<hex>
        tmp/                     unfinished files; cleared of what is older than a day
        locks/                   held by those who log, and by garbage collection

    No file is ever changed, and the folder alone is enough to find every blob again. It is
    made by the first write. Safe to use from several threads, processes and machines; a forked
    child goes on with connections of its own.

    *Durability:* in a local folder files are fsynced, renamed, and their folder fsynced; on an
    object store a file is there when its upload is complete. What :meth:`missing` does not
    return is durable too, whoever wrote it.

    Args:
        fs: an fsspec file system, or a :class:`RemoteConnection` to one; its listings cache is
            bypassed.
        root: the folder on it.
        catalog_path: SQLite file on a local disk that says which blob lies in which pack.
            Derived data: it may be deleted at any time.
        small_below_bytes: blobs below this size are packed.
        pack_bytes: at which size a pack is full.
        failpoint: called with the name of each step of a write or removal, for crash tests.
        lock_timeout_s: how long holding and sweeping wait for each other.
        holds: where those who log and garbage collection keep out of each other's way; by default
            in the folder itself if it is a local one, else nothing can be removed.
        staging: folder on this machine for what waits to be uploaded; not for local folders.

    *Source*: ``docs/reference/storage-format.md`` describes the pack format.
    """

    def __init__(
        self,
        fs: Any,  # fsspec ships no types
        root: str,
        catalog_path: Path,
        *,
        small_below_bytes: int = SMALL_BELOW_BYTES,
        pack_bytes: int = PACK_BYTES,
        failpoint: Failpoint | None = None,
        lock_timeout_s: float = TIMEOUT_S,
        holds: ContentLock | None = None,
        staging: Path | None = None,
    ) -> None:
        _check_limits(small_below_bytes, pack_bytes)
        failpoint = failpoint or _pass
        self._volume = _volume(fs, root, staging, failpoint)
        self._catalog = Catalog(catalog_path)
        self._packs = Packs(self._volume, self._catalog)
        self._blobs = Blobs(self._volume, self._catalog)
        self._holds = holds or _own_holds(self._volume, lock_timeout_s)
        self._claim: OwnershipMarker | None = None
        limits = Limits(small_below_bytes, pack_bytes)
        self._target = Target(
            self._volume, self._catalog, self._present, self._packs.present, limits, failpoint
        )

    @property
    def location(self) -> str:
        """Where the bytes are, for people: a folder or URL."""
        return self._volume.location

    @property
    def is_local(self) -> bool:
        """Whether the bytes are on this machine."""
        return isinstance(self._volume, LocalVolume)

    def writer(self) -> FsspecContentWriter:
        """Return a new writer."""
        return FsspecContentWriter(self._target)

    def missing(self, digests: Iterable[Digest]) -> set[Digest]:
        """Return those of the digests that are not in the store.

        Blobs found damaged by an earlier read count as missing, so that logging the data again
        stores it again.
        """
        rest = iter(digests)
        missing: set[Digest] = set()
        with as_unavailable(self.location):
            self._packs.refresh()
        while chunk := set(islice(rest, _CHUNK)):
            missing |= chunk - self._present(chunk)
        return missing

    def open(self, digest: Digest) -> BinaryIO:
        """Open a blob for reading; see the port.

        A packed blob is read and verified at once, a stand-alone one as it is read.
        """
        with as_unavailable(self.location):
            return self._open(digest)

    def read(self, digest: Digest) -> bytes:
        """Return a whole blob, verified."""
        with as_unavailable(self.location), self.open(digest) as reader:
            return reader.read()

    def size_bytes(self, digest: Digest) -> int:
        """Return the size of a blob without reading it."""
        with as_unavailable(self.location):
            for location in self._packs.known(digest):
                return location.entry.size_bytes
            alone = self._blobs.size_bytes(digest)
            if alone is not None:
                return alone
            for location in self._packs.locate(digest):
                return location.entry.size_bytes
        raise ContentNotFoundError(digest, self.location)

    def digests(self) -> Iterator[Digest]:
        """Iterate over the digests of all blobs, in no particular order, each once."""
        with as_unavailable(self.location):
            self._packs.refresh()
            yield from self._catalog.digests()
            alone = self._blobs.digests()
            while chunk := set(islice(alone, _CHUNK)):
                yield from chunk - self._catalog.find(chunk).keys()

    def check(self, progress: Callable[[int], None] | None = None) -> Iterator[ContentProblem]:
        """Re-hash every pack and blob and yield what is damaged; nothing is changed.

        Args:
            progress: receives the number of stored bytes looked at since its last call.

        Raises:
            StoreUnavailableError: it is not this store's content.
        """
        self._require_claim()
        with as_unavailable(self.location):
            yield from check_packs(self._volume, self._catalog, self._packs, progress)
            yield from check_blobs(self._volume, self._catalog, progress)

    def require_promises(self) -> None:
        """Return if the place keeps what a content store needs of it; asked before it is used.

        Raises:
            StoreUnavailableError: it does not; names the promise. Or it cannot be reached.
        """
        if isinstance(self._volume, RemoteVolume):
            require_promises(self._volume.connection, self._volume.root)

    def claimed_by(self, store_id: str) -> OwnershipMarker:
        """Have it looked at before any change whether this is that store's content.

        Returns:
            The mark, which a new store makes.
        """
        self._claim = OwnershipMarker(self._volume, store_id)
        return self._claim

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep everything that is there from being removed; see the port."""
        self._require_claim()
        with nullcontext() if self._holds is None else self._holds.shared():
            yield

    @property
    def can_sweep(self) -> bool:
        """Whether those who log and those who remove can keep out of each other's way."""
        return HAS_LOCKS and self._holds is not None

    @contextmanager
    def sweep(self, *, dry_run: bool) -> Iterator[FolderSweep]:
        """Begin a garbage collection; see the port."""
        if self._holds is None:
            raise without_ledger(self.location)
        if not HAS_LOCKS:
            raise without_locks(self.location)
        self._require_claim()
        with nullcontext() if dry_run else self._holds.sweeping():
            sweep = FolderSweep(self._volume, self._packs, self._target, self._holds)
            try:
                yield sweep
            finally:
                sweep.close()

    def _require_claim(self) -> None:
        if self._claim is not None:
            self._claim.require()

    def close(self) -> None:
        """Close the catalog. Idempotent."""
        self._catalog.close()

    def _present(self, digests: Collection[Digest]) -> set[Digest]:
        with as_unavailable(self.location):
            packed = self._packs.present(digests)
            return packed | self._blobs.present(set(digests) - packed)

    def _open(self, digest: Digest) -> BinaryIO:
        # What is known first, then one question, and only then a listing of all packs.
        problem: ContentMismatchError | None = None
        try:
            data = self._packs.read(self._packs.known(digest))
            if data is not None:
                return io.BytesIO(data)
        except ContentMismatchError as error:
            problem = error
        reader = self._blobs.open(digest)
        if reader is not None:
            return reader
        data = self._packs.read(self._packs.locate(digest))
        if data is not None:
            return io.BytesIO(data)
        raise problem or ContentNotFoundError(digest, self.location)


def _volume(fs: Any, root: str, staging: Path | None, failpoint: Failpoint) -> Volume:
    if isinstance(fs, LocalFileSystem):
        return LocalVolume(Path(LocalFileSystem._strip_protocol(root)), failpoint)  # noqa: SLF001
    if not isinstance(fs, RemoteConnection) and speaks_objects(fs):
        return ObjectVolume(Connection(fs, root), staging, failpoint)
    connection = fs if isinstance(fs, RemoteConnection) else RemoteConnection.of(fs, root)
    return RemoteVolume(connection, root, staging, failpoint)


def _own_holds(volume: Volume, timeout_s: float) -> FolderContentLock | None:
    if isinstance(volume, LocalVolume):
        return FolderContentLock(Path(volume.location) / "locks", volume.location, timeout_s)
    return None


def _check_limits(small_below_bytes: int, pack_bytes: int) -> None:
    for what, value in (("small_below_bytes", small_below_bytes), ("pack_bytes", pack_bytes)):
        if not 0 <= value <= MAX_BLOB_BYTES:
            raise InvalidValueError(
                what,
                value,
                f"it is between 0 and {MAX_BLOB_BYTES}",
                "Leave it out for the default.",
            )


def _pass(_: str) -> None:
    pass
