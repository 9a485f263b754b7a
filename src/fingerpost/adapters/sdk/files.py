"""Iterating over the files of a logged artifact, with a cursor to go on from."""

from collections.abc import Iterator

from fingerpost.application.manifests import StoredManifest

from .entry import ArtifactEntry, EntryHolder


class Files(Iterator[ArtifactEntry]):
    """An iterator over entries, in order of their paths.

    A manifest never changes, so that a cursor stays true however long it is kept.

    Attributes:
        cursor: says how far it got; ``None`` at the beginning.
    """

    def __init__(
        self,
        artifact: EntryHolder,
        manifest: StoredManifest,
        names: frozenset[str] | None,
        start: str | None,
    ) -> None:
        self.cursor = start
        self._artifact = artifact
        self._manifest = manifest
        self._names = names
        self._entries = manifest.values_in_order(after=start)

    def __next__(self) -> ArtifactEntry:
        for entry in self._entries:
            self.cursor = str(entry.path)
            if self._names is None or entry.path in self._names:
                return ArtifactEntry(self._artifact, entry)
        raise StopIteration

    def __len__(self) -> int:
        if self._names is None:
            return len(self._manifest)
        return sum(name in self._manifest for name in self._names)
