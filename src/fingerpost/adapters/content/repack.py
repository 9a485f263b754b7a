"""Copying what is in use out of packs that are mostly garbage."""

from collections.abc import Collection
from typing import NamedTuple

from fingerpost.domain.manifest.digest import Digest

from ..files.staging import Staging
from .catalog import KnownPack, PackLocation
from .marks import Doomed
from .pack import MAX_ENTRIES, Encoding, PackEntry, PackWriter
from .packer import Target
from .packs import Packs, pack_name
from .volume import StagedFile, as_unavailable


class Moved(NamedTuple):
    """A pack, and what of it lies in a new pack, durable."""

    file: Doomed
    digests: frozenset[Digest]


class Repacker:
    """Collects blobs of several packs into one new pack.

    Every blob is verified as it is copied; whether it was compressed stays as it was.
    """

    def __init__(self, target: Target, shelf: Packs, staging: Staging) -> None:
        self._target = target
        self._shelf = shelf
        self._staging = staging
        self._file, self._path = staging.create()
        self._writer = PackWriter(self._file)
        self._seen: set[Digest] = set()
        self._moved: list[Moved] = []

    @property
    def is_full(self) -> bool:
        """Whether it is time to :meth:`finish`."""
        is_large = self._writer.length >= self._target.limits.pack_bytes
        return is_large or len(self._seen) >= MAX_ENTRIES

    def add(self, file: Doomed, pack: KnownPack, needed: Collection[PackEntry]) -> None:
        """Copy the blobs of a pack that are in use.

        Raises:
            ContentMismatchError: one is damaged: the pack is to stay as it is.
            FileNotFoundError: the pack is gone.
        """
        for entry in needed:
            if entry.digest in self._seen:
                continue
            data = self._shelf.load(PackLocation(pack.name, pack.size_bytes, entry))
            self._writer.add([(entry.digest, data, entry.encoding is Encoding.ZSTD)])
            self._seen.add(entry.digest)
        self._moved.append(Moved(file, frozenset(entry.digest for entry in needed)))

    def finish(self) -> tuple[list[Moved], int]:
        """Make the new pack durable, visible and known.

        Returns:
            The packs that can go now, and the size of the new one in bytes.
        """
        with self._file:
            name = pack_name(self._writer.finish())
        if not self._moved:
            self._path.unlink()
            return [], 0
        self._staging.protect(self._path)
        self._publish(name)
        known = KnownPack(name, self._writer.length, self._writer.entries)
        self._target.catalog.trust([name])
        self._target.catalog.record([known])
        self._target.failpoint("after_repack")
        return self._moved, self._writer.length

    def abandon(self) -> None:
        """Close the file. Idempotent."""
        self._file.close()

    def _publish(self, name: str) -> None:
        try:
            with as_unavailable(self._target.volume.location):
                self._target.volume.publish([StagedFile(self._path, name)])
        except BaseException:
            self._target.catalog.distrust(name)
            raise
