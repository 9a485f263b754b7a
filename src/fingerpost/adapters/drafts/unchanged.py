"""Noticing that a file changes while it is read."""

import os
from pathlib import Path

from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.domain.errors import SourceFileError


class Watched:
    """A file from before it is read until after.

    What is read of a file that somebody writes to is a mixture that never existed. A change within
    the clock's granularity that leaves the size as it was cannot be seen.

    Args:
        path: the file; links are followed.
        facts: what ``os.stat`` said before.
        progress: receives the number of bytes read since the last call.
    """

    def __init__(
        self, path: Path, facts: os.stat_result, progress: BytesWritten | None = None
    ) -> None:
        self._path = path
        self._before = facts
        self._progress = progress
        self._read_bytes = 0

    def progress(self, size_bytes: int) -> None:
        """Note bytes that were read; a file that grows for ever is not read for ever.

        Raises:
            SourceFileError: there are more than the file had.
        """
        self._read_bytes += size_bytes
        if self._read_bytes > self._before.st_size:
            raise self._changed()
        if self._progress is not None:
            self._progress(size_bytes)

    def require_unchanged(self, read_bytes: int) -> None:
        """Return if the file is still what it was.

        Raises:
            SourceFileError: it is not.
        """
        after = self._path.stat()
        if read_bytes != self._before.st_size or _facts(after) != _facts(self._before):
            raise self._changed()

    def _changed(self) -> SourceFileError:
        remedy = "Add it when nothing writes to it any more."
        return SourceFileError(str(self._path), "changed while it was read", remedy)


def _facts(facts: os.stat_result) -> tuple[int, ...]:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns
