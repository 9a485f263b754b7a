"""The writer: packs small blobs, stores large ones alone, publishes all in one commit."""

from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, NamedTuple, Protocol, Self

from fingerpost.domain.digest import Digest
from fingerpost.domain.errors import ContentMismatchError, WriterFinishedError

from ..hashing import BLOCK_BYTES, hash_bytes, new_hasher
from .blobs import blob_name
from .catalog import Catalog, KnownPack
from .pack import MAX_ENTRIES, PackEntry, PackWriter
from .packs import pack_name
from .staging import checked
from .volume import Failpoint, StagedFile, Volume, as_unavailable

_BATCH_BYTES: Final = 4 << 20
"""How much is collected in memory before it is looked up and written."""


class Limits(NamedTuple):
    """From which size on blobs stand alone, and at which a pack is full."""

    small_below_bytes: int
    pack_bytes: int


class Target(NamedTuple):
    """What a writer writes to.

    Attributes:
        volume: where the files go.
        catalog: told of new packs once they are durable.
        present: tells which digests are stored already.
        packed: tells which are stored in a pack, where small blobs are.
        limits: see :class:`Limits`.
        failpoint: see :data:`~.volume.Failpoint`.
    """

    volume: Volume
    catalog: Catalog
    present: Callable[[Collection[Digest]], set[Digest]]
    packed: Callable[[Collection[Digest]], set[Digest]]
    limits: Limits
    failpoint: Failpoint


class _Pending(NamedTuple):
    digest: Digest
    data: bytes
    compress: bool


class _FinishedPack(NamedTuple):
    name: str
    size_bytes: int
    entries: list[PackEntry]


class _OpenPack(NamedTuple):
    file: BinaryIO
    path: Path
    writer: PackWriter


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class FsspecContentWriter:
    """See :class:`~fingerpost.application.ports.content_store.ContentWriter`.

    Large blobs wait as files in the writer's staging folder, small ones in packs there; at most
    four MiB wait in memory. :meth:`commit` publishes the files and then tells the catalog.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._staging = target.volume.staging()
        self._pending: list[_Pending] = []
        self._pending_bytes = 0
        self._pack: _OpenPack | None = None
        self._packs: list[_FinishedPack] = []
        self._files: dict[str, StagedFile] = {}
        self._seen: set[Digest] = set()
        self._is_finished = False

    def add_bytes(self, data: bytes, *, compress: bool = False) -> Digest:
        """Add one blob from memory; one that stands alone is stored as it is."""
        self._check_open("add_bytes")
        digest = hash_bytes(data)
        if len(data) < self._target.limits.small_below_bytes:
            self._add_small(digest, data, compress=compress)
        elif self._is_new(digest):
            self._stage_whole(digest, data)
        return digest

    def add_stream(
        self,
        source: BinaryIO,
        *,
        algorithm: str = "blake3",
        progress: Callable[[int], None] | None = None,
    ) -> tuple[Digest, int]:
        """Add one blob read from a stream, hashed as it is stored.

        Errors of ``source`` pass unchanged; what was read is not added then.

        Returns:
            The digest and the size in bytes.
        """
        self._check_open("add_stream")
        head = _read_up_to(source, self._target.limits.small_below_bytes)
        if progress and head:
            progress(len(head))
        if len(head) < self._target.limits.small_below_bytes:
            digest = hash_bytes(head, algorithm)
            self._add_small(digest, head, compress=False)
            return digest, len(head)
        return self._stage_stream(head, source, algorithm, progress)

    def adopt(self, path: Path, digest: Digest, size_bytes: int) -> None:
        """Take over a private file, at once: it is gone when this returns.

        Renamed when it is on the store's device, has one link and belongs to this user; its
        digest is then believed. Else it is copied and the copy verified; small files always are.

        Raises:
            ContentMismatchError: the file has another size or, when copied, another digest.
            SourceFileError: it is no regular file.
        """
        self._check_open("adopt")
        if size_bytes < self._target.limits.small_below_bytes:
            self._adopt_small(path, digest, size_bytes)
            return
        with as_unavailable(self._target.volume.location):
            self._stage(self._staging.adopt(path, digest, size_bytes), digest)

    def commit(self) -> None:
        """Make all that was added durable, then visible; the writer is finished then.

        Raises:
            StoreUnavailableError: the bytes could not be made durable. Nothing became visible
                that was not whole, and what may not be durable counts as missing.
        """
        self._check_open("commit")
        self._is_finished = True
        try:
            self._flush()
            self._finish_pack()
            if self._files:
                self._publish()
        finally:
            self._staging.discard()

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
        self._pending.clear()
        if self._pack is not None:
            self._pack.file.close()
        self._staging.discard()

    def _check_open(self, attempted: str) -> None:
        if self._is_finished:
            raise WriterFinishedError(self._target.volume.location, attempted)

    def _is_new(self, digest: Digest) -> bool:
        return digest not in self._seen and not self._target.present([digest])

    # Small blobs

    def _add_small(self, digest: Digest, data: bytes, *, compress: bool) -> None:
        if digest in self._seen:
            return
        self._seen.add(digest)
        self._pending.append(_Pending(digest, data, compress))
        self._pending_bytes += len(data)
        if self._pending_bytes >= _BATCH_BYTES or len(self._pending) >= MAX_ENTRIES:
            self._flush()

    def _adopt_small(self, path: Path, digest: Digest, size_bytes: int) -> None:
        checked(path, digest, size_bytes)
        with path.open("rb") as file:
            data = file.read(size_bytes + 1)
        actual = hash_bytes(data, digest.algorithm)
        if actual != digest:
            raise ContentMismatchError(str(path), digest, actual, "It changed: hash it again.")
        self._add_small(digest, data, compress=False)
        path.unlink()

    def _flush(self) -> None:
        """Write what waits in memory to the pack, but for what the store has already."""
        pending, self._pending, self._pending_bytes = self._pending, [], 0
        with as_unavailable(self._target.volume.location):
            there = self._target.packed([blob.digest for blob in pending])
        new = [blob for blob in pending if blob.digest not in there]
        if not new:
            return
        self._target.failpoint("before_blob_write")
        with as_unavailable(self._target.volume.location):
            pack = self._open_pack()
            pack.writer.add(new)
            is_full = pack.writer.length >= self._target.limits.pack_bytes
            if is_full or len(pack.writer.entries) >= MAX_ENTRIES:
                self._finish_pack()
        self._target.failpoint("after_blob_write")

    def _open_pack(self) -> _OpenPack:
        if self._pack is None:
            file, path = self._staging.create()
            self._pack = _OpenPack(file, path, PackWriter(file))
        return self._pack

    def _finish_pack(self) -> None:
        if self._pack is None:
            return
        pack, self._pack = self._pack, None
        with as_unavailable(self._target.volume.location), pack.file:
            name = pack_name(pack.writer.finish())
        self._packs.append(_FinishedPack(name, pack.writer.length, pack.writer.entries))
        self._stage_file(pack.path, name)

    # Large blobs

    def _stage_whole(self, digest: Digest, data: bytes) -> None:
        self._target.failpoint("before_blob_write")
        with as_unavailable(self._target.volume.location):
            file, path = self._staging.create()
            with file:
                file.write(data)
            self._stage(path, digest)
        self._target.failpoint("after_blob_write")

    def _stage_stream(
        self,
        head: bytes,
        source: BinaryIO,
        algorithm: str,
        progress: Callable[[int], None] | None,
    ) -> tuple[Digest, int]:
        location = self._target.volume.location
        self._target.failpoint("before_blob_write")
        with as_unavailable(location):
            file, path = self._staging.create()
        hasher, size_bytes, data = new_hasher(algorithm), 0, head
        try:
            with file:
                while data:
                    hasher.update(data)
                    with as_unavailable(location):
                        file.write(data)
                    size_bytes += len(data)
                    data = source.read(BLOCK_BYTES)
                    if progress and data:
                        progress(len(data))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        digest = Digest.of(algorithm, hasher.digest())
        self._stage(path, digest)
        self._target.failpoint("after_blob_write")
        return digest, size_bytes

    def _stage(self, path: Path, digest: Digest) -> None:
        if self._is_new(digest):
            self._seen.add(digest)
            self._stage_file(path, blob_name(digest))
        else:
            path.unlink()

    def _stage_file(self, path: Path, name: str) -> None:
        self._staging.protect(path)
        self._files[name] = StagedFile(path, name)

    # Publication

    def _publish(self) -> None:
        volume, catalog = self._target.volume, self._target.catalog
        try:
            with as_unavailable(volume.location):
                volume.publish(self._files.values())
        except BaseException:
            # Some may be visible, and after a failed fsync nobody knows what is on the disk.
            for name in self._files:
                catalog.distrust(name)
            raise
        self._target.failpoint("before_catalog")
        catalog.trust(self._files)
        if self._packs:
            catalog.record(KnownPack(*pack) for pack in self._packs)
        self._target.failpoint("after_catalog")


def _read_up_to(source: _Readable, size_bytes: int) -> bytes:
    parts, left = [], size_bytes
    while left and (data := source.read(left)):
        parts.append(data)
        left -= len(data)
    return b"".join(parts)
