"""The entries of an artifact that is being put together."""

from collections.abc import Callable, Iterable
from itertools import islice
from os import PathLike, fspath, sep
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Final

from fingerpost import adapters
from fingerpost.adapters.drafts.limits import MOST_IN_MEMORY
from fingerpost.domain.errors import EntryExistsError, InvalidValueError, ItemNotFoundError
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath, joined

if TYPE_CHECKING:
    from fingerpost.adapters.drafts.entries import RecordedEntries
    from fingerpost.adapters.drafts.staging_area import StagedSource, StagingArea
    from fingerpost.adapters.references import Resolvers
    from fingerpost.application.collections.versions import BlobSource
    from fingerpost.application.ports.content_store import BytesWritten, ContentStore
    from fingerpost.application.ports.references import Reference


_TMP_NAME_DIGITS: Final = 20
_SHOWN: Final = 8
"""Paths in a message."""


class DraftEntries:
    """Entries by path, and where their bytes are until they are logged.

    Args:
        new_staging_area: makes the place for copies; called by the first file that needs one.
        resolvers: for references.
        digest_algorithm: what digests are made with.

    Attributes:
        most_in_memory: with more entries they move to a file next to the copies.
    """

    most_in_memory: ClassVar[int] = MOST_IN_MEMORY

    def __init__(
        self,
        new_staging_area: "Callable[[], StagingArea]",
        resolvers: "Resolvers",
        digest_algorithm: DigestAlgorithm = DigestAlgorithm.BLAKE3,
    ) -> None:
        self._staging_area = _StagingAreaOnDemand(new_staging_area)
        self.entries = adapters.drafts.entries.SpillingEntries(
            self._staging_area, self.most_in_memory
        )
        self.sources: dict[Digest, BlobSource] = {}
        self.being_written: list[str] = []
        self._resolvers = resolvers
        self.digest_algorithm = digest_algorithm

    @property
    def staging_area(self) -> "StagingArea":
        """The place for copies."""
        return self._staging_area.get()

    def add_file(
        self,
        path: Path,
        name: "str | PathLike[str] | None",
        *,
        policy: str,
        overwrite: bool,
        is_tmp: bool = False,
        progress: "BytesWritten | None" = None,
    ) -> Entry:
        """Add one file."""
        is_mutable = checked_policy(policy)
        entry_path = EntryPath.clean(path.name if name is None else as_text(name))
        taken = self.staging_area.add(
            path, is_mutable=is_mutable, progress=progress, algorithm=self.digest_algorithm
        )
        if is_tmp:
            entry_path = _renamed(entry_path, taken.digests[-1])
        return self.put(self._stored(entry_path, taken), taken.source, overwrite=overwrite)

    def add_dir(
        self,
        folder: Path,
        prefix: "str | PathLike[str] | None",
        *,
        policy: str,
        overwrite: bool,
        progress: "BytesWritten | None" = None,
    ) -> int:
        """Add all files below a folder, or none if one of them cannot be added."""
        is_mutable = checked_policy(policy)
        above = None if prefix is None else as_text(prefix)
        files = list(adapters.drafts.walk.walk(folder))
        self.staging_area.expect((found.path for found in files), self.digest_algorithm)
        with self.entries.step():
            for found in files:
                entry_path = joined(above, found.relative)
                taken = self.staging_area.add(
                    found.path,
                    is_mutable=is_mutable,
                    progress=progress,
                    algorithm=self.digest_algorithm,
                )
                self.put(self._stored(entry_path, taken), taken.source, overwrite=overwrite)
        return len(files)

    def add_reference(self, reference: "Reference") -> "RecordedEntries":
        """Add what a URI stands for, or nothing if one entry of it cannot be added."""
        added = adapters.drafts.entries.RecordedEntries(self._staging_area, self.most_in_memory)
        with self.entries.step():
            for chunk in adapters.drafts.entries.chunks(self._resolvers.resolve(reference)):
                for entry in self.entries.insert(chunk):
                    self._require_free(entry, overwrite=False)
                    self.entries.put(entry)
                for entry in chunk.entries:
                    self._note_source(entry, self._source_of(entry))
                added.extend(chunk)
        return added

    def fill(self, entries: Iterable[Entry]) -> bool:
        """Add the entries of a version that this draft begins with.

        Returns:
            Whether one of them refers to an entry of another artifact.
        """
        refers = False
        with self.entries.step():
            for chunk in adapters.drafts.entries.chunks(entries):
                self.entries.insert(chunk)
                refers = refers or _refers(chunk.entries)
        return refers

    def refer(self, entry: Entry, content: "ContentStore") -> Entry:
        """Add a reference to another artifact's entry, whose bytes are in a store."""
        source = (
            None
            if entry.content is None
            else adapters.drafts.staging_area.StoredBlob(content, entry.content)
        )
        return self.put(entry, source, overwrite=False)

    def _source_of(self, entry: Entry) -> "BlobSource | None":
        return None if entry.content is None else self.staging_area.stored(entry.content)

    def _stored(self, path: EntryPath, taken: "StagedSource") -> Entry:
        digest = taken.digests[-1]
        is_wandb = self.digest_algorithm is DigestAlgorithm.MD5
        return Entry(
            path=path,
            digest=digest.base64 if is_wandb else str(digest),
            size_bytes=taken.size_bytes,
            content=taken.digests[0],
        )

    def remove(self, path: str) -> None:
        """Remove an entry, or all entries below a folder.

        Raises:
            ItemNotFoundError: there is neither.
        """
        if not self.entries.remove(path):
            some, count = list(islice(self.entries, _SHOWN)), len(self.entries)
            remedy = "Check the path in the artifact."
            if count > _SHOWN:
                remedy = f"Those are the first of {count:,} entries. {remedy}"
            raise ItemNotFoundError("entry or folder", path, some, remedy)

    def put(self, entry: Entry, source: "BlobSource | None", *, overwrite: bool) -> Entry:
        """Add an entry.

        Raises:
            EntryExistsError: the path is taken by something else, and ``overwrite`` is false.
        """
        self._require_free(entry, overwrite=overwrite)
        self.entries.put(entry)
        self._note_source(entry, source)
        return entry

    def _note_source(self, entry: Entry, source: "BlobSource | None") -> None:
        if entry.content is not None and source is not None:
            self.sources[entry.content] = source

    def _require_free(self, entry: Entry, *, overwrite: bool) -> None:
        held = self.entries.find(entry.path)
        if held is not None and not self._is_same(held, entry) and not overwrite:
            raise EntryExistsError(
                str(entry.path),
                "Pass overwrite=True (add_file) or merge=True (add_dir) to replace it.",
            )

    def _is_same(self, held: Entry, entry: Entry) -> bool:
        if self.digest_algorithm is not DigestAlgorithm.MD5:
            return held == entry
        # As W&B: a reference to the same content elsewhere takes the place of the one before it.
        # Not for two contents that were forged to have one md5.
        contents = {held.content, entry.content} - {None}
        return held.digest == entry.digest and len(contents) <= 1

    def close(self) -> None:
        """Forget the entries and remove the copies: they are logged."""
        self.entries.close()
        self._staging_area.close()
        self.sources.clear()


class _StagingAreaOnDemand:
    def __init__(self, new_staging_area: "Callable[[], StagingArea]") -> None:
        self._new_staging_area = new_staging_area
        self._held: StagingArea | None = None

    def get(self) -> "StagingArea":
        if self._held is None:
            self._held = self._new_staging_area()
        return self._held

    @property
    def folder(self) -> str:
        return self.get().folder

    def new_path(self) -> Path:
        return self.get().new_path()

    def new_file(self) -> BinaryIO:
        return self.get().new_file()

    def close(self) -> None:
        if self._held is not None:
            self._held.close()


def _refers(entries: Iterable[Entry]) -> bool:
    return any(entry.ref is not None and entry.content is not None for entry in entries)


def as_text(name: "str | PathLike[str]") -> str:
    """Return a path in an artifact, which may come as a ``Path``, with ``/`` between its parts."""
    return fspath(name).replace(sep, "/") if isinstance(name, PathLike) else name


def checked_policy(policy: str | None) -> bool:
    """Return whether a policy says that files may change before the artifact is logged.

    Raises:
        InvalidValueError: it is neither ``mutable`` nor ``immutable`` (a ``ValueError``).
    """
    if policy not in ("mutable", "immutable", None):
        raise InvalidValueError(
            "policy", policy, "it is 'mutable' or 'immutable'", "Leave it out for 'mutable'."
        )
    return policy != "immutable"


def _renamed(path: EntryPath, digest: Digest) -> EntryPath:
    # As W&B's class reference says of is_tmp: a name that follows from the content, so that it does
    # not change from run to run as a temporary file's name does.
    folder, slash, name = path.rpartition("/")
    _, dot, extension = name.partition(".")
    return EntryPath(f"{folder}{slash}{digest.hex[:_TMP_NAME_DIGITS]}{dot}{extension}")
