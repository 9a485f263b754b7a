"""Comparing a folder with a manifest."""

import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from attrs import define, field, frozen

from fingerpost.application.manifests.manifests import StoredManifest
from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.domain.errors import VerificationError
from fingerpost.domain.manifest.entry import Entry

from ..files.hashing import hash_file
from .download import LOCAL_THREADS, SMALL_BYTES
from .tree import files_below
from .workers import for_each


def verify(manifest: StoredManifest, root: Path, artifact: str) -> None:
    """Compare a folder with a manifest, reading every file.

    References to what lies elsewhere are not looked at.

    Raises:
        VerificationError: names every file that is missing, different, or no entry.
        DestinationError: a folder in it cannot be read.
    """
    found = _Problems()

    def check(pair: _Pair, handled: BytesWritten) -> None:
        problems = _problems(pair, root, found, handled)
        if problems is not None:
            found.note(problems, pair.path)

    for_each(check, _pairs(manifest, root), threads=LOCAL_THREADS, is_small=_is_small)
    if found.missing or found.different or found.extra:
        raise VerificationError(
            artifact, str(root), sorted(found.missing), sorted(found.extra), sorted(found.different)
        )


@frozen
class _Pair:
    """A path, the entry that is there in the manifest, and whether a file is there."""

    path: str
    entry: Entry | None
    is_there: bool


@define
class _Problems:
    missing: list[str] = field(factory=list)
    extra: list[str] = field(factory=list)
    different: list[str] = field(factory=list)
    lock: Lock = field(factory=Lock)

    def note(self, problems: list[str], path: str) -> None:
        with self.lock:
            problems.append(path)


def _pairs(manifest: StoredManifest, root: Path) -> Iterator[_Pair]:
    """Go through folder and manifest side by side: both are in order of their paths."""
    files = files_below(root)
    path = next(files, None)
    for entry in manifest.values_in_order():
        while path is not None and path < entry.path:
            yield _Pair(path, None, is_there=True)
            path = next(files, None)
        is_there = path == entry.path
        yield _Pair(str(entry.path), entry, is_there)
        if is_there:
            path = next(files, None)
    while path is not None:
        yield _Pair(path, None, is_there=True)
        path = next(files, None)


def _problems(pair: _Pair, root: Path, found: _Problems, handled: BytesWritten) -> list[str] | None:
    if pair.entry is None:
        return found.extra
    if pair.entry.content is None:
        return None  # a reference to what lies elsewhere
    if not pair.is_there:
        return found.missing
    try:
        return None if _is_same(root / pair.path, pair.entry, handled) else found.different
    except FileNotFoundError:
        return found.missing  # removed since the folder was read
    except OSError:
        return found.different  # what cannot be read cannot be found right


def _is_same(path: Path, entry: Entry, handled: BytesWritten) -> bool:
    expected = entry.bytes_digest
    facts = path.lstat()
    # A pipe is no regular file, and reading it would wait for somebody to write to it.
    if expected is None or not stat.S_ISREG(facts.st_mode) or facts.st_size != entry.size_bytes:
        return False
    return hash_file(path, expected.algorithm, handled)[0] == expected


def _is_small(pair: _Pair) -> bool:
    return pair.entry is None or (pair.entry.size_bytes or 0) < SMALL_BYTES
