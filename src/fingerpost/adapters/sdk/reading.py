"""Reading an artifact: its manifest, downloads, verification."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.domain.entry import Entry
from fingerpost.domain.errors import InvalidValueError

from ..local_files.destination import Destination
from ..local_files.download import Downloads, verify
from ..store_folder import stores_below
from .arguments import listed
from .entry import ArtifactEntry, Manifest
from .facts import ArtifactFacts
from .fetched import Fetched
from .files import Files

StrPath = str | os.PathLike[str]

_NO_COLONS: Final = os.name == "nt"
"""Windows takes what follows a colon in a file name for a stream."""


class ArtifactReading(ArtifactFacts):
    """What is read of the content. See :class:`~fingerpost.Artifact`."""

    @property
    def manifest(self) -> Manifest:
        """What it holds."""
        return Manifest(
            self,
            self._fetched.manifest if self._fetched else dict(sorted(self._draft.entries.items())),
        )

    def get_entry(self, name: StrPath) -> ArtifactEntry:
        """Return the entry at a path.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            EntryNotFoundError: it has no such entry (a ``KeyError``).
        """
        self._require_logged(f"get {str(name)!r}")
        return self.manifest.entries[str(name)]

    def get_path(self, name: StrPath) -> ArtifactEntry:
        """Return the entry at a path; the older name of :meth:`get_entry`."""
        return self.get_entry(name)

    def download(
        self,
        root: StrPath | None = None,
        allow_missing_references: bool = False,
        skip_cache: bool | None = None,
        path_prefix: StrPath | None = None,
        multipart: bool | None = None,
        *,
        progress: BytesWritten | None = None,
    ) -> str:
        """Write the files to a folder; what is there already with the same content stays.

        A file that is an entry and has other content is replaced, since the folder would not be
        the artifact otherwise. All other files stay as they are. Each file appears whole or not
        at all, and only after its content was verified.

        Args:
            root: the folder; by default ``./artifacts/NAME:vN``.
            allow_missing_references: skip references whose data is gone.
            skip_cache: accepted; there is no download cache to skip.
            path_prefix: only entries whose paths start with this.
            multipart: accepted; local content is read in one stream.
            progress: receives the number of bytes handled since the last call.

        Returns:
            The folder.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            ContentMismatchError: stored content is damaged.
            ReferenceMissingError: a referenced file is gone.
            ReferenceChangedError: a referenced file is not the one that was recorded.
        """
        del skip_cache, multipart
        fetched = self._require_logged("download it")
        destination = self._destination(root)
        self._downloads(fetched).all(
            fetched.manifest,
            destination,
            path_prefix=None if path_prefix is None else str(path_prefix),
            allow_missing_references=allow_missing_references,
            progress=progress,
        )
        return str(destination.root)

    def checkout(self, root: StrPath | None = None) -> str:
        """Make a folder hold this artifact and nothing else: all other files in it are removed.

        Downloads first, and removes when all is there. A folder with a store in it is refused.

        Args:
            root: the folder; by default ``./artifacts/NAME:vN``.

        Returns:
            The folder.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            InvalidValueError: there is a store in the folder (a ``ValueError``).
            DestinationError: something cannot be written or removed.
        """
        fetched = self._require_logged("check it out")
        destination = self._destination(root)
        store = next(stores_below(destination.root), None)
        if store is not None:
            raise InvalidValueError(
                "folder to check out to",
                str(destination.root),
                f"it holds the store {str(store)!r}, which would be removed",
                "Check out to a folder of its own.",
            )
        self.download(destination.root)
        destination.remove_others(fetched.manifest)
        return str(destination.root)

    def file(self, root: StrPath | None = None) -> str:
        """Download an artifact of one file.

        Args:
            root: the folder; by default ``./artifacts/NAME:vN``.

        Returns:
            The path of the file.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            InvalidValueError: it has no file, or more than one (a ``ValueError``).
        """
        fetched = self._require_logged("download it")
        if len(fetched.manifest) != 1:
            raise InvalidValueError(
                "artifact",
                self.name,
                f"it has one file, and this one has {len(fetched.manifest)}",
                "Use download(), or get_entry(PATH).download().",
            )
        return self._download_entry(next(fetched.manifest.values_in_order()), root)

    def files(
        self, names: Iterable[str] | None = None, per_page: int = 50, start: str | None = None
    ) -> "Files":
        """Iterate over the files, in order of their paths.

        Args:
            names: only these paths; one that the artifact does not have is left out.
            per_page: accepted; pages are as they were stored.
            start: ``.cursor`` of an earlier iteration, to go on behind it.

        Raises:
            ArtifactNotLoggedError: it is a draft.
        """
        del per_page
        fetched = self._require_logged("list its files")
        wanted = None if names is None else frozenset(listed(names, "names"))
        return Files(self, fetched.manifest, wanted, start)

    def _download_entry(self, entry: Entry, root: StrPath | None) -> str:
        fetched = self._require_logged("download it")
        return str(self._downloads(fetched).one(entry, self._destination(root)))

    def verify(self, root: StrPath | None = None) -> None:
        """Compare a folder with this artifact, file by file. References are not looked at.

        Args:
            root: the folder; by default the artifact is downloaded to ``./artifacts/NAME:vN``
                first.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            VerificationError: names every missing, extra and different file (a ``ValueError``).
        """
        fetched = self._require_logged("verify it")
        if root is None:
            self.download()
        verify(fetched.manifest, self._destination(root), self.name)

    def _destination(self, root: StrPath | None) -> Destination:
        if root is not None and not isinstance(root, str | os.PathLike):
            raise InvalidValueError("folder", root, "it is text or a Path", "Pass 'data', say.")
        default = Path("artifacts", self.name.replace(":", "-") if _NO_COLONS else self.name)
        return Destination(Path(root) if root is not None else default.absolute())

    @staticmethod
    def _downloads(fetched: Fetched) -> Downloads:
        return Downloads(fetched.workspace.opened.store.content, fetched.workspace.resolvers)
