"""The entries of an artifact that is being put together."""

from collections.abc import Callable
from os import PathLike, fspath, sep
from pathlib import Path
from typing import Final

from fingerpost.application.ports.content_store import BytesWritten, ContentStore
from fingerpost.application.ports.references import Reference
from fingerpost.application.versions import BlobSource
from fingerpost.domain.digest import Digest
from fingerpost.domain.digest_algorithm import DigestAlgorithm
from fingerpost.domain.entry import Entry
from fingerpost.domain.entry_path import EntryPath, joined
from fingerpost.domain.errors import EntryExistsError, InvalidValueError, ItemNotFoundError

from ..local_files.spool import Spool, StoredBlob, Taken
from ..local_files.walk import walk
from ..references import Resolvers
from .added_paths import AddedPaths

DEFAULT_MAX_OBJECTS: Final = 10_000_000
"""*Source*: W&B's class reference, ``max_objects``."""

_TMP_NAME_DIGITS: Final = 20


class DraftEntries:
    """Entries by path, and where their bytes are until they are logged.

    Args:
        new_spool: makes the place for copies; called by the first file that needs one.
        resolvers: for references.
        digest_algorithm: what digests are made with.
    """

    def __init__(
        self,
        new_spool: Callable[[], Spool],
        resolvers: Resolvers,
        digest_algorithm: DigestAlgorithm = DigestAlgorithm.BLAKE3,
    ) -> None:
        self.entries: dict[str, Entry] = {}
        self.sources: dict[Digest, BlobSource] = {}
        self.being_written: list[str] = []
        self.added = AddedPaths()
        self._new_spool = new_spool
        self._held_spool: Spool | None = None
        self._resolvers = resolvers
        self.digest_algorithm = digest_algorithm

    @property
    def spool(self) -> Spool:
        """The place for copies."""
        if self._held_spool is None:
            self._held_spool = self._new_spool()
        return self._held_spool

    def add_file(
        self,
        path: Path,
        name: "str | PathLike[str] | None",
        *,
        policy: str,
        overwrite: bool,
        is_tmp: bool = False,
        progress: BytesWritten | None = None,
    ) -> Entry:
        """Add one file."""
        is_mutable = checked_policy(policy)
        entry_path = EntryPath.clean(path.name if name is None else as_text(name))
        taken = self.spool.add(
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
        progress: BytesWritten | None = None,
    ) -> int:
        """Add all files below a folder, or none if one of them cannot be added."""
        is_mutable = checked_policy(policy)
        added: list[tuple[Entry, BlobSource]] = []
        above = None if prefix is None else as_text(prefix)
        files = list(walk(folder))
        self.spool.expect((found.path for found in files), self.digest_algorithm)
        for found in files:
            entry_path = joined(above, found.relative)
            taken = self.spool.add(
                found.path,
                is_mutable=is_mutable,
                progress=progress,
                algorithm=self.digest_algorithm,
            )
            added.append((self._stored(entry_path, taken), taken.source))
            self._require_free(added[-1][0], overwrite=overwrite)
        for entry, where in added:
            self.put(entry, where, overwrite=overwrite)
        return len(added)

    def add_reference(self, reference: Reference) -> list[Entry]:
        """Add what a URI stands for, or nothing if one entry of it cannot be added."""
        found = list(self._resolvers.resolve(reference))
        for entry in found:
            self._require_free(entry, overwrite=False)
        return [self.put(entry, self._source_of(entry), overwrite=False) for entry in found]

    def refer(self, entry: Entry, content: ContentStore) -> Entry:
        """Add a reference to another artifact's entry, whose bytes are in a store."""
        source = None if entry.content is None else StoredBlob(content, entry.content)
        return self.put(entry, source, overwrite=False)

    def _source_of(self, entry: Entry) -> BlobSource | None:
        return None if entry.content is None else self.spool.stored(entry.content)

    def _stored(self, path: EntryPath, taken: Taken) -> Entry:
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
        below = f"{path.rstrip('/')}/"
        gone = [held for held in self.entries if held == path or held.startswith(below)]
        if not gone:
            raise ItemNotFoundError(
                "entry or folder", path, sorted(self.entries), "Check the path in the artifact."
            )
        for held in gone:
            del self.entries[held]

    def put(self, entry: Entry, source: BlobSource | None, *, overwrite: bool) -> Entry:
        """Add an entry.

        Raises:
            EntryExistsError: the path is taken by something else, and ``overwrite`` is false.
        """
        self._require_free(entry, overwrite=overwrite)
        self.entries[entry.path] = entry
        if entry.content is not None and source is not None:
            self.sources[entry.content] = source
        return entry

    def _require_free(self, entry: Entry, *, overwrite: bool) -> None:
        held = self.entries.get(entry.path)
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
        """Remove the copies: they are logged."""
        if self._held_spool is not None:
            self._held_spool.close()
        self.sources.clear()


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
