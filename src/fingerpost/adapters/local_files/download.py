"""Downloading an artifact's files, and comparing a folder with a manifest."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from fingerpost.application.manifests import StoredManifest
from fingerpost.application.ports.content_store import BytesWritten, ContentStore
from fingerpost.domain.entry import Entry
from fingerpost.domain.errors import ReferenceMissingError, VerificationError

from ..references import Resolvers
from .destination import Destination, copy_stream, is_content


@frozen
class Downloads:
    """Where the bytes of entries come from."""

    content: ContentStore
    resolvers: Resolvers

    def open(self, entry: Entry) -> BinaryIO:
        """Open an entry's bytes; a reader that reaches the end has read the right ones."""
        if entry.content is not None:
            return self.content.open(entry.content)
        return self.resolvers.open(entry)

    def one(self, entry: Entry, destination: Destination) -> Path:
        """Write one entry, unless the same content is there already."""
        if destination.has(entry):
            return destination.path_of(entry.path)

        def fill(target: BinaryIO) -> None:
            with self.open(entry) as source:
                copy_stream(source, target)

        return destination.write(entry.path, fill)

    def all(
        self,
        manifest: StoredManifest,
        destination: Destination,
        *,
        path_prefix: str | None = None,
        allow_missing_references: bool = False,
        progress: BytesWritten | None = None,
    ) -> None:
        """Write all entries, or those below a prefix. Files that are no entries stay.

        Raises:
            ReferenceMissingError: a referenced file is gone, and that is not allowed.
            ReferenceChangedError: a referenced file is not the one that was recorded.
            ContentMismatchError: stored content is damaged.
        """
        destination.make_root()
        for entry in below(manifest, path_prefix):
            try:
                self.one(entry, destination)
            except ReferenceMissingError:
                if not allow_missing_references:
                    raise
            if progress is not None:
                progress(entry.size_bytes or 0)


def below(manifest: StoredManifest, path_prefix: str | None) -> Iterator[Entry]:
    """Iterate over the entries whose paths start with a prefix."""
    for entry in manifest.values_in_order():
        if path_prefix is None or entry.path.startswith(path_prefix):
            yield entry


def verify(manifest: StoredManifest, destination: Destination, artifact: str) -> None:
    """Compare a folder with a manifest; references to what lies elsewhere are not looked at.

    Raises:
        VerificationError: names every file that is missing, different, or no entry.
    """
    left = set(destination.files())
    missing, different = [], []
    for entry in manifest.values_in_order():
        is_there = entry.path in left
        left.discard(entry.path)
        if entry.content is None:
            continue
        if not is_there:
            missing.append(str(entry.path))
        elif not _is_same(entry, destination):
            different.append(str(entry.path))
    if missing or different or left:
        raise VerificationError(artifact, str(destination.root), missing, sorted(left), different)


def _is_same(entry: Entry, destination: Destination) -> bool:
    path = destination.path_of(entry.path)
    # A pipe is no regular file, and reading it would wait for somebody to write to it.
    return not path.is_symlink() and path.is_file() and is_content(path, entry)
