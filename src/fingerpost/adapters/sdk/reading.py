"""Reading an artifact: its manifest, downloads, verification."""

import os
from pathlib import Path
from typing import Final

from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.domain.entry import Entry

from ..local_files.destination import Destination
from ..local_files.download import Downloads, verify
from .entry import ArtifactEntry, Manifest
from .facts import ArtifactFacts
from .fetched import Fetched

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
        default = Path("artifacts", self.name.replace(":", "-") if _NO_COLONS else self.name)
        return Destination(Path(root) if root is not None else default.absolute())

    @staticmethod
    def _downloads(fetched: Fetched) -> Downloads:
        return Downloads(fetched.workspace.opened.store.content, fetched.workspace.resolvers)
