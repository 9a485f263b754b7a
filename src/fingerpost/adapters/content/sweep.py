"""Garbage collection in a folder or prefix: which files go, which are rewritten, and doing it."""

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from attrs import evolve

from fingerpost.application.ports.content_sweep import Amount, SweepTally
from fingerpost.domain.errors import ContentMismatchError, DamagedPackError
from fingerpost.domain.manifest.digest import Digest

from . import blobs, packs
from .copies import second_copies
from .holds import ContentLock
from .marks import INDEX_ENTRY_BYTES, Doomed, Fate, MarkSet
from .pack import Encoding, PackEntry
from .packer import Target
from .packs import Packs
from .repack import Moved, Repacker
from .volume import Volume, as_unavailable

_SLICE_S: Final = 0.25
"""For how long writers are kept out at a time, the last file aside."""

_NOTHING: Final[frozenset[Digest]] = frozenset()
_log = logging.getLogger(__name__)


class FolderSweep:
    """See :class:`~fingerpost.application.ports.content_sweep.ContentSweep`.

    A pack of which nothing is in use is removed. One of which more than half is garbage is
    rewritten: what is in use goes to a new pack, which is durable before the old one is removed.
    While nobody holds the store, a local file is renamed into a private folder, to be deleted
    afterwards, which may take long; an object is removed at once.
    """

    def __init__(self, volume: Volume, shelf: Packs, target: Target, holds: ContentLock) -> None:
        self._volume = volume
        self._shelf = shelf
        self._target = target
        self._holds = holds
        self._marks = MarkSet()
        self._staging = volume.staging()
        self._older_than_s = 0.0
        self._kept_when_assessed = 0
        self._young = self._waiting = Amount()
        self._is_plan = True
        self._new_bytes = 0

    def close(self) -> None:
        """Forget everything."""
        self._staging.discard()
        self._marks.close()

    def keep(self, digests: Iterable[Digest]) -> set[Digest]:
        """Note that these stay; return those that are new."""
        return self._marks.keep(digests)

    def charge(self, owner: int, digests: Iterable[Digest]) -> None:
        """Note to whom content belonged that goes."""
        self._marks.charge(owner, digests)

    def tally(self) -> SweepTally:
        """Return what goes, or went."""
        counted = self._marks.tally(is_plan=self._is_plan)
        return evolve(
            counted,
            freed_bytes=counted.freed_bytes - self._new_bytes,
            young=self._young,
            waiting=self._waiting,
        )

    # Deciding

    def assess(self, older_than: datetime) -> None:
        """Decide what goes; nothing is removed yet."""
        self._older_than_s = older_than.timestamp()
        with as_unavailable(self._volume.location):
            self._shelf.refresh()
            for digest, spare in second_copies(self._target.catalog, self._shelf, self._marks.kept):
                self._marks.add_spares(digest, spare)
            for name in self._volume.names(packs.FOLDER):
                if packs.pack_digest(name):
                    self._assess_pack(name)
            for name in self._volume.names(blobs.FOLDER):
                digest_or_none = blobs.blob_digest(name)
                if digest_or_none:
                    self._assess_blob(name, digest_or_none)
        self._kept_when_assessed = self._marks.kept_count

    def _assess_pack(self, name: str) -> None:
        try:
            pack, stored_at = self._shelf.index(name), self._volume.stored_at(name)
        except FileNotFoundError:
            return
        except DamagedPackError as error:
            _log.warning("%s It stays: nobody can tell what is in it.", error)
            return
        kept = self._marks.kept(entry.digest for entry in pack.entries)
        needed, dead, copies = self._sorted(name, pack.entries, kept)
        if not dead and not copies:
            return
        if stored_at > self._older_than_s:
            self._young += _amount(dead)
        elif not needed:
            self._marks.doom(name, pack.size_bytes, Fate.REMOVED, dead, copies)
        elif 2 * _length(needed) < _length(pack.entries):
            self._marks.doom(name, pack.size_bytes, Fate.REWRITTEN, dead, copies)
        else:
            self._waiting += _amount(dead)

    def _sorted(
        self, name: str, entries: Collection[PackEntry], kept: set[Digest]
    ) -> tuple[list[PackEntry], list[PackEntry], list[PackEntry]]:
        """Tell what has to stay, what is garbage, and what is there a second time."""
        spare = self._marks.spares(name, kept)
        needed = [entry for entry in entries if entry.digest in kept - spare]
        dead = [entry for entry in entries if entry.digest not in kept]
        return needed, dead, [entry for entry in entries if entry.digest in spare]

    def _assess_blob(self, name: str, digest: Digest) -> None:
        if self._marks.kept([digest]):
            return
        size_bytes = self._volume.sizes([name]).get(name)
        if size_bytes is None:
            return
        entry = PackEntry(digest, 0, size_bytes, size_bytes, Encoding.RAW)
        if self._volume.stored_at(name) > self._older_than_s:
            self._young += _amount([entry])
        else:
            self._marks.doom(name, size_bytes, Fate.REMOVED, [entry])

    # Removing

    def remove(self, catch_up: Callable[[], None]) -> None:
        """Remove what goes, and give writers their turns in between."""
        self._is_plan = False
        self._target.failpoint("before_removal")
        with as_unavailable(self._volume.location):
            for files in self._marks.doomed(Fate.REMOVED):
                self._discard([Moved(file, _NOTHING) for file in files], catch_up)
            self._rewrite(catch_up)

    def _rewrite(self, catch_up: Callable[[], None]) -> None:
        repacker = Repacker(self._target, self._shelf, self._staging)
        try:
            for files in self._marks.doomed(Fate.REWRITTEN):
                for file in files:
                    self._copy(file, repacker)
                    if repacker.is_full:
                        self._replace(repacker, catch_up)
                        repacker = Repacker(self._target, self._shelf, self._staging)
            self._replace(repacker, catch_up)
        finally:
            repacker.abandon()

    def _copy(self, file: Doomed, repacker: Repacker) -> None:
        try:
            pack = self._shelf.index(file.name)
            kept = self._marks.kept(entry.digest for entry in pack.entries)
            needed, _, _ = self._sorted(file.name, pack.entries, kept)
            repacker.add(file, pack, needed)
        except (FileNotFoundError, DamagedPackError, ContentMismatchError) as error:
            _log.warning("%s is not rewritten and stays: %s", file.name, error)

    def _replace(self, repacker: Repacker, catch_up: Callable[[], None]) -> None:
        moved, new_bytes = repacker.finish()
        self._new_bytes += new_bytes
        self._discard(moved, catch_up)

    def _discard(self, files: Iterable[Moved], catch_up: Callable[[], None]) -> None:
        waiting = deque(files)
        while waiting:
            taken: list[tuple[Doomed, Path]] = []
            with self._holds.exclusive():
                catch_up()
                end = time.monotonic() + _SLICE_S
                while waiting and time.monotonic() < end:
                    self._take(waiting.popleft(), taken)
            self._target.failpoint("after_taking")
            self._target.catalog.record([], gone=[file.name for file, _ in taken])
            self._target.catalog.trust([file.name for file, _ in taken])
            self._target.failpoint("before_deletion")
            for _, path in taken:
                path.unlink(missing_ok=True)

    def _take(self, moved: Moved, taken: list[tuple[Doomed, Path]]) -> None:
        path = self._staging.new_path()
        try:
            if not self._is_garbage(moved):
                return
            self._volume.take(moved.file.name, path)
        except (FileNotFoundError, DamagedPackError) as error:
            _log.warning("%s is not removed: %s", moved.file.name, error)
            return
        taken.append((moved.file, path))
        self._marks.gone(moved.file)
        self._target.failpoint("while_taking")

    def _is_garbage(self, moved: Moved) -> bool:
        """Look again: somebody may have stored or named it since it was assessed."""
        name = moved.file.name
        if self._volume.stored_at(name) > self._older_than_s:
            return False
        if self._marks.kept_count == self._kept_when_assessed:
            return True
        alone = blobs.blob_digest(name)
        held = [alone] if alone else [entry.digest for entry in self._shelf.index(name).entries]
        kept = self._marks.kept(held)
        return not kept - self._marks.spares(name, kept) - moved.digests


def _length(entries: Iterable[PackEntry]) -> int:
    return sum(entry.stored_length + INDEX_ENTRY_BYTES for entry in entries)


def _amount(entries: Collection[PackEntry]) -> Amount:
    return Amount(
        contents=len(entries),
        size_bytes=sum(entry.size_bytes for entry in entries),
        stored_bytes=sum(entry.stored_length for entry in entries),
    )
