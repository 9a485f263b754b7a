"""Where the entries of a draft may be put, and what is said when that does not work."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from fingerpost.domain.errors import FingerpostError, StoreUnavailableError


class PrivateFolder(Protocol):
    """A private folder."""

    @property
    def folder(self) -> str:
        """Where it is, for people."""
        ...

    def new_path(self) -> Path:
        """Return the path of a file that is not there yet."""
        ...

    def new_file(self) -> BinaryIO:
        """Return an empty file that is gone when it is closed."""
        ...


@contextmanager
def keeping(folder: str) -> Iterator[None]:
    """Let what goes wrong with a file in a folder be an error that says what to do.

    Raises:
        StoreUnavailableError: the file cannot be made, written or read.
    """
    try:
        yield
    except FingerpostError:
        raise  # some of them are OSErrors, too
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailableError(
            folder,
            f"the entries of this draft cannot be kept there ({error})",
            "Make room, or set TMPDIR to a larger disk if the folder is below it.",
        ) from error
