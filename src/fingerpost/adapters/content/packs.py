"""Small blobs in packs: what is where, and reading it."""

import logging
import re
import threading
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from fingerpost.domain.errors import ContentMismatchError, DamagedPackError
from fingerpost.domain.manifest.digest import Digest

from ..files.hashing import hash_bytes
from .catalog import Catalog, KnownPack, PackLocation
from .pack import PackEntry, decode, read_index
from .volume import Shard, Volume

FOLDER: Final = "packs"
_NAME: Final = re.compile(r"packs/([0-9a-f]{2})/(\1[0-9a-f]{62})\.pack")
_MANY: Final = 8
_READ_AT_ONCE: Final = 8
_log = logging.getLogger(__name__)


def pack_name(blake3_hex: str) -> str:
    """Return the path of a pack in the store."""
    return f"{FOLDER}/{blake3_hex[:2]}/{blake3_hex}.pack"


def pack_digest(name: str) -> Digest | None:
    """Return the digest that a pack's path names, or ``None`` if it is no pack's path."""
    match = _NAME.fullmatch(name)
    return Digest(f"blake3:{match[2]}") if match else None


class Packs:
    """The packs of one volume, found through a catalog that is never believed.

    Thread-safe. All methods may raise ``OSError`` when the volume cannot be read.
    """

    def __init__(self, volume: Volume, catalog: Catalog) -> None:
        self._volume = volume
        self._catalog = catalog
        self._refreshing = threading.Lock()

    def refresh(self) -> None:
        """Take note of packs that were made or removed by others."""
        with self._refreshing:
            marks = self._catalog.marks()
            shards = list(self._volume.changed_shards(FOLDER, marks))
            if len(shards) < _MANY:
                for shard in shards:
                    self._take_over(shard, marks.get(shard.name))
                return
            # Without a catalog every pack's index is read, which takes its time over a network.
            with ThreadPoolExecutor(_READ_AT_ONCE) as pool:
                list(pool.map(lambda each: self._take_over(each, marks.get(each.name)), shards))

    def known(self, digest: Digest) -> list[PackLocation]:
        """Return the copies of a blob that are known already."""
        return self._catalog.find([digest]).get(digest, [])

    def locate(self, digest: Digest) -> list[PackLocation]:
        """Return the copies of a blob, having looked for new packs."""
        generation = -1
        found: list[PackLocation] = []
        # A catalog that turns out damaged between the two steps is empty: once more then.
        while not found and generation != self._catalog.generation:
            generation = self._catalog.generation
            self.refresh()
            found = self.known(digest)
        return found

    def present(self, digests: Collection[Digest]) -> set[Digest]:
        """Return those digests that lie in known packs which are still there, whole and durable.

        What is called present here is not stored again, so the packs themselves are asked.
        """
        found = self._catalog.find(digests)
        names = {location.pack for locations in found.values() for location in locations}
        sizes = self._volume.sizes(names)
        gone = names - sizes.keys()
        if gone:
            self._catalog.record([], gone=gone)
        distrusted = self._catalog.distrusted()
        return {
            digest
            for digest, locations in found.items()
            if any(
                sizes.get(location.pack) == location.pack_bytes
                and not {(location.pack, None), (location.pack, digest)} & distrusted
                for location in locations
            )
        }

    def read(self, locations: Iterable[PackLocation]) -> bytes | None:
        """Return a blob from the first copy that proves right; ``None`` if there is no copy.

        Raises:
            ContentMismatchError: if every copy is damaged.
        """
        problem: ContentMismatchError | None = None
        for location in locations:
            for candidate in self._candidates(location):
                try:
                    return self.load(candidate)
                except FileNotFoundError:
                    self._catalog.record([], gone=[location.pack])
                    break
                except ContentMismatchError as error:
                    problem = error
        if problem is not None:
            raise problem
        return None

    def load(self, location: PackLocation) -> bytes:
        """Read one copy of a blob and verify it.

        Raises:
            FileNotFoundError: if the pack is gone.
            ContentMismatchError: if the bytes are damaged.
        """
        pack, _, entry = location
        stored = self._volume.read_range(pack, entry.offset, entry.stored_length)
        where = f"a blob in {self._volume.location}/{pack}"
        try:
            data = decode(stored, entry, pack)
        except DamagedPackError as error:
            raise ContentMismatchError(
                where, entry.digest, f"unreadable: {error.problem}"
            ) from None
        actual = hash_bytes(data, entry.digest.algorithm)
        if actual != entry.digest:
            raise ContentMismatchError(where, entry.digest, actual)
        return data

    def index(self, name: str) -> KnownPack:
        """Read a pack's own index.

        Raises:
            FileNotFoundError: if the pack is gone.
            DamagedPackError: if it cannot be read.
        """
        with self._volume.open(name) as file:
            entries = read_index(file, f"{self._volume.location}/{name}")
            return KnownPack(name, file.seek(0, 2), entries)

    def _candidates(self, location: PackLocation) -> Iterator[PackLocation]:
        """Yield a location, and if that did not do, what the pack's own index says."""
        yield location
        try:
            pack = self.index(location.pack)
        except (FileNotFoundError, DamagedPackError):
            pack = KnownPack(location.pack, 0, ())
        entry = _entry_of(pack, location.entry.digest)
        if entry is None or entry == location.entry:
            self._catalog.distrust(location.pack, [location.entry.digest])
        else:
            self._catalog.record([pack])
            yield PackLocation(pack.name, pack.size_bytes, entry)

    def _take_over(self, shard: Shard, last_mark: int | None) -> None:
        known = self._catalog.packs(shard.name)
        names = {name for name in shard.names if _NAME.fullmatch(name)}
        found, mark = [], shard.mark
        for name in names - known:
            try:
                found.append(self.index(name))
            except FileNotFoundError:
                mark = None
            except DamagedPackError as error:
                _log.warning("%s", error)
                mark = None  # look again: somebody may restore it
        if found or known - names or mark != last_mark:
            self._catalog.record(found, gone=known - names, marks=[(shard.name, mark)])


def _entry_of(pack: KnownPack, digest: Digest) -> PackEntry | None:
    return next((entry for entry in pack.entries if entry.digest == digest), None)
