"""Paths inside an artifact: checked when an entry is added *and* when it is downloaded."""

import re
from typing import Final, Self

from ..errors import InvalidPathError
from ..names.text import plain

LONGEST_PATH_BYTES: Final = 4096
LONGEST_SEGMENT_BYTES: Final = 255
_EXPECTED: Final = (
    "use a relative path with '/' between its parts, without '..', '.', empty parts, '\\', "
    "drive letters or control characters"
)


_UNPORTABLE: Final = (
    (re.compile(r"[\x00-\x1f\x7f-\x9f]"), "it holds a control character"),
    (re.compile(r"[\ud800-\udfff]"), "it is not valid Unicode; rename the file to UTF-8"),
    (re.compile(r"^/|^[A-Za-z]:"), "it is absolute"),
    (re.compile(r"\\"), "it holds a backslash, which is a separator on some systems"),
    (re.compile(r"(^|/)\.{0,2}(/|$)"), "a part of it is empty, '.' or '..'"),
)


def problem_of(path: str) -> str | None:
    """Return what is wrong with a path inside an artifact, or ``None``."""
    for pattern, problem in _UNPORTABLE:
        if pattern.search(path):
            return problem
    if len(path) * 4 > LONGEST_SEGMENT_BYTES:
        return _length_problem(path)
    return None


def _length_problem(path: str) -> str | None:
    if len(path.encode()) > LONGEST_PATH_BYTES:
        return f"it is longer than {LONGEST_PATH_BYTES:,} bytes"
    if any(len(part.encode()) > LONGEST_SEGMENT_BYTES for part in path.split("/")):
        return f"a part of it is longer than {LONGEST_SEGMENT_BYTES} bytes"
    return None


class EntryPath(str):
    """A relative, ``/``-separated path that cannot leave the folder it is put in.

    Raises:
        InvalidPathError: says which rule is broken.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        path = plain(text)
        problem = "it is not text" if path is None else problem_of(path)
        if problem is not None:
            raise InvalidPathError(
                "path in the artifact", text, problem, f"{_EXPECTED}.".capitalize()
            )
        return super().__new__(cls, path)

    @classmethod
    def clean(cls, text: str) -> Self:
        """Return the path that somebody means who writes ``./x//y/`` for ``x/y``.

        For names that people give; what was stored is never cleaned. ``..`` is not resolved but
        refused.

        Raises:
            InvalidPathError: what is left is no path inside an artifact.
        """
        path = plain(text)
        if path is None or path.startswith("/"):
            return cls(text)
        return cls("/".join(part for part in path.split("/") if part not in {"", "."}) or path)


def joined(prefix: str | None, path: str) -> EntryPath:
    """Return ``prefix/path``, or the path alone when there is no prefix.

    Raises:
        InvalidPathError: they do not make a path inside an artifact.
    """
    return EntryPath.clean(f"{prefix}/{path}" if prefix else path)


def parents(path: str) -> list[str]:
    """Return the folders above a path, outermost first: ``a/b/c`` gives ``a``, ``a/b``."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]
