"""Downloading an artifact's files: on several threads, verified, and only what is not there yet."""

import io
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from attrs import frozen

from fingerpost.application.manifests.manifests import StoredManifest
from fingerpost.application.ports.content_store import BytesWritten, ContentStore
from fingerpost.domain.errors import (
    FingerpostError,
    ReferenceMissingError,
    SourceFileError,
    StoreUnavailableError,
)
from fingerpost.domain.manifest.entry import Entry

from ..files.hashing import BLOCK_BYTES
from ..files.verified_reader import (
    UnreadableSourceError,
    VerifiedReader,
    WrongBeginningError,
    empty,
    write_all,
)
from ..references import Resolvers
from .cache import DownloadCache, NoCache
from .destination import DownloadFolder
from .entry_reader import entry_reader
from .workers import for_each

LOCAL_THREADS: Final = max(2, min(os.cpu_count() or 1, 8))
"""For content on a local disk. Copying and hashing large files is work for as many processors as
there are, up to what disks take."""

REMOTE_THREADS: Final = 16
"""For content elsewhere, where threads mostly wait for answers."""

SMALL_BYTES: Final = 1 << 20
"""Local files below this size gain nothing from threads."""


@frozen(kw_only=True)
class Downloads:
    """Where the bytes of entries come from.

    Attributes:
        content: holds stored content.
        resolvers: know what references refer to.
        cache: returns where copies are kept of what is not on this machine; asked when there is
            some.
    """

    content: ContentStore
    resolvers: Resolvers
    cache: Callable[[], DownloadCache | NoCache] = NoCache

    def one(
        self, entry: Entry, destination: DownloadFolder, progress: BytesWritten = lambda _: None
    ) -> Path:
        """Write one entry, unless the same content is there already.

        Args:
            entry: of the manifest.
            destination: the folder.
            progress: receives the number of bytes handled since the last call; in all as many as
                the entry has.
        """
        handled = _Handled(entry.size_bytes or 0, progress)
        try:
            if destination.has(entry, handled.add):
                return destination.path_of(entry.path)
            return destination.write(entry, partial(self._fill, entry, handled.add))
        finally:
            handled.finish()  # also when what is missing is permitted to be

    def all(
        self,
        manifest: StoredManifest,
        destination: DownloadFolder,
        *,
        path_prefix: str = "",
        allow_missing_references: bool = False,
        is_parallel: bool = True,
        progress: BytesWritten | None = None,
    ) -> None:
        """Write all entries, or those whose paths have a prefix. Files that are no entries stay.

        Args:
            manifest: what there is to write.
            destination: the folder.
            path_prefix: of the entries' paths.
            allow_missing_references: skip references whose data is gone.
            is_parallel: whether to use several threads.
            progress: receives the number of bytes handled since the last call, in the caller's
                thread; files that are there already count.

        Raises:
            ReferenceMissingError: a referenced file is gone, and that is not allowed.
            ReferenceChangedError: a referenced file is not the one that was recorded.
            ContentMismatchError: stored content is damaged.
            DestinationError: the folder cannot be written.
        """

        def write(entry: Entry, handled: BytesWritten) -> None:
            try:
                self.one(entry, destination, handled)
            except ReferenceMissingError:
                if not allow_missing_references:
                    raise

        destination.make_root()
        for_each(
            write,
            below(manifest, path_prefix),
            threads=min(self._threads(), max(1, len(manifest))) if is_parallel else 1,
            is_small=self._is_small,
            progress=progress,
        )

    def _threads(self) -> int:
        return LOCAL_THREADS if self.content.is_local else REMOTE_THREADS

    def _is_small(self, entry: Entry) -> bool:
        is_tiny = entry.size_bytes is not None and entry.size_bytes < SMALL_BYTES
        return is_tiny and self._is_local(entry)

    def _is_local(self, entry: Entry) -> bool:
        if entry.content is not None:
            return self.content.is_local
        return self.resolvers.is_local(entry)

    def _fill(self, entry: Entry, handled: BytesWritten, target: io.FileIO) -> None:
        digest = entry.bytes_digest
        if digest is None or self._is_local(entry):
            self._fetch(entry, handled, target)
            return
        cache = self.cache()
        if not cache.copy_to(digest, target, handled):
            self._fetch(entry, handled, target)
            cache.add(digest, Path(os.fsdecode(target.name)), handled)

    def _fetch(self, entry: Entry, handled: BytesWritten, target: io.FileIO) -> None:
        try:
            with self.open(entry) as source:
                _copy(source, target, handled)
        except WrongBeginningError:
            empty(target)
            self._fetch(entry, handled, target)
        except UnreadableSourceError as error:
            raise self._unreadable(entry, error.__cause__) from error.__cause__

    def open(self, entry: Entry) -> BinaryIO:
        """Open an entry's bytes; a reader that reaches the end has read the right ones."""
        if entry.content is not None:
            return self.content.open(entry.content)
        return self.resolvers.open(entry)

    def reader(self, entry: Entry) -> BinaryIO:
        """Open an entry's bytes for a user: as :meth:`open`, and seekable.

        Nothing is written to disk, and the cache is neither read nor filled.
        """
        return entry_reader(
            partial(self.open, entry), entry.size_bytes, partial(self._unreadable, entry)
        )

    def _unreadable(self, entry: Entry, error: BaseException | None) -> FingerpostError:
        problem = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        if entry.ref is not None:
            return SourceFileError(entry.ref, problem, "Check that it can be reached.")
        remedy = "Check that it can be reached, and try again."
        return StoreUnavailableError(
            self.content.location, f"{str(entry.path)!r} {problem}", remedy
        )


class _Handled:
    """Counts an entry's bytes once, however often they are read or written."""

    def __init__(self, size_bytes: int, progress: BytesWritten) -> None:
        self._left_bytes = size_bytes
        self._progress = progress

    def add(self, count: int) -> None:
        count = min(count, self._left_bytes)
        self._left_bytes -= count
        # Also when nothing is left to tell: this is where a thread learns that it is to stop.
        self._progress(count)

    def finish(self) -> None:
        """Tell what is left."""
        left_bytes, self._left_bytes = self._left_bytes, 0
        if left_bytes:
            self._progress(left_bytes)


def _copy(source: BinaryIO, target: io.FileIO, handled: BytesWritten) -> None:
    if isinstance(source, VerifiedReader):
        source.copy_to(target, handled)
        return
    empty(target)
    while block := _block(source):
        write_all(target, block)
        handled(len(block))


def _block(source: BinaryIO) -> bytes:
    # One read of a slow source, not as many as fill a block: a Ctrl-C is noticed in between.
    read: Callable[[int], bytes] = getattr(source, "read1", source.read)
    try:
        return read(BLOCK_BYTES)
    except FingerpostError:
        raise  # what is wrong with the bytes, though it may be an OSError too
    except OSError as error:
        raise UnreadableSourceError from error


def below(manifest: StoredManifest, path_prefix: str) -> Iterator[Entry]:
    """Iterate over the entries whose paths start with a prefix, in order."""
    if path_prefix in manifest:
        yield manifest[path_prefix]
    # Paths that start alike follow each other.
    for entry in manifest.values_in_order(after=path_prefix):
        if not entry.path.startswith(path_prefix):
            break
        yield entry
