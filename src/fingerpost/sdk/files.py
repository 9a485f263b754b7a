"""Iterating over the files of a logged artifact, with a cursor to go on from."""

import os
from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.manifest.entry import Entry

from .entry import ArtifactEntry
from .version_holder import VersionHolder

if TYPE_CHECKING:
    from fingerpost.application.manifests.manifests import StoredManifest


_MARK_DIGITS: Final = 16


class Files(Iterator[ArtifactEntry]):
    """An iterator over entries, in order of their paths.

    A manifest never changes, so that a cursor stays true however long it is kept, and whatever
    happens to the collection or its aliases. It holds for the version, however that was fetched.

    Attributes:
        cursor: says how far it got; ``None`` at the beginning. Text to be kept and given back,
            not to be read.
    """

    def __init__(
        self,
        artifact: VersionHolder,
        manifest: "StoredManifest",
        names: frozenset[str] | None,
        start: str | None,
    ) -> None:
        self.cursor = start
        self._artifact = artifact
        self._manifest = manifest
        self._names = names
        self._mark = f"{manifest.digest.hex[:_MARK_DIGITS]}:"
        after = None if start is None else self._path_in(start)
        self._entries = manifest.values_in_order(after) if names is None else self._named(after)

    def __next__(self) -> ArtifactEntry:
        entry = next(self._entries)
        self.cursor = f"{self._mark}{entry.path}"
        return ArtifactEntry(self._artifact, entry)

    def __len__(self) -> int:
        if self._names is None:
            return len(self._manifest)
        return sum(name in self._manifest for name in self._names)

    def _named(self, after: str | None) -> Iterator[Entry]:
        for name in sorted(self._names or ()):
            if (after is None or name > after) and name in self._manifest:
                yield self._manifest[name]

    def _path_in(self, cursor: object) -> str:
        path = cursor.removeprefix(self._mark) if isinstance(cursor, str) else ""
        if path == cursor or path not in self._manifest:
            raise InvalidValueError(
                "cursor",
                cursor,
                f"it is one of an iteration over the files of {self._artifact.name!r}",
                "Pass start=files.cursor of such an iteration, or none to begin at the beginning.",
            )
        return path


def require_page_size(per_page: object) -> None:
    """Return if a number of files a page makes sense.

    Raises:
        InvalidValueError: it does not.
    """
    if isinstance(per_page, bool) or not isinstance(per_page, int) or per_page < 1:
        raise InvalidValueError(
            "per_page", per_page, "it is a whole number of 1 or more", "Leave it out, say."
        )


def prefix_of_paths(given: str | os.PathLike[str] | None) -> str:
    """Return the text with which paths are to start; none for all of them.

    A :class:`~pathlib.Path` is written with ``/``, whatever the system; a leading ``./`` says
    nothing.

    Raises:
        InvalidValueError: no path in an artifact starts so.

    *Source*: W&B's class reference, ``download``: "starts with the given prefix. Uses unix format".
    """
    if given is None:
        return ""
    if isinstance(given, PurePath):
        text: object = "" if given == type(given)() else given.as_posix()
    else:
        text = os.fspath(given) if isinstance(given, str | os.PathLike) else given
    if not isinstance(text, str) or "\\" in text or text.startswith("/"):
        raise InvalidValueError(
            "path_prefix",
            given,
            "it is how paths in the artifact begin, with '/' between their parts",
            "Write 'images/', say.",
        )
    return text.removeprefix("./")
