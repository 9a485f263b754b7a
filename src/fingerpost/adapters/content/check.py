"""Looking at every stored byte: what `fingerpost verify` runs."""

from collections.abc import Callable, Iterator
from typing import Final

from fingerpost.application.ports.content_check import ContentProblem
from fingerpost.domain.errors import ContentMismatchError, DamagedPackError
from fingerpost.domain.manifest.digest import Digest

from ..files.hashing import BLOCK_BYTES, new_hasher
from . import blobs, packs
from .catalog import Catalog, KnownPack, PackLocation
from .volume import Volume

_Progress = Callable[[int], None] | None
_CHANGED: Final = "its bytes do not have the digest in its name"

_MISPLACED: Final = "is not where the catalog has it; delete the catalog: it is made anew"


def check_packs(
    volume: Volume, catalog: Catalog, shelf: packs.Packs, progress: _Progress
) -> Iterator[ContentProblem]:
    """Yield the damaged blobs of all packs; damage found is noted in the catalog."""
    for name in volume.names(packs.FOLDER):
        expected = packs.pack_digest(name)
        if expected is None:
            continue
        try:
            pack, problems = _read(shelf, name)
            if not problems and _hash(volume, name, "blake3", progress) != expected:
                problems = [(None, "damaged outside its blobs: " + _CHANGED)]
        except FileNotFoundError:
            continue  # garbage, removed a moment ago
        for digest, problem in problems:
            catalog.distrust(name, None if digest is None else [digest])
            yield ContentProblem(digest, f"{volume.location}/{name}", problem)
        if pack is not None:
            for entry in sorted(catalog.entries(name) - set(pack.entries)):
                yield ContentProblem(entry.digest, catalog.location, _MISPLACED)


def check_blobs(volume: Volume, catalog: Catalog, progress: _Progress) -> Iterator[ContentProblem]:
    """Yield the damaged stand-alone blobs; damage found is noted in the catalog."""
    for name in volume.names(blobs.FOLDER):
        expected = blobs.blob_digest(name)
        try:
            is_damaged = expected and _hash(volume, name, expected.algorithm, progress) != expected
        except FileNotFoundError:
            continue  # likewise
        if is_damaged:
            catalog.distrust(name)
            yield ContentProblem(expected, f"{volume.location}/{name}", _CHANGED)


def _read(
    shelf: packs.Packs, name: str
) -> tuple[KnownPack | None, list[tuple[Digest | None, str]]]:
    try:
        pack = shelf.index(name)
    except DamagedPackError as error:
        return None, [(None, error.problem)]
    return pack, list(_blob_problems(shelf, pack))


def _blob_problems(shelf: packs.Packs, pack: KnownPack) -> Iterator[tuple[Digest | None, str]]:
    for entry in pack.entries:
        try:
            shelf.load(PackLocation(pack.name, pack.size_bytes, entry))
        except ContentMismatchError as error:
            yield entry.digest, f"should be {error.expected} and is {error.actual}"


def _hash(volume: Volume, name: str, algorithm: str, progress: _Progress) -> Digest:
    hasher = new_hasher(algorithm)
    source, _ = volume.stream(name)
    with source:
        while data := source.read(BLOCK_BYTES):
            hasher.update(data)
            if progress:
                progress(len(data))
    return Digest.of(algorithm, hasher.digest())
