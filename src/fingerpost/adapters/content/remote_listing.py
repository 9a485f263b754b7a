"""What there is in a folder of an fsspec file system, and since when."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

_TIMES: Final = ("mtime", "modified", "last_modified", "LastModified", "created")
"""What file systems call the time at which a file was stored."""


class ListedFile(NamedTuple):
    """A file in a listing.

    Attributes:
        name: path in the store.
        size_bytes: of the file.
    """

    name: str
    size_bytes: int


def listed(fs: Any, path: str, name: str) -> Iterator[ListedFile]:
    """Iterate over all files below a folder; over none where there is no such folder.

    Not with ``fs.find``, which leaves out what it cannot list: a connection that is lost would look
    like an empty folder.

    Args:
        fs: a file system of fsspec.
        path: of the folder.
        name: of the folder in the store; the names of the files begin with it.

    Raises:
        OSError: a folder cannot be listed.
    """
    fs.invalidate_cache()
    try:
        found = fs.ls(path, detail=True)
    except FileNotFoundError:
        return
    for facts in found:
        own = str(facts["name"]).rstrip("/").rpartition("/")[2]
        if facts["type"] == "directory":
            yield from listed(fs, f"{path}/{own}", f"{name}/{own}")
        else:
            yield ListedFile(f"{name}/{own}", int(facts["size"] or 0))


def stored_at(fs: Any, path: str) -> float:
    """Return when a file was stored, in seconds since 1970, by the server's clock.

    Raises:
        FileNotFoundError: it is not there.
        NotImplementedError: the file system does not say.
    """
    fs.invalidate_cache()
    facts = fs.info(path)
    said = next((facts[name] for name in _TIMES if facts.get(name) is not None), None)
    if said is None:
        said = fs.modified(path)
    if isinstance(said, datetime):
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()
    return float(said)
