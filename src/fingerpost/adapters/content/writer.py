"""The writer: packs small blobs, stores large ones alone, publishes all in one commit."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from fingerpost.domain.errors import ContentMismatchError, WriterFinishedError
from fingerpost.domain.manifest.digest import Digest

from ..files.hashing import BLOCK_BYTES, hash_bytes, new_hasher
from ..files.staging import checked
from .blobs import blob_name
from .catalog import KnownPack
from .packer import Packer, Target
from .volume import StagedFile, as_unavailable


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
        self._packer = Packer(target, self._staging)
        self._files: dict[str, StagedFile] = {}
        self._seen: set[Digest] = set()
        self._is_finished = False

    def add_bytes(
        self, data: bytes, *, algorithm: str = "blake3", compress: bool = False
    ) -> Digest:
        """Add one blob from memory; one that stands alone is stored as it is."""
        self._check_open("add_bytes")
        digest = hash_bytes(data, algorithm)
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
            packs = self._packer.finish()
            for pack in packs:
                self._stage_file(pack.path, pack.known.name)
            if self._files:
                self._publish([pack.known for pack in packs])
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
        self._packer.abandon()
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
        self._packer.add(digest, data, compress=compress)

    def _adopt_small(self, path: Path, digest: Digest, size_bytes: int) -> None:
        checked(path, digest, size_bytes)
        with path.open("rb") as file:
            data = file.read(size_bytes + 1)
        actual = hash_bytes(data, digest.algorithm)
        if actual != digest:
            raise ContentMismatchError(str(path), digest, actual, "It changed: hash it again.")
        self._add_small(digest, data, compress=False)
        path.unlink()

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

    def _publish(self, packs: list[KnownPack]) -> None:
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
        if packs:
            catalog.record(packs)
        self._target.failpoint("after_catalog")


def _read_up_to(source: _Readable, size_bytes: int) -> bytes:
    parts, left = [], size_bytes
    while left and (data := source.read(left)):
        parts.append(data)
        left -= len(data)
    return b"".join(parts)
