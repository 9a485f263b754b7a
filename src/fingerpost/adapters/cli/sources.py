"""What ``fingerpost log`` is given: files, folders, standard input, references."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol

from attrs import frozen

if TYPE_CHECKING:
    from ..sdk import Artifact

Progress = Callable[[int], None] | None

_STDIN: Final = "-"


class Source(Protocol):
    """Something to add to an artifact."""

    def size_bytes(self) -> int:
        """Return about how much there is to read, for a progress bar."""
        ...

    def add_to(self, draft: "Artifact", progress: Progress) -> None:
        """Add it."""
        ...


@frozen
class File:
    """A local file, under its base name."""

    path: Path

    def size_bytes(self) -> int:
        """Return the file's size."""
        return self.path.stat().st_size

    def add_to(self, draft: "Artifact", progress: Progress) -> None:
        """Add the file."""
        draft.add_file(self.path, progress=progress)


@frozen
class Folder:
    """A local folder, at the root of the artifact or under a name."""

    path: Path
    name: str | None

    def size_bytes(self) -> int:
        """Return the size of what is below it."""
        paths = (Path(top, name) for top, _, names in os.walk(self.path) for name in names)
        return sum(path.lstat().st_size for path in paths)

    def add_to(self, draft: "Artifact", progress: Progress) -> None:
        """Add what is below it."""
        draft.add_dir(self.path, self.name, progress=progress)


@frozen
class StandardInput:
    """What is piped in, under a name."""

    name: str

    def size_bytes(self) -> int:
        """Return 0: nobody knows."""
        return 0

    def add_to(self, draft: "Artifact", progress: Progress) -> None:
        """Read it to its end, and add it."""
        del progress
        with draft.new_file(self.name, "xb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)


def _uncounted(_uri: str) -> AbstractContextManager[Progress]:
    return nullcontext(None)


@frozen(kw_only=True)
class Looking:
    """How references are looked at.

    Attributes:
        checksum: see ``Artifact.add_reference``.
        max_objects: likewise; ``None`` for its default.
        counting: shows how many objects of a URI were found.
    """

    checksum: bool | Literal["content"] = True
    max_objects: int | None = None
    counting: Callable[[str], AbstractContextManager[Progress]] = _uncounted


@frozen
class ReferencedData:
    """A URI; the data stays where it is."""

    uri: str
    name: str | None
    looking: Looking

    def size_bytes(self) -> int:
        """Return 0: nobody knows."""
        return 0

    def add_to(self, draft: "Artifact", progress: Progress) -> None:
        """Look at the data, and add the reference."""
        del progress
        with self.looking.counting(self.uri) as found:
            draft.add_reference(
                self.uri,
                self.name,
                self.looking.checksum,
                self.looking.max_objects,
                progress=found,
            )


def parse_sources(
    given: Sequence[str], stdin_name: str, looking: Looking | None = None
) -> list[Source]:
    """Return what is meant.

    Raises:
        SourceFileError: a file or folder is not there.
        InvalidPathError: standard input cannot have that name in an artifact.
    """
    is_alone = len(given) == 1
    how = looking or Looking()
    return [_parse(text, stdin_name, how, is_alone=is_alone) for text in given]


def _parse(text: str, stdin_name: str, looking: Looking, *, is_alone: bool) -> Source:
    from fingerpost.domain.entry_path import EntryPath
    from fingerpost.domain.errors import SourceFileError

    if text == _STDIN:
        return StandardInput(EntryPath(stdin_name))
    if "://" in text and not Path(text).exists():
        is_folder = text.endswith("/")
        name = None if is_alone or not is_folder else _base_name(text)
        return ReferencedData(text, name, looking)
    path = Path(text)
    if not path.exists():
        raise SourceFileError(text, "does not exist", "Check the path.")
    if path.is_dir():
        return Folder(path, None if is_alone else path.resolve().name)
    return File(path)


def _base_name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
