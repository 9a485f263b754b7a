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
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import IO, Final

from attrs import field, frozen

from fingerpost.application.ports.content_store import BytesWritten, ContentStore, ContentWriter
from fingerpost.application.versions import BlobSource
from fingerpost.domain.digest import Digest
from fingerpost.domain.errors import (
    ContentNotFoundError,
    FingerpostError,
    SourceFileError,
    StoreUnavailableError,
)

from ..copying import copy_hashing
from ..hashing import hash_bytes, hash_file
from ..staging import Staging
from ..stat_cache import StatCache
from .unchanged import Watched

SMALL_BELOW_BYTES: Final = 1 << 20
_IN_MEMORY_BYTES: Final = 32 << 20
_PREFIX: Final = "fingerpost-draft-"


@frozen
class SpooledBlob:
    """A small file's bytes in the spool."""

    spool: "Spool" = field(repr=False)
    offset: int
    size_bytes: int

    def deliver(self, writer: ContentWriter) -> Digest:
        """Put the bytes into a writer."""
        return writer.add_bytes(self.spool.read(self.offset, self.size_bytes))


@frozen
class StagedFile:
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
            return writer.add_stream(source)[0]


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


Source = SpooledBlob | StagedFile | OriginalFile | StoredBlob


class Spool:
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
        self, path: Path, *, is_mutable: bool = True, progress: BytesWritten | None = None
    ) -> tuple[Digest, int, Source]:
        """Take a file in.

        Args:
            path: a regular file, or a link to one.
            is_mutable: whether somebody may change the file before the draft is logged.
            progress: receives the number of bytes handled since the last call.

        Returns:
            Digest, size in bytes, and where the bytes are until they are logged.

        Raises:
            SourceFileError: it is missing, or no regular file.
        """
        looked_at_ns = time.time_ns()
        facts = stat_regular(path)
        known = self._known(path, facts)
        if known is not None:
            if progress:
                progress(facts.st_size)
            return known.digest, facts.st_size, known
        try:
            digest, size_bytes, source = self._take(path, facts, progress, is_mutable=is_mutable)
        except FingerpostError:
            raise  # some of them are OSErrors, too
        except OSError as error:
            raise self._refused(path, error) from error
        self._remember(path, facts, digest, looked_at_ns)
        return digest, size_bytes, source

    def expect(self, paths: Iterable[Path]) -> None:
        """Ask the store at once which contents of unchanged files it has.

        Asked file by file it takes as long as reading them.
        """
        if self._stat_cache is None or self._content is None:
            return
        found = (self._remembered(path) for path in paths)
        digests = {digest for digest in found if digest is not None}
        self._stored |= digests - self._content.missing(digests)

    def _remembered(self, path: Path) -> Digest | None:
        try:
            facts = path.stat()
        except (OSError, ValueError):
            return None  # adding it says what is wrong with it
        return self._stat_cache.lookup(path.absolute(), facts) if self._stat_cache else None

    def add_bytes(self, data: bytes) -> tuple[Digest, int, Source]:
        """Take bytes in."""
        with self._lock:
            small = self._small_file()
            offset = self._end
            small.seek(offset)
            small.write(data)
            self._end += len(data)
        return hash_bytes(data), len(data), SpooledBlob(self, offset, len(data))

    def read(self, offset: int, size_bytes: int) -> bytes:
        """Return bytes that were taken in."""
        with self._lock:
            small = self._small_file()
            small.seek(offset)
            return small.read(size_bytes)

    def new_path(self) -> Path:
        """Return the path of a private file that is not there yet."""
        return self._staging.new_path()

    def _known(self, path: Path, facts: os.stat_result) -> StoredBlob | None:
        if self._stat_cache is None or self._content is None:
            return None
        digest = self._stat_cache.lookup(path.absolute(), facts, "blake3")
        if digest is None:
            return None
        if digest not in self._stored and self._content.missing([digest]):
            return None
        return StoredBlob(self._content, digest, path.absolute())

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
        progress: BytesWritten | None,
        *,
        is_mutable: bool,
    ) -> tuple[Digest, int, Source]:
        watched = Watched(path, facts, progress)
        if facts.st_size < SMALL_BELOW_BYTES:
            data = path.read_bytes()
            watched.progress(len(data))
            watched.require_unchanged(len(data))
            return self.add_bytes(data)
        if not is_mutable:
            digest, size_bytes = hash_file(path, progress=watched.progress)
            watched.require_unchanged(size_bytes)
            return digest, size_bytes, OriginalFile(path.absolute())
        copy = self.new_path()
        digest, size_bytes = copy_hashing(path, copy, progress=watched.progress)
        try:
            watched.require_unchanged(size_bytes)
        except SourceFileError:
            copy.unlink()
            raise
        return digest, size_bytes, StagedFile(copy, digest, size_bytes)

    def _remember(
        self, path: Path, before: os.stat_result, digest: Digest, looked_at_ns: int
    ) -> None:
        if self._stat_cache is None:
            return
        after = path.stat()
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
            self._stat_cache.remember(path.absolute(), before, digest, looked_at_ns=looked_at_ns)

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
