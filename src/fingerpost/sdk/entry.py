"""One path of an artifact, with what can be done with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, overload

from fingerpost import application
from fingerpost.domain.errors import EntryNotFoundError, InvalidReferenceError
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.wandb_manifest import manifest_json
from fingerpost.domain.metadata.metadata import JsonObject

from .version_files import VersionFiles
from .version_holder import VersionHolder

if TYPE_CHECKING:
    from fingerpost.adapters.drafts.entries import RecordedEntries


class ArtifactEntry:
    """An entry of an artifact's manifest.

    *Source*: W&B's artifact guides, "Use an artifact stored in W&B".
    """

    def __init__(self, artifact: VersionHolder, entry: Entry) -> None:
        self._artifact = artifact
        self._entry = entry

    @property
    def path(self) -> str:
        """Where it is in the artifact."""
        return str(self._entry.path)

    @property
    def digest(self) -> str:
        """Checksum of its content, or what a reference's provider says of it."""
        return self._entry.digest

    @property
    def size(self) -> int | None:
        """Size in bytes, or ``None`` where a reference's is not known."""
        return self._entry.size_bytes

    @property
    def extra(self) -> JsonObject:
        """What pins a reference further, such as a version id."""
        return dict(self._entry.extra)

    @property
    def content(self) -> str | None:
        """Digest under which its bytes are stored; ``None`` if they lie elsewhere."""
        return self._entry.content

    @property
    def is_reference(self) -> bool:
        """Whether it was added with ``add_reference``."""
        return self._entry.is_reference

    def ref(self) -> str:
        """Return the URI of a reference.

        Raises:
            InvalidReferenceError: it is stored content (a ``ValueError``).
        """
        if self._entry.ref is None:
            raise InvalidReferenceError(
                "entry", self.path, "it is stored, not a reference", "Call download() instead."
            )
        return self._entry.ref

    def download(self, root: str | Path | None = None) -> str:
        """Download this one file below ``root``, by default the artifact's own folder.

        Returns:
            The local path of the file.

        Raises:
            ArtifactNotLoggedError: the artifact is a draft.
            ReferenceMissingError: a referenced file is gone.
            ReferenceChangedError: a referenced file is not the one that was recorded.
        """
        version = self._artifact._require_logged("download it")
        return VersionFiles(version).download_entry(self._entry, root)

    def open(self) -> BinaryIO:
        """Open this one file for reading, without a download: nothing is written to disk.

        The bytes are verified while they are read, and the last ones are handed out only when all
        of them have the recorded digest. So a reader that reaches the end has the right bytes, or
        got an error. One that stops before has bytes that nothing was compared with yet.

        The stream can seek. Going forward reads what is in between; going back starts again at the
        first byte, and what is read then is verified again when the end is reached. Of a reference,
        what its provider gives is checked against what was recorded, as in a download; a reference
        that was added with ``checksum=False`` has nothing to check it against.

        Returns:
            A binary stream, and a context manager; closing it early is fine. Not to be shared
            between threads. Stored content is the same however long it stays open.

        Raises:
            ArtifactNotLoggedError: the artifact is a draft.
            RoleRequiredError: the actor may look at the artifact, but not use it.
            ContentMismatchError: (here or while reading) stored content is damaged.
            ContentNotFoundError: stored content is gone: its version was deleted.
            ReferenceMissingError: a referenced file is gone.
            ReferenceChangedError: (here or while reading) a referenced file is not the one that
                was recorded.
        """
        version = self._artifact._require_logged(f"open its entry {self.path!r}")
        return VersionFiles(version).open(self._entry)

    def to_dict(self) -> JsonObject:
        """Return its JSON form, with the keys that it has in a manifest."""
        return self._entry.to_dict()

    def __repr__(self) -> str:
        return f"ArtifactEntry(path={self.path!r}, digest={self.digest!r}, size={self.size!r})"


class Entries(Mapping[str, ArtifactEntry]):
    """Path → entry, in order of the paths; entries of large artifacts are read as needed."""

    def __init__(self, artifact: VersionHolder, entries: Mapping[str, Entry]) -> None:
        self._artifact = artifact
        self._entries = entries

    def __getitem__(self, path: str) -> ArtifactEntry:
        try:
            return ArtifactEntry(self._artifact, self._entries[path])
        except (KeyError, TypeError):
            raise EntryNotFoundError(
                "entry", str(path), (), f"{self._artifact.name!r} has {len(self)} others."
            ) from None

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and path in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Entries({len(self)} of {self._artifact.name!r})"


class Manifest:
    """What an artifact holds.

    Attributes:
        entries: path → entry, in order of the paths.
    """

    def __init__(self, artifact: VersionHolder, entries: Mapping[str, Entry]) -> None:
        self.entries = Entries(artifact, entries)
        self._in_order = entries

    def to_manifest_json(self) -> JsonObject:
        """Return the manifest in the structure of W&B's ``wandb_manifest.json``.

        With ``digest_algorithm="md5"`` it is W&B's own. With the others it has our digests, which
        W&B's tools do not know; keys that an entry has no value for are left out. All entries are
        held in memory.
        """
        return manifest_json(_values_in_order(self._in_order))

    def to_dict(self) -> JsonObject:
        """Return its JSON form, which is :meth:`to_manifest_json`."""
        return self.to_manifest_json()

    def __len__(self) -> int:
        return len(self.entries)


class AddedEntries(Sequence[ArtifactEntry]):
    """The entries that one call added; each is read when it is asked for."""

    def __init__(self, artifact: VersionHolder, entries: Sequence[Entry]) -> None:
        self._artifact = artifact
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> ArtifactEntry: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ArtifactEntry]: ...
    def __getitem__(self, index: int | slice) -> ArtifactEntry | Sequence[ArtifactEntry]:
        if isinstance(index, slice):
            return [ArtifactEntry(self._artifact, entry) for entry in self._entries[index]]
        return ArtifactEntry(self._artifact, self._entries[index])

    def __iter__(self) -> Iterator[ArtifactEntry]:
        return (ArtifactEntry(self._artifact, entry) for entry in self._entries)

    def __repr__(self) -> str:
        return f"AddedEntries({len(self):,} to {self._artifact.name!r})"


def entries_of(artifact: VersionHolder, added: "RecordedEntries") -> Sequence[ArtifactEntry]:
    """Return what was added to an artifact: a list if it is in memory anyway."""
    entries = AddedEntries(artifact, added)
    return list(entries) if added.is_in_memory else entries


def _values_in_order(entries: Mapping[str, Entry]) -> Iterable[Entry]:
    """Iterate over entries, without holding those that are not in memory."""
    return (
        entries.values_in_order()
        if isinstance(entries, application.manifests.ordered_entries.OrderedEntries)
        else entries.values()
    )
