"""``file://`` URIs."""

import os
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from fingerpost.domain.errors import InvalidReferenceError


def local_path(uri: str) -> Path:
    """Return the path of a ``file://`` URI.

    Raises:
        InvalidReferenceError: it names another host, or no absolute path.
    """
    try:
        # urlsplit drops tabs and line ends, and takes ? and # for what they are in other schemes.
        parts = urlsplit(quote(uri, safe="/:%[]@!$&'()*+,;=~"))
    except ValueError:
        parts = urlsplit("")
    if parts.netloc not in {"", "localhost"} or not parts.path.startswith("/"):
        raise InvalidReferenceError(
            "file URI",
            uri,
            "it is 'file:///' and an absolute path",
            "Write it with three slashes, such as file:///data/train.csv.",
        )
    return Path(unquoted(parts.path))


def referenced_path(uri: str) -> Path:
    """Return the path of a ``file:`` URI that somebody gave as a reference.

    Besides what :func:`local_path` takes, ``file:relative`` and ``file://relative`` mean a path in
    the working directory, if it is there: the second could as well be another host's.

    Raises:
        InvalidReferenceError: it names another host, or nothing in the working directory.
    """
    rest = uri.partition(":")[2]
    if rest.startswith("/") and not rest.startswith("//"):
        return local_path(f"file://{rest}")
    try:
        return local_path(uri)
    except InvalidReferenceError:
        relative = rest.removeprefix("//")
        # Empty would be the working directory, which nobody asked for.
        if relative and is_there(Path(unquoted(relative))):
            return Path(unquoted(relative))
        raise


def partly_encoded_paths(uri: str) -> list[Path]:
    """Return what a ``file:`` URI can mean when W&B wrote it, the usual meaning first.

    W&B writes the paths of a folder's files as they are behind the folder's URI, which may be
    encoded: where the one ends and the other begins, nobody can tell.
    """
    rest = uri.partition(":")[2].removeprefix("//")
    parts = (rest.removeprefix("localhost") if rest.startswith("localhost/") else rest).split("/")
    readings = (
        "/".join([*map(unquoted, parts[:encoded]), *parts[encoded:]])
        for encoded in range(len(parts), -1, -1)
    )
    return [Path(reading) for reading in dict.fromkeys(readings)]


def absolute_uri(uri: str) -> str:
    """Return a ``file:`` URI that means the same from everywhere; an absolute one as it is.

    Raises:
        InvalidReferenceError: see :func:`referenced_path`.
    """
    path = referenced_path(uri)
    return uri if path.is_absolute() else f"file://{quote(os.fsencode(path.absolute()))}"


def unquoted(text: str) -> str:
    """Return the name of a file that is written with escapes.

    Names of files are bytes: what is not UTF-8 stays what it is.
    """
    return os.fsdecode(unquote_to_bytes(text))


def is_there(path: Path) -> bool:
    """Whether something is at a path; at one that no file can have there is nothing."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
