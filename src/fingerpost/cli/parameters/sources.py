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
    from fingerpost.sdk import Artifact

Progress = Callable[[int], None] | None

_STDIN: Final = "-"


class Source(Protocol):
    """Something to add to an artifact."""

    def size_bytes(self) -> int:
        """Return about how much there is to read, for a progress bar."""
        ...

    def look_first(self, digest_algorithm: str) -> None:
        """Look whether it can be added at all, without a store and without reading much.

        Raises:
            FingerpostError: it cannot be.
        """
        ...

    def add_to(self, draft: "Artifact", progress: Progress) -> None:
        """Add it."""
        ...


class _Local:
    def look_first(self, digest_algorithm: str) -> None:
        """Do nothing: that it is there was seen when it was parsed."""


@frozen
class File(_Local):
    """A local file, under its base name or another one."""

    path: Path
    name: str | None = None

    def size_bytes(self) -> int:
        """Return the file's size."""
        return self.path.stat().st_size

    def add_to(self, draft: "Artifact", progress: Progress) -> None:
        """Add the file."""
        draft.add_file(self.path, self.name, progress=progress)


@frozen
class Folder(_Local):
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
class StandardInput(_Local):
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

    def look_first(self, digest_algorithm: str) -> None:
        """Ask for the first object that it stands for, if there is somebody to ask."""
        from fingerpost.adapters.references import default_resolvers
        from fingerpost.application.ports.references import Reference
        from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm

        resolver = default_resolvers().resolver_of(self.uri)
        is_only_tracked = self.name is not None and not resolver.schemes
        if resolver.is_local or is_only_tracked:
            return
        reference = Reference(
            uri=self.uri,
            name=self.name,
            checksum=bool(self.looking.checksum),
            max_objects=sys.maxsize,
            digest_algorithm=DigestAlgorithm.named(digest_algorithm),
        )
        next(iter(resolver.resolve(reference)), None)

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
    given: Sequence[str],
    stdin_name: str,
    looking: Looking | None = None,
    name: str | None = None,
) -> list[Source]:
    """Return what is meant.

    Args:
        given: files, folders, URIs, or ``-``.
        stdin_name: path in the artifact of standard input.
        looking: how references are looked at.
        name: path in the artifact of the only one that is given, or of its folder.

    Raises:
        SourceFileError: a file or folder is not there.
        InvalidPathError: it cannot have that name in an artifact.
    """
    how = looking or Looking()
    if len(given) == 1:
        return [_parse(given[0], name or stdin_name, how, _checked(name))]
    return [_parse(text, stdin_name, how, _default_name(text)) for text in given]


def _checked(name: str | None) -> str | None:
    from fingerpost.domain.manifest.entry_path import EntryPath

    return None if name is None else str(EntryPath.clean(name))


def _default_name(text: str) -> str | None:
    """Return the folder that one of several is put into."""
    if _is_uri(text):
        return _base_name(text) if text.endswith("/") else None
    return Path(text).resolve().name if Path(text).is_dir() else None


def _is_uri(text: str) -> bool:
    return "://" in text and not Path(text).exists()


def _parse(text: str, stdin_name: str, looking: Looking, name: str | None) -> Source:
    from fingerpost.domain.errors import SourceFileError
    from fingerpost.domain.manifest.entry_path import EntryPath

    if text == _STDIN:
        return StandardInput(EntryPath(stdin_name))
    if _is_uri(text):
        return ReferencedData(text, name, looking)
    path = Path(text)
    if not path.exists():
        raise SourceFileError(text, "does not exist", "Check the path.")
    return Folder(path, name) if path.is_dir() else File(path, name)


def _base_name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
