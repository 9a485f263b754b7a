"""Collecting small blobs into packs."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from fingerpost.domain.manifest.digest import Digest

from ..files.staging import Staging
from .catalog import Catalog, KnownPack
from .pack import MAX_ENTRIES, PackWriter
from .packs import pack_name
from .volume import Failpoint, Volume, as_unavailable

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


class FinishedPack(NamedTuple):
    """A whole pack in the staging folder, and what the catalog will be told about it."""

    path: Path
    known: KnownPack


class _Pending(NamedTuple):
    digest: Digest
    data: bytes
    compress: bool


class _OpenPack(NamedTuple):
    file: BinaryIO
    path: Path
    writer: PackWriter


class Packer:
    """Writes small blobs into packs in a staging folder, but for those that are stored already.

    At most four MiB wait in memory. Not thread-safe.
    """

    def __init__(self, target: Target, staging: Staging) -> None:
        self._target = target
        self._staging = staging
        self._pending: list[_Pending] = []
        self._pending_bytes = 0
        self._pack: _OpenPack | None = None
        self._finished: list[FinishedPack] = []

    def add(self, digest: Digest, data: bytes, *, compress: bool) -> None:
        """Take one blob that was not given before.

        Raises:
            StoreUnavailableError: if what waited could not be written.
        """
        self._pending.append(_Pending(digest, data, compress))
        self._pending_bytes += len(data)
        if self._pending_bytes >= _BATCH_BYTES or len(self._pending) >= MAX_ENTRIES:
            self._flush()

    def finish(self) -> list[FinishedPack]:
        """Write what waits and return all packs.

        Raises:
            StoreUnavailableError: if it could not be written.
        """
        self._flush()
        self._finish_pack()
        return self._finished

    def abandon(self) -> None:
        """Forget what waits and close the open pack."""
        self._pending.clear()
        if self._pack is not None:
            self._pack.file.close()

    def _flush(self) -> None:
        pending, self._pending, self._pending_bytes = self._pending, [], 0
        if not pending:
            return
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
        known = KnownPack(name, pack.writer.length, pack.writer.entries)
        self._finished.append(FinishedPack(pack.path, known))
