"""Reading an artifact: its manifest, downloads, verification."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fingerpost.adapters.downloads.cache import NoCache
from fingerpost.adapters.downloads.destination import DownloadFolder
from fingerpost.adapters.downloads.download import Downloads
from fingerpost.adapters.downloads.drift import DriftReport, ReferencesCompared, compare_references
from fingerpost.adapters.downloads.verification import verify
from fingerpost.adapters.store_marker.folder import stores_below
from fingerpost.application.manifests.ordered_entries import EntriesNow, OrderedEntries
from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.manifest.entry import Entry

from .arguments import listed
from .entry import ArtifactEntry, Manifest
from .facts import ArtifactFacts
from .fetched import Fetched
from .files import Files, prefix_of_paths, require_page_size

StrPath = str | os.PathLike[str]

_NO_COLONS: Final = os.name == "nt"
"""Windows takes what follows a colon in a file name for a stream."""


class ArtifactReading(ArtifactFacts):
    """What is read of the content. See :class:`~fingerpost.Artifact`."""

    @property
    def manifest(self) -> Manifest:
        """What it holds. Of a draft what it holds now; of a large one, whatever it holds then."""
        if self._fetched is not None:
            return Manifest(self, self._fetched.manifest)
        entries = self._draft.entries
        if entries.is_in_memory:
            return Manifest(self, {str(e.path): e for e in entries.values_in_order()})
        return Manifest(self, EntriesNow(self._entries_now))

    def _entries_now(self) -> OrderedEntries:
        return self._fetched.manifest if self._fetched else self._draft.entries

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
        at all, and only after its content was verified. What was interrupted is gone on with by
        the next download to the folder; several may write to it at once.

        Args:
            root: the folder; by default ``./artifacts/NAME:vN``.
            allow_missing_references: skip references whose data is gone; one whose data has
                changed is an error all the same.
            skip_cache: neither read nor fill the download cache. It keeps what is not on this
                machine; for a store in a local folder there is nothing to skip.
            path_prefix: only entries whose paths start with this text, ``/``-separated:
                ``images`` stands for ``images2/owl.png`` too, ``images/`` does not.
            multipart: ``False`` works in the caller's thread alone; otherwise large files are
                written side by side on several threads, each file in one piece.
            progress: receives the number of bytes handled since the last call, in the caller's
                thread; adds up to ``size`` for a whole artifact, files that are there included.

        Returns:
            The folder.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            RoleRequiredError: the actor may look at it, but not use it.
            InvalidValueError: no path can have the prefix (a ``ValueError``).
            ContentMismatchError: stored content is damaged.
            ReferenceMissingError: a referenced file is gone.
            ReferenceChangedError: a referenced file is not the one that was recorded.
            DestinationError: the folder cannot be written.
        """
        fetched = self._require_logged("download it")
        prefix = prefix_of_paths(path_prefix)
        with self._destination(root) as destination:
            self._downloads(fetched, skip_cache=bool(skip_cache)).all(
                fetched.manifest,
                destination,
                path_prefix=prefix,
                allow_missing_references=allow_missing_references,
                is_parallel=multipart is not False,
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
            per_page: checked, and without effect: files are read as they are asked for.
            start: ``.cursor`` of an earlier iteration over the files of this version, to go on
                behind it.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            InvalidValueError: ``per_page`` is no positive number, or the cursor is that of
                another artifact (a ``ValueError``).
        """
        require_page_size(per_page)
        fetched = self._require_logged("list its files")
        wanted = None if names is None else frozenset(listed(names, "names"))
        return Files(self, fetched.manifest, wanted, start)

    def _download_entry(self, entry: Entry, root: StrPath | None) -> str:
        fetched = self._require_logged("download it")
        with self._destination(root, clears_up=False) as destination:
            return str(self._downloads(fetched).one(entry, destination))

    def verify(self, root: StrPath | None = None) -> None:
        """Compare a folder with this artifact, reading every file. References are not looked at.

        Args:
            root: the folder; by default the artifact is downloaded to ``./artifacts/NAME:vN``
                first.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            VerificationError: names every missing, extra and different file (a ``ValueError``).
            DestinationError: a folder in it cannot be read.
        """
        fetched = self._require_logged("verify it")
        fetched.require_use()
        if root is None:
            self.download()
        verify(fetched.manifest, self._destination(root).root, self.name)

    def verify_references(self, *, progress: ReferencesCompared | None = None) -> DriftReport:
        """Compare every reference with what it points at now. Nothing is written.

        Providers are asked for checksum, size and version; bytes are read where only they can
        tell: of files, of other artifacts' entries, and of what was added with
        ``checksum="content"``.

        Args:
            progress: receives the number of references compared since the last call, in the
                caller's thread.

        Returns:
            How many are the same, and each one that is not: changed, missing, unverifiable,
            refused or unreachable.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            MissingExtraError: a library that is needed is not installed; names the extra.
            PluginError: a resolver that is needed cannot be loaded.
        """
        fetched = self._require_logged("verify its references")
        fetched.require_use()
        workspace = fetched.workspace
        return compare_references(
            fetched.manifest,
            fetched.qualified_name,
            workspace.opened.store.content,
            workspace.resolvers,
            progress,
        )

    def _destination(self, root: StrPath | None, *, clears_up: bool = True) -> DownloadFolder:
        if root is not None and not isinstance(root, str | os.PathLike):
            raise InvalidValueError("folder", root, "it is text or a Path", "Pass 'data', say.")
        default = Path("artifacts", self.name.replace(":", "-") if _NO_COLONS else self.name)
        opened = self._require_logged("download it").workspace.opened
        folder = Path(root) if root is not None else default.absolute()
        return DownloadFolder(folder, opened.stat_cache, clears_up=clears_up)

    @staticmethod
    def _downloads(fetched: Fetched, *, skip_cache: bool = False) -> Downloads:
        fetched.require_use()
        opened = fetched.workspace.opened
        return Downloads(
            content=opened.store.content,
            resolvers=fetched.workspace.resolvers,
            cache=NoCache if skip_cache else lambda: opened.download_cache,
        )
