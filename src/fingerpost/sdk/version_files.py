"""The files of a logged version: downloading, opening and verifying them."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from fingerpost import adapters
from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.manifest.entry import Entry

from .arguments import StrPath
from .logged_version import LoggedVersion

if TYPE_CHECKING:
    from fingerpost.adapters.downloads.destination import DownloadFolder
    from fingerpost.adapters.downloads.download import Downloads
    from fingerpost.adapters.downloads.drift import DriftReport, ReferencesCompared
    from fingerpost.application.ports.content_store import BytesWritten


_NO_COLONS: Final = os.name == "nt"
"""Windows takes what follows a colon in a file name for a stream."""


class VersionFiles:
    """The files of a version, for an actor who may use it.

    Everything here raises ``RoleRequiredError`` if the actor may look at the version, but not use
    it. :class:`~fingerpost.Artifact` documents the methods of the same names.
    """

    def __init__(self, version: LoggedVersion) -> None:
        self._version = version

    def download(
        self,
        root: StrPath | None = None,
        *,
        path_prefix: str = "",
        allow_missing_references: bool = False,
        skip_cache: bool = False,
        is_parallel: bool = True,
        progress: "BytesWritten | None" = None,
    ) -> str:
        """Write the files to a folder, and return it."""
        with self._destination(root) as destination:
            self._downloads(skip_cache=skip_cache).all(
                self._version.manifest,
                destination,
                path_prefix=path_prefix,
                allow_missing_references=allow_missing_references,
                is_parallel=is_parallel,
                progress=progress,
            )
        return str(destination.root)

    def checkout(self, root: StrPath | None = None) -> str:
        """Write the files to a folder, remove all others from it, and return it."""
        destination = self._destination(root)
        store = next(adapters.store_marker.folder.stores_below(destination.root), None)
        if store is not None:
            raise InvalidValueError(
                "folder to check out to",
                str(destination.root),
                f"it holds the store {str(store)!r}, which would be removed",
                "Check out to a folder of its own.",
            )
        self.download(destination.root)
        destination.remove_others(self._version.manifest)
        return str(destination.root)

    def download_only_file(self, root: StrPath | None = None) -> str:
        """Write the one file that there is, and return its path."""
        manifest = self._version.manifest
        if len(manifest) != 1:
            raise InvalidValueError(
                "artifact",
                self._version.name,
                f"it has one file, and this one has {len(manifest)}",
                "Use download(), or get_entry(PATH).download().",
            )
        return self.download_entry(next(manifest.values_in_order()), root)

    def download_entry(self, entry: Entry, root: StrPath | None = None) -> str:
        """Write one file, and return its path."""
        with self._destination(root, clears_up=False) as destination:
            return str(self._downloads().one(entry, destination))

    def stream(self, entry: Entry) -> BinaryIO:
        """Open one file from start to end; a reader that reaches the end has the right bytes."""
        return self._downloads().open(entry)

    def open(self, entry: Entry) -> BinaryIO:
        """Open one file as :meth:`stream` does, and seekable."""
        return self._downloads().reader(entry)

    def verify(self, root: StrPath | None = None) -> None:
        """Compare a folder with the version, reading every file."""
        self._version.require_use()
        if root is None:
            self.download()
        adapters.downloads.verification.verify(
            self._version.manifest, self._destination(root).root, self._version.name
        )

    def verify_references(self, progress: "ReferencesCompared | None" = None) -> "DriftReport":
        """Compare every reference with what it points at now."""
        self._version.require_use()
        workspace = self._version.workspace
        return adapters.downloads.drift.compare_references(
            self._version.manifest,
            self._version.qualified_name,
            workspace.opened.store.content,
            workspace.resolvers,
            progress,
        )

    def _destination(self, root: StrPath | None, *, clears_up: bool = True) -> "DownloadFolder":
        if root is not None and not isinstance(root, str | os.PathLike):
            raise InvalidValueError("folder", root, "it is text or a Path", "Pass 'data', say.")
        folder = self._default_folder() if root is None else Path(root)
        stat_cache = self._version.workspace.opened.stat_cache
        return adapters.downloads.destination.DownloadFolder(
            folder, stat_cache, clears_up=clears_up
        )

    def _default_folder(self) -> Path:
        name = self._version.name
        return Path("artifacts", name.replace(":", "-") if _NO_COLONS else name).absolute()

    def _downloads(self, *, skip_cache: bool = False) -> "Downloads":
        self._version.require_use()
        opened = self._version.workspace.opened
        return adapters.downloads.download.Downloads(
            content=opened.store.content,
            resolvers=self._version.workspace.resolvers,
            cache=adapters.downloads.cache.NoCache if skip_cache else lambda: opened.download_cache,
        )
