"""Filling a draft."""

import codecs
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.application.ports.references import ObjectsFound, Reference
from fingerpost.domain.errors import (
    EntryExistsError,
    ForeignStoreError,
    InvalidReferenceError,
    InvalidValueError,
)
from fingerpost.domain.manifest.artifact_reference import referring_to
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath

from .draft import DEFAULT_MAX_OBJECTS, as_text
from .entry import ArtifactEntry, entries_of
from .reading import ArtifactReading, StrPath


class ArtifactFilling(ArtifactReading):
    """The methods that begin with ``add``, and ``new_file``. See :class:`~fingerpost.Artifact`."""

    def add_file(
        self,
        local_path: StrPath,
        name: StrPath | None = None,
        is_tmp: bool | None = False,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        overwrite: bool = False,
        *,
        progress: BytesWritten | None = None,
    ) -> ArtifactEntry:
        """Add a local file.

        Args:
            local_path: the file; a link to a file is followed.
            name: path in the artifact; by default the file's base name.
            is_tmp: name it after its content instead of its random temporary name.
            skip_cache: accepted; there is no staging cache to skip.
            policy: ``mutable`` takes a private copy now, so that later changes to the file do not
                matter; ``immutable`` reads it again when it is logged, and refuses a changed one.
            overwrite: replace an entry that is there already.
            progress: receives the number of bytes handled since the last call.

        Raises:
            ArtifactFinalizedError: it is logged already.
            SourceFileError: the path is missing or no file (a ``FileNotFoundError``).
            InvalidPathError: the name is not a path inside an artifact (a ``ValueError``).
            EntryExistsError: other content is there already (a ``ValueError``).
            InvalidValueError: unknown policy (a ``ValueError``).
        """
        del skip_cache
        self._require_draft(f"add {str(local_path)!r}")
        entry = self._draft.add_file(
            _local(local_path),
            name,
            policy=policy or "mutable",
            overwrite=overwrite,
            is_tmp=bool(is_tmp),
            progress=progress,
        )
        self._draft.added.add_file(_local(local_path), entry.path)
        return ArtifactEntry(self, entry)

    def add_dir(
        self,
        local_path: StrPath,
        name: StrPath | None = None,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        merge: bool = False,
        *,
        progress: BytesWritten | None = None,
    ) -> None:
        """Add all files below a local folder; if one cannot be added, none is.

        Links to files are followed, links to folders are not (each is named in a warning).

        Args:
            local_path: the folder.
            name: path in the artifact to put them under; by default its root.
            skip_cache: accepted; there is no staging cache to skip.
            policy: as for :meth:`add_file`.
            merge: replace entries whose content differs.
            progress: receives the number of bytes handled since the last call.

        Raises:
            ArtifactFinalizedError: it is logged already.
            SourceFileError: the path is missing or no folder (a ``FileNotFoundError``).
            EntryExistsError: other content is there already (a ``ValueError``).
        """
        del skip_cache
        self._require_draft(f"add {str(local_path)!r}")
        self._draft.add_dir(
            _local(local_path), name, policy=policy or "mutable", overwrite=merge, progress=progress
        )
        prefix = None if name is None else as_text(name)
        self._draft.added.add_folder(_local(local_path), prefix)

    @contextmanager
    def new_file(
        self, name: str, mode: str = "x", encoding: str | None = None
    ) -> Iterator[IO[Any]]:
        """Open a new file to write into; it is added when the block ends without an exception.

        Args:
            name: path in the artifact.
            mode: ``x`` or ``w``, with ``b`` for bytes; ``w`` replaces an entry that is there.
            encoding: of text; UTF-8 by default.

        Raises:
            ArtifactFinalizedError: it is logged already.
            InvalidValueError: another mode.
            EntryExistsError: (``x``) something is there already.
        """
        self._require_draft(f"write {name!r}")
        if mode not in ("x", "w", "xb", "wb", "xt", "wt"):
            raise InvalidValueError(
                "mode", mode, "it is 'x' or 'w', with 'b' for bytes", "Use 'x'."
            )
        path, overwrite = EntryPath.clean(name), mode.startswith("w")
        if path in self._draft.entries and not overwrite:
            raise EntryExistsError(name, "Use mode='w' to replace it.")
        local = self._draft.spool.new_path()
        text = None if "b" in mode else _checked_encoding(encoding)
        self._draft.being_written.append(str(path))
        try:
            with local.open("xb" if text is None else "x", encoding=text) as file:
                yield file
            self._draft.add_file(local, path, policy="mutable", overwrite=overwrite)
        finally:
            self._draft.being_written.remove(str(path))
            local.unlink(missing_ok=True)

    def add_reference(
        self,
        uri: str | ArtifactEntry,
        name: StrPath | None = None,
        checksum: bool | Literal["content"] = True,
        max_objects: int | None = None,
        *,
        progress: ObjectsFound | None = None,
    ) -> Sequence[ArtifactEntry]:
        """Track data that stays where it is.

        What a URI stands for is added as a whole or, if anything goes wrong, not at all. However
        many objects that are, memory does not grow with them.

        Args:
            uri: ``file:///…``, a file or a folder; an ``https://…`` URL; any other URI under a
                ``name``, tracked without being looked at; or an entry of another logged artifact
                of the same store. Its content stays stored for as long as this artifact does,
                whatever becomes of the other. Of a linked artifact, the source's entry is
                referred to; an entry that is a reference itself is recorded as that.
            name: path in the artifact, or prefix for the files of a folder.
            checksum: whether to look at the data; if not, a change of it is not noticed.
                ``"content"`` reads all of it once and records a digest of the bytes beside what
                the provider says of them; it is compared whenever they are read.
            max_objects: more files than this are an error; 10,000,000 by default.
            progress: receives the number of objects found since the last call.

        Returns:
            The entries that were added. Of more than 50,000, those that are asked for are read from
            a temporary file, which is there for as long as this is held.

        Raises:
            ArtifactFinalizedError: it is logged already.
            InvalidReferenceError: the URI resolves to nothing, or is of an unknown kind.
            InvalidValueError: an argument is not one of those above (a ``ValueError``).
            PluginError: no installed resolver knows the URI, and one that might is broken.
            LimitExceededError: it stands for too many files.
            EntryExistsError: something else is at the path already (a ``ValueError``).
            StoreUnavailableError: there is no room for the entries of a large folder.
            ArtifactNotLoggedError: the entry is a draft's.
            VersionNotFoundError: the entry's artifact was deleted.
            ForeignStoreError: the entry is in another store than the run that this was made in.
        """
        self._require_draft(f"add {uri!r}")
        if isinstance(uri, ArtifactEntry):
            return [ArtifactEntry(self, self._refer_to(uri, name))]
        if max_objects is not None and type(max_objects) is not int:
            raise InvalidValueError(
                "max_objects", max_objects, "it is a whole number", "Leave it out for 10,000,000."
            )
        if not isinstance(checksum, bool) and checksum != "content":
            raise InvalidValueError(
                "checksum", checksum, "it is True, False or 'content'", "Leave it out for True."
            )
        if not isinstance(uri, str):
            raise InvalidReferenceError(
                "reference",
                uri,
                "it is a URI, or an entry of a logged artifact",
                "Pass text such as 'file:///data/train.csv'.",
            )
        reference = Reference(
            uri=uri,
            name=None if name is None else as_text(name),
            checksum=bool(checksum),
            max_objects=DEFAULT_MAX_OBJECTS if max_objects is None else max_objects,
            digest_algorithm=self._draft.digest_algorithm,
            is_content_hashed=checksum == "content",
            progress=progress,
        )
        entries = self._draft.add_reference(reference)
        if self._home is not None and entries.has_content:
            self._referred.append((uri, self._home.store))
        return entries_of(self, entries)

    def _refer_to(self, given: ArtifactEntry, name: StrPath | None) -> Entry:
        fetched = given._artifact._require_logged(f"refer to its entry {given.path!r}")
        fetched.require_use()
        opened = fetched.workspace.opened
        if self._home is not None and self._home.store.identity != opened.identity:
            raise ForeignStoreError(
                fetched.qualified_name, opened.location, self._home.store.location
            )
        _, source = fetched.source()
        path = None if name is None else EntryPath.clean(as_text(name))
        entry = referring_to(given._entry, source.ref, path)
        added = self._draft.refer(entry, opened.store.content)
        self._referred.append((fetched.qualified_name, opened))
        return added

    def remove(self, item: StrPath | ArtifactEntry) -> None:
        """Remove an entry, or all entries below a folder.

        Args:
            item: an entry, or a path in the artifact.

        Raises:
            ArtifactFinalizedError: it is logged already.
            ItemNotFoundError: nothing is there (a ``FileNotFoundError``).
        """
        path = item.path if isinstance(item, ArtifactEntry) else str(item)
        self._require_draft(f"remove {path!r}")
        self._draft.remove(path)

    def get_added_local_path_name(self, local_path: StrPath) -> str | None:
        """Return the path in the artifact of a local file that was added to this object.

        Known of drafts, and of the same object once it is logged.

        Args:
            local_path: as it was given to :meth:`add_file`, or of a file below a folder that was
                given to :meth:`add_dir`; relative paths start from the working directory.

        Returns:
            The path, or ``None`` if no such file was added, or its entry was removed.
        """
        entries = self._fetched.manifest if self._fetched else self._draft.entries
        return self._draft.added.name_of(_local(local_path), entries)


def _checked_encoding(encoding: str | None) -> str:
    try:
        return codecs.lookup(encoding or "utf-8").name
    except (LookupError, TypeError):
        raise InvalidValueError(
            "encoding", encoding, "it is one that Python knows", "Leave it out for UTF-8."
        ) from None


def _local(path: StrPath) -> Path:
    if not isinstance(path, str | os.PathLike):
        raise InvalidValueError("local path", path, "it is text or a Path", "Pass 'data.csv', say.")
    return Path(path)
