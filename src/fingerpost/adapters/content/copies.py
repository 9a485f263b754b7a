"""Blobs that lie in several packs, as two who log the same at once leave them."""

from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from fingerpost.domain.errors import ContentMismatchError, DamagedPackError
from fingerpost.domain.manifest.digest import Digest

from .catalog import Catalog, PackLocation
from .packs import Packs


def second_copies(
    catalog: Catalog, shelf: Packs, kept: Callable[[Collection[Digest]], set[Digest]]
) -> Iterator[tuple[Digest, list[str]]]:
    """Yield each blob of which there is a copy too many, and the packs that can do without it.

    The copy that stays was read and verified, and the index of its pack was. Which one it is
    depends on the packs' names alone, so that a collection that was killed goes on as it began.

    Args:
        catalog: has been refreshed.
        shelf: the packs.
        kept: tells which blobs are asked about; the others are passed over.
    """

    @lru_cache(maxsize=16)
    def indexed(pack: str) -> frozenset[Digest]:
        try:
            return frozenset(entry.digest for entry in shelf.index(pack).entries)
        except (FileNotFoundError, DamagedPackError):
            return frozenset()

    def is_good(location: PackLocation) -> bool:
        digest = location.entry.digest
        if {(location.pack, None), (location.pack, digest)} & distrusted:
            return False
        try:
            shelf.load(location)
        except (FileNotFoundError, ContentMismatchError):
            return False
        return digest in indexed(location.pack)

    distrusted = catalog.distrusted()
    for found in catalog.duplicates():
        for digest in kept(found.keys()):
            copies = sorted(found[digest])
            home = next(filter(is_good, copies), None)
            if home is not None:
                yield digest, [copy.pack for copy in copies if copy.pack != home.pack]
