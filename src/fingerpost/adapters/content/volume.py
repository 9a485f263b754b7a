"""What the content store needs from a place that keeps whole files under names."""

import errno
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Protocol

from fingerpost.domain.errors import StoreUnavailableError

from ..files.staging import Staging

Failpoint = Callable[[str], None]
"""Called at named moments of a write; tests kill the process there."""

SHARD_LENGTH: Final = 2
"""Packs and blobs lie in folders named by the first two hexadecimal digits of their names."""

NOTE_BYTES: Final = 64 << 10
"""A note is shorter."""

_REMEDIES: Final = {
    errno.ENOSPC: "Free some space there and try again.",
    errno.EDQUOT: "Raise the quota or free some space there, and try again.",
    errno.EROFS: "It is mounted read-only: mount it for writing, or use another place.",
    errno.EACCES: "Give this user permission to read and write there, or use another place.",
    errno.EPERM: "Give this user permission to read and write there, or use another place.",
}


class StagedFile(NamedTuple):
    """A whole private file and the name under which it is to be published."""

    path: Path
    name: str


class Shard(NamedTuple):
    """One folder of packs.

    Attributes:
        name: two hexadecimal digits.
        mark: equal marks mean equal names; ``None`` if that cannot be told.
        names: paths in the store of all files in it.
    """

    name: str
    mark: int | None
    names: frozenset[str]


class Volume(Protocol):
    """Whole files under ``/``-separated names. All methods may raise ``OSError``."""

    @property
    def location(self) -> str:
        """For people: a folder or URL."""
        ...

    def staging(self) -> Staging:
        """Return a new private local folder for one writer."""
        ...

    def publish(self, files: Collection[StagedFile]) -> None:
        """Make files durable, then visible, each whole or not at all."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a file for a few small reads anywhere in it."""
        ...

    def stream(self, name: str) -> tuple[BinaryIO, int]:
        """Open a file for reading from start to end; return its size in bytes as well."""
        ...

    def read_range(self, name: str, offset: int, length: int) -> bytes:
        """Read a part of a file; shorter where the file ends."""
        ...

    def sizes(self, names: Collection[str]) -> dict[str, int]:
        """Return the sizes in bytes of those files that are there, and durable."""
        ...

    def names(self, folder: str) -> Iterator[str]:
        """Iterate over all files below a folder of shards."""
        ...

    def changed_shards(self, folder: str, marks: Mapping[str, int]) -> Iterator[Shard]:
        """Iterate over the shards of a folder whose mark is not the given one.

        A shard that is no more has no names.
        """
        ...

    def stored_at(self, name: str) -> float:
        """Return when a file was published, in seconds since 1970, by the clock of the place.

        Raises:
            FileNotFoundError: it is not there.
        """
        ...

    def take(self, name: str, target: Path) -> None:
        """Take a file away: to a path in :meth:`staging`, or for good.

        Raises:
            FileNotFoundError: it is not there; where that can be told.
        """
        ...

    def read_note(self, name: str) -> bytes | None:
        """Return a small file that is no content, ``None`` if there is none."""
        ...

    def write_note(self, name: str, data: bytes) -> None:
        """Write a small file that is no content, whole, over another one should there be one."""
        ...


@contextmanager
def as_unavailable(location: str) -> Iterator[None]:
    """Turn errors of the operating system into a :class:`StoreUnavailableError` with a remedy."""
    try:
        yield
    except OSError as error:
        problem = error.strerror or str(error) or type(error).__name__
        if error.filename:
            problem += f" ({error.filename!r})"
        remedy = _REMEDIES.get(error.errno or 0, "Check that it can be reached, and try again.")
        raise StoreUnavailableError(location, problem, remedy) from error
