"""Which local files were added to a draft, and as what."""

from collections.abc import Container
from os.path import abspath
from pathlib import Path


class AddedPaths:
    """Local paths and the entries that they became.

    Of a folder only the folder is remembered, however many files are in it.
    """

    def __init__(self) -> None:
        self._files: dict[Path, str] = {}
        self._folders: dict[Path, str] = {}

    def add_file(self, path: Path, name: str) -> None:
        """Remember a file and its path in the artifact."""
        self._files[_absolute(path)] = name

    def add_folder(self, folder: Path, prefix: str | None) -> None:
        """Remember a folder and where its files are in the artifact."""
        self._folders[_absolute(folder)] = f"{prefix.strip('/')}/" if prefix else ""

    def name_of(self, path: Path, entries: Container[str]) -> str | None:
        """Return the path in the artifact of what was added, if it is among the entries."""
        wanted = _absolute(path)
        names = [self._files.get(wanted), *self._below_folders(wanted)]
        return next((name for name in names if name is not None and name in entries), None)

    def _below_folders(self, path: Path) -> list[str]:
        # The last one added first.
        return [
            f"{prefix}{path.relative_to(folder).as_posix()}"
            for folder, prefix in reversed(self._folders.items())
            if path != folder and path.is_relative_to(folder)
        ]


def _absolute(path: Path) -> Path:
    return Path(abspath(path))  # noqa: PTH100 - links stay as they are, `..` does not
