"""A draft's private copies of what was added to it, until it is logged.

What ``add_file`` saw is what is logged, whatever happens to the file meanwhile. Small files are
kept together in one spooled file; large ones are copied next to the store, so that logging them is
a rename. A file that has not changed since its content was stored is not even read.
"""

import errno
import os
import stat as stat_module
import tempfile
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import IO, BinaryIO, Final, NamedTuple, cast

from attrs import field, frozen

from fingerpost.application.collections.versions import BlobSource
from fingerpost.application.ports.content_store import BytesWritten, ContentStore, ContentWriter
from fingerpost.domain.errors import (
    ContentNotFoundError,
    FingerpostError,
    SourceFileError,
    StoreUnavailableError,
)
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm

from ..files.copying import copy_hashing
from ..files.hashing import hash_bytes, hash_each
from ..files.staging import Staging
from ..files.stat_cache import StatCache
from .unchanged import Watched

SMALL_BELOW_BYTES: Final = 1 << 20
_IN_MEMORY_BYTES: Final = 32 << 20
_PREFIX: Final = "fingerpost-draft-"


@frozen
class SpooledBlob:
    """A small file's bytes in the spool."""

    spool: "StagingArea" = field(repr=False)
    offset: int
    size_bytes: int
    algorithm: str = "blake3"

    def deliver(self, writer: ContentWriter) -> Digest:
        """Put the bytes into a writer."""
        data = self.spool.read(self.offset, self.size_bytes)
        return writer.add_bytes(data, algorithm=self.algorithm)


@frozen
class StagedCopy:
    """A large file's private copy."""

    path: Path
    digest: Digest
    size_bytes: int

    def deliver(self, writer: ContentWriter) -> Digest:
        """Hand the copy over to a writer."""
        if not self.path.exists():
            raise SourceFileError(
                str(self.path),
                "was handed over to an attempt to log that failed",
                "Build the artifact anew.",
            )
        writer.adopt(self.path, self.digest, self.size_bytes)
        return self.digest


@frozen
class OriginalFile:
    """A file that its owner promised not to change (``policy="immutable"``)."""

    path: Path
    algorithm: str = "blake3"

    def __str__(self) -> str:
        return str(self.path)

    def deliver(self, writer: ContentWriter) -> Digest:
        """Hash and store the file in one pass."""
        try:
            source = self.path.open("rb")
        except OSError as error:
            problem = f"was added and cannot be read any more ({error.strerror})"
            remedy = "Restore it, or add it with policy='mutable'."
            raise SourceFileError(str(self.path), problem, remedy) from error
        with source:
            return writer.add_stream(source, algorithm=self.algorithm)[0]


@frozen
class StoredBlob:
    """Content that a store had already when its file was added.

    Read only when the draft is logged to another store, or when garbage collection was faster.

    Attributes:
        path: the file; read again when the content is gone. ``None`` for what a new draft has of
            the version that it began with.
    """

    content: ContentStore = field(repr=False)
    digest: Digest
    path: Path | None = None

    def __str__(self) -> str:
        return str(self.path or self.digest)

    def deliver(self, writer: ContentWriter) -> Digest:
        """Copy the content over."""
        try:
            reader = self.content.open(self.digest)
        except ContentNotFoundError:
            if self.path is None:
                raise
            return self._deliver_file(writer, self.path)
        with reader as source:
            return writer.add_stream(source, algorithm=self.digest.algorithm)[0]

    def _deliver_file(self, writer: ContentWriter, path: Path) -> Digest:
        try:
            source = path.open("rb")
        except OSError as error:
            problem = (
                f"was not copied when it was added, because the store had its content; that was "
                f"removed since as garbage, and the file cannot be read ({error.strerror})"
            )
            raise SourceFileError(str(path), problem, "Restore it and log again.") from error
        with source:
            return writer.add_stream(source, algorithm=self.digest.algorithm)[0]


@frozen
class Sources(Mapping[Digest, BlobSource]):
    """Where the bytes of a draft are: added to it, or in the store of the version it began with."""

    added: Mapping[Digest, BlobSource]
    base: ContentStore | None = field(default=None, repr=False)

    def __getitem__(self, digest: Digest) -> BlobSource:
        if digest in self.added or self.base is None:
            return self.added[digest]
        return StoredBlob(self.base, digest)

    def __iter__(self) -> Iterator[Digest]:
        return iter(self.added)

    def __len__(self) -> int:
        return len(self.added)


Source = SpooledBlob | StagedCopy | OriginalFile | StoredBlob


class StagedSource(NamedTuple):
    """A file that was taken in.

    Attributes:
        digests: in the order of
            :attr:`~fingerpost.domain.manifest.digest_algorithm.DigestAlgorithm.hashes`: the bytes
            are stored under the first one.
        size_bytes: size of what was read.
        source: where the bytes are until they are logged.
    """

    digests: tuple[Digest, ...]
    size_bytes: int
    source: Source


class StagingArea:
    """Private copies of one draft; removed when it is closed or forgotten.

    Args:
        folder: where large copies go; ``None`` for the system's temporary folder.
        content: a store that may have the content already.
        stat_cache: that store's memory of unchanged files.
    """

    def __init__(
        self,
        folder: Path | None = None,
        content: ContentStore | None = None,
        stat_cache: StatCache | None = None,
    ) -> None:
        self._content = content
        self._stat_cache = stat_cache
        self._stored: set[Digest] = set()
        self._small: IO[bytes] | None = None
        self._end = 0
        self._lock = Lock()
        self._staging = Staging(folder or Path(tempfile.gettempdir()), prefix=_PREFIX)
        self._cleanup = weakref.finalize(self, self._staging.discard)

    def add(
        self,
        path: Path,
        *,
        is_mutable: bool = True,
        progress: BytesWritten | None = None,
        algorithm: DigestAlgorithm = DigestAlgorithm.BLAKE3,
    ) -> StagedSource:
        """Take a file in.

        Args:
            path: a regular file, or a link to one.
            is_mutable: whether somebody may change the file before the draft is logged.
            progress: receives the number of bytes handled since the last call.
            algorithm: says with what it is hashed.

        Raises:
            SourceFileError: it is missing, or no regular file.
        """
        looked_at_ns = time.time_ns()
        facts = stat_regular(path)
        known = self._known(path, facts, algorithm.hashes)
        if known is not None:
            if progress:
                progress(facts.st_size)
            return known
        try:
            taken = self._take(path, facts, algorithm.hashes, progress, is_mutable=is_mutable)
        except FingerpostError:
            raise  # some of them are OSErrors, too
        except OSError as error:
            raise self._refused(path, error) from error
        self._remember(path, facts, taken.digests, looked_at_ns)
        return taken

    def expect(
        self, paths: Iterable[Path], algorithm: DigestAlgorithm = DigestAlgorithm.BLAKE3
    ) -> None:
        """Ask the store at once which contents of unchanged files it has.

        Asked file by file it takes as long as reading them.
        """
        if self._stat_cache is None or self._content is None:
            return
        found = (self._remembered(path, algorithm.storage) for path in paths)
        digests = {digest for digest in found if digest is not None}
        self._stored |= digests - self._content.missing(digests)

    def _remembered(self, path: Path, algorithm: str) -> Digest | None:
        try:
            facts = path.stat()
        except (OSError, ValueError):
            return None  # adding it says what is wrong with it
        if self._stat_cache is None:
            return None
        return self._stat_cache.lookup(path.absolute(), facts, algorithm)

    def add_bytes(self, data: bytes, algorithms: Sequence[str] = ("blake3",)) -> StagedSource:
        """Take bytes in."""
        with self._lock:
            small = self._small_file()
            offset = self._end
            small.seek(offset)
            small.write(data)
            self._end += len(data)
        digests = tuple(hash_bytes(data, algorithm) for algorithm in algorithms)
        return StagedSource(digests, len(data), SpooledBlob(self, offset, len(data), algorithms[0]))

    def read(self, offset: int, size_bytes: int) -> bytes:
        """Return bytes that were taken in."""
        with self._lock:
            small = self._small_file()
            small.seek(offset)
            return small.read(size_bytes)

    def new_path(self) -> Path:
        """Return the path of a private file that is not there yet."""
        return self._staging.new_path()

    @property
    def folder(self) -> str:
        """Where files are put, for people."""
        return self._staging.parent

    def new_file(self) -> BinaryIO:
        """Return an empty private file that nobody sees, and that is gone when it is closed."""
        self._staging.make_parent()
        return cast("BinaryIO", tempfile.TemporaryFile(dir=self._staging.parent, prefix=_PREFIX))

    def stored(self, digest: Digest) -> StoredBlob | None:
        """Return content that the store has already; ``None`` if there is no store."""
        return None if self._content is None else StoredBlob(self._content, digest)

    def _known(
        self, path: Path, facts: os.stat_result, algorithms: Sequence[str]
    ) -> StagedSource | None:
        if self._stat_cache is None or self._content is None:
            return None
        digests = []
        for algorithm in algorithms:
            digest = self._stat_cache.lookup(path.absolute(), facts, algorithm)
            if digest is None:
                return None
            digests.append(digest)
        if digests[0] not in self._stored and self._content.missing(digests[:1]):
            return None
        source = StoredBlob(self._content, digests[0], path.absolute())
        return StagedSource(tuple(digests), facts.st_size, source)

    def _refused(self, path: Path, error: OSError) -> FingerpostError:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            problem = f"{str(path)!r} cannot be copied ({error.strerror})"
            remedy = "Make room, set TMPDIR to a larger disk, or pass policy='immutable'."
            return StoreUnavailableError(self._staging.parent, problem, remedy)
        problem = f"cannot be read ({error.strerror or error})"
        return SourceFileError(str(path), problem, "Check its permissions.")

    def _take(
        self,
        path: Path,
        facts: os.stat_result,
        algorithms: Sequence[str],
        progress: BytesWritten | None,
        *,
        is_mutable: bool,
    ) -> StagedSource:
        watched = Watched(path, facts, progress)
        if facts.st_size < SMALL_BELOW_BYTES:
            data = path.read_bytes()
            watched.progress(len(data))
            watched.require_unchanged(len(data))
            return self.add_bytes(data, algorithms)
        if not is_mutable:
            digests, size_bytes = hash_each(path, algorithms, watched.progress)
            watched.require_unchanged(size_bytes)
            return StagedSource(digests, size_bytes, OriginalFile(path.absolute(), algorithms[0]))
        copy = self.new_path()
        digests, size_bytes = copy_hashing(path, copy, algorithms, watched.progress)
        try:
            watched.require_unchanged(size_bytes)
        except SourceFileError:
            copy.unlink()
            raise
        return StagedSource(digests, size_bytes, StagedCopy(copy, digests[0], size_bytes))

    def _remember(
        self, path: Path, before: os.stat_result, digests: Iterable[Digest], looked_at_ns: int
    ) -> None:
        if self._stat_cache is None:
            return
        after = path.stat()
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
            for digest in digests:
                self._stat_cache.remember(
                    path.absolute(), before, digest, looked_at_ns=looked_at_ns
                )

    def _small_file(self) -> IO[bytes]:
        if self._small is None:
            self._small = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed with the spool
                max_size=_IN_MEMORY_BYTES
            )
            # A draft that is never logged is only forgotten: no warning then of an open file.
            weakref.finalize(self, self._small.close)
        return self._small

    def close(self) -> None:
        """Remove the copies. Idempotent."""
        if self._small is not None:
            self._small.close()
            self._small, self._end = BytesIO(), 0
        self._cleanup()


def stat_regular(path: Path) -> os.stat_result:
    """Return the facts about a regular file, following links.

    Raises:
        SourceFileError: it is missing, a folder, or something else that is no file.
    """
    try:
        facts = path.stat()
    except FileNotFoundError:
        problem = "is a link to nothing" if path.is_symlink() else "does not exist"
        raise SourceFileError(str(path), problem, "Check the path.") from None
    except (OSError, ValueError) as error:
        raise SourceFileError(str(path), f"cannot be read ({error})", "Check the path.") from None
    if stat_module.S_ISDIR(facts.st_mode):
        raise SourceFileError(str(path), "is a folder", "Use add_dir for folders.")
    if not stat_module.S_ISREG(facts.st_mode):
        raise SourceFileError(str(path), "is no regular file", "Pipes and devices have no content.")
    return facts
