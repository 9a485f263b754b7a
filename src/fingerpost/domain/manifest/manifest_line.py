"""An entry as one line of a manifest's page, in canonical form.

*Source*: ADR 0004.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from ..errors import InvalidPathError
from ..metadata.metadata import LARGEST_INTEGER, JsonObject, JsonValue
from .digest import Digest
from .entry import Entry
from .entry_path import EntryPath

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class ManifestLine(NamedTuple):
    """An entry's line, and what a manifest as a whole has to know of the entry.

    Attributes:
        path: where it is in the artifact.
        body: the line with its end.
        digest: the entry's.
        size_bytes: size, or ``None`` where it is not known.
        content: digest under which the bytes are stored, if they are.
    """

    path: str
    body: bytes
    digest: str
    size_bytes: int | None
    content: Digest | None


def line_of(entry: Entry) -> ManifestLine:
    """Return an entry's line."""
    return ManifestLine(
        str(entry.path),
        canonical(entry.to_json()),
        str(entry.digest),
        entry.size_bytes,
        entry.content,
    )


def entry_of(body: bytes) -> Entry:
    """Return the entry that a line is of.

    Raises:
        ValueError: it is no line in canonical form; also as ``KeyError``, ``TypeError`` or
            ``RecursionError``.
    """
    plain = json.loads(body)
    if b"\\u" in body:
        canonical(plain)  # half a character can only be written like this, and never stored
    return _entry(plain)


def canonical(plain: JsonObject) -> bytes:
    """Return JSON in the form that digests are taken over, with the end of the line."""
    return _ENCODER.encode(plain).encode() + b"\n"


def without_clashes(lines: Iterable[ManifestLine]) -> Iterator[ManifestLine]:
    """Iterate over lines, and see that none is a file where another needs a folder.

    Args:
        lines: sorted by path. None is held but those whose paths the current one begins with.

    Raises:
        InvalidPathError: a path is a file and also a folder of another: no folder can hold both.
    """
    begun: list[str] = []
    for line in lines:
        path = line.path
        # Between a path and those below it others may lie ("a", "a-b", "a/c"), but only such as
        # begin with it.
        while begun and not path.startswith(begun[-1]):
            begun.pop()
        for above in begun:
            if path[len(above)] == "/":
                raise _clash(path, above)
        begun.append(path)
        yield line


def _clash(path: str, above: str) -> InvalidPathError:
    return InvalidPathError(
        "path in the artifact",
        path,
        f"{above!r} is a file in it and cannot be a folder too",
        "Give one of them another name.",
    )


def _entry(plain: Mapping[str, JsonValue]) -> Entry:
    known = {"path", "digest", "size", "content", "ref", "extra"}
    if not known.issuperset(plain):
        msg = f"unknown keys {sorted(set(plain) - known)}"
        raise ValueError(msg)
    digest, size, ref = plain["digest"], plain.get("size"), plain.get("ref")
    content = plain.get("content", None if ref is not None else digest)
    extra = plain.get("extra") or {}
    if not (
        isinstance(digest, str)
        and (size is None or (type(size) is int and 0 <= size < LARGEST_INTEGER))
        and isinstance(ref, str | None)
        and isinstance(content, str | None)
        and isinstance(extra, dict)
    ):
        msg = f"wrong types in the entry {plain.get('path')!r:.200}"
        raise TypeError(msg)
    return Entry(
        path=EntryPath(str(plain["path"])),
        digest=digest,
        size_bytes=size,
        content=Digest(content) if content is not None else None,
        ref=ref,
        extra=extra,
    )
