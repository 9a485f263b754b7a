"""Copies of content by digest, as many as fit, the least recently used going first."""

import io
import logging
import os
import threading
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Final

from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.domain.errors import ContentMismatchError
from fingerpost.domain.manifest.digest import Digest

from ...files.copying import copy_hashing
from ...files.verified_reader import UnreadableSourceError, WrongBeginningError, empty, verified
from ..parts import Parts, remove_left_behind
from .room import CacheUsage, Room, size_on_disk

_LOG: Final = logging.getLogger("fingerpost")


class NoCache:
    """A cache that is turned off."""

    def copy_to(self, digest: Digest, target: io.FileIO, progress: BytesWritten) -> bool:  # noqa: ARG002 - nothing is there
        """Return ``False``: nothing is there."""
        return False

    def add(self, digest: Digest, source: Path, progress: BytesWritten) -> None:
        """Do nothing."""


class DownloadCache:
    """Files named by the digests of their contents, below a folder; nothing else is believed.

    Layout: ``<algorithm>/<2 hex>/<hex>``. Files are written under another name and renamed; what
    is read is verified. Nothing that goes wrong with the cache is an error: it is logged once as
    a warning, and the content comes from where it is kept. Safe for several threads and processes.

    Args:
        folder: made when the first content is added.
        limit_bytes: what the files may take on disk, in all.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes
        self._room = Room(folder, limit_bytes)
        self._parts = Parts(folder, None)
        self._cleanup = weakref.finalize(self, self._parts.discard)
        self._is_broken = False
        self._said = threading.Lock()

    def copy_to(self, digest: Digest, target: io.FileIO, progress: BytesWritten) -> bool:
        """Write content to a file, if it is there.

        A damaged copy is removed, with a warning.

        Args:
            digest: of the content.
            target: see :meth:`~fingerpost.adapters.files.verified_reader.VerifiedReader.copy_to`;
                empty when the content is missing, even if something was written.
            progress: receives the number of bytes handled since the last call.

        Returns:
            Whether the file holds the content now.

        Raises:
            OSError: the file cannot be written.
        """
        path = self._path(digest)
        try:
            source = path.open("rb", buffering=0)
        except FileNotFoundError:
            return False
        except OSError as error:
            self._warn(error)
            return False
        try:
            size_bytes = os.fstat(source.fileno()).st_size
            with verified(source, size_bytes, digest, str(path)) as reader:
                reader.copy_to(target, progress)
        except WrongBeginningError:
            empty(target)
            return self.copy_to(digest, target, progress)
        except ContentMismatchError as error:
            _LOG.warning("%s is damaged (%s); it is fetched again", path, error.actual)
            with suppress(OSError):
                path.unlink()
        except UnreadableSourceError as error:
            self._warn(error.__cause__)
        else:
            # The time of the last use: few file systems keep that of the last read. Of a cache
            # that somebody else fills it cannot be set, and need not be.
            with suppress(OSError):
                os.utime(path)
            return True
        empty(target)
        return False

    def add(self, digest: Digest, source: Path, progress: BytesWritten) -> None:
        """Copy a file into the cache, or let it share the file's blocks.

        Args:
            digest: of the content.
            source: a file that holds it.
            progress: receives the number of bytes handled since the last call; what it raises
                passes.
        """
        if self._is_broken:
            return
        path = self._path(digest)
        try:
            size_bytes = size_on_disk(source.stat().st_size)
            if size_bytes <= self.limit_bytes and not path.exists():
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if self._room.reserve(size_bytes):
                    self._copy(source, path, digest, progress)
        except OSError as error:
            self._warn(error)

    def usage(self) -> CacheUsage:
        """Return what is in the cache.

        Raises:
            OSError: it cannot be read.
        """
        return self._room.usage()

    def clean(self, to_bytes: int = 0) -> CacheUsage:
        """Remove content until no more than so much is left, the least recently used first.

        Returns:
            What was removed.

        Raises:
            OSError: it cannot be read.
        """
        remove_left_behind(self.folder)
        return self._room.clean(to_bytes)

    def _copy(self, source: Path, path: Path, digest: Digest, progress: BytesWritten) -> None:
        unfinished = self._parts.new_path()
        # What goes wrong leaves nothing behind.
        (actual,), _ = copy_hashing(source, unfinished, [digest.algorithm], progress)
        if actual != digest:
            unfinished.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.replace(path)

    def _path(self, digest: Digest) -> Path:
        return self.folder / digest.algorithm / digest.hex[:2] / digest.hex

    def _warn(self, error: BaseException | None) -> None:
        with self._said:
            is_first, self._is_broken = not self._is_broken, True
        if is_first:
            _LOG.warning("the download cache %s cannot be used (%s)", self.folder, error)
