"""References to files on this machine or a share: ``file://`` URIs."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from fingerpost.application.ports.references import Reference
from fingerpost.domain.digest import Digest
from fingerpost.domain.entry import Entry
from fingerpost.domain.entry_path import EntryPath, joined
from fingerpost.domain.errors import (
    InvalidReferenceError,
    LimitExceededError,
    ReferenceChangedError,
    ReferenceMissingError,
    SourceFileError,
)

from ..file_uri import local_path
from ..hashing import hash_bytes, hash_file
from ..local_files.spool import stat_regular
from ..local_files.walk import is_folder, walk
from ..verified import verified


class FileReferences:
    """Resolves ``file://``: the digest is the content's, so that a change is always seen.

    A folder stands for the files below it; links to files are followed, links to folders not.

    *Source*: W&B's class reference, ``add_reference``.
    """

    schemes = frozenset({"file"})
    is_local = True

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the entries that a reference stands for."""
        path = local_path(reference.uri)
        if not reference.checksum:
            yield self._unchecked(reference, path)
        elif is_folder(path):
            yield from self._folder(reference, path)
        else:
            name = EntryPath.clean(reference.name or path.name)
            yield self._file(reference.uri, path, name)

    def _unchecked(self, reference: Reference, path: Path) -> Entry:
        return Entry(
            path=EntryPath.clean(reference.name or path.name),
            digest=str(hash_bytes(reference.uri.encode())),
            size_bytes=None,
            ref=reference.uri,
        )

    def _folder(self, reference: Reference, folder: Path) -> Iterator[Entry]:
        count = 0
        for count, found in enumerate(walk(folder), start=1):
            if count > reference.max_objects:
                raise LimitExceededError(
                    f"objects of reference {reference.uri!r}",
                    reference.max_objects,
                    count,
                    "Pass a larger max_objects, or refer to a smaller folder.",
                )
            name = joined(reference.name, found.relative)
            uri = f"{reference.uri.rstrip('/')}/{quote(found.relative)}"
            yield self._file(uri, found.path, name)
        if not count:
            raise InvalidReferenceError(
                "reference", reference.uri, "the folder holds no files", "Check the path."
            )

    @staticmethod
    def _file(uri: str, path: Path, name: EntryPath) -> Entry:
        stat_regular(path)
        try:
            digest, size_bytes = hash_file(path)
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
            raise SourceFileError(uri, problem, "Check its permissions.") from error
        return Entry(path=name, digest=str(digest), size_bytes=size_bytes, ref=uri)

    def open(self, entry: Entry) -> BinaryIO:
        """Open what an entry refers to; its content is checked while it is read."""
        uri = entry.ref or ""
        path = local_path(uri)
        if path.exists() and not path.is_file():
            # Opening a pipe would wait for somebody to write to it.
            raise ReferenceMissingError(uri)
        try:
            source = path.open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise ReferenceMissingError(uri) from error
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
            raise SourceFileError(uri, problem, "Check its permissions.") from error
        if entry.size_bytes is None:
            return source
        return _checked(source, entry, entry.size_bytes)


def _checked(source: BinaryIO, entry: Entry, size_bytes: int) -> BinaryIO:
    uri, actual_bytes = entry.ref or "", os.fstat(source.fileno()).st_size
    if actual_bytes != size_bytes:
        source.close()
        raise ReferenceChangedError(uri, f"{size_bytes:,} bytes", f"{actual_bytes:,} bytes")

    def on_damage() -> None:
        raise ReferenceChangedError(uri, entry.digest, "other content of the same size")

    return verified(source, size_bytes, Digest(entry.digest), uri, on_damage)
