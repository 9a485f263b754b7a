"""References to files on this machine or a share: ``file://`` URIs."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from attrs import evolve

from fingerpost.application.ports.references import Observation, Reference, ReferenceState
from fingerpost.domain.errors import (
    InvalidReferenceError,
    ReferenceChangedError,
    ReferenceMissingError,
    SourceFileError,
)
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath, joined

from ..drafts.staging_area import stat_regular
from ..drafts.unchanged import Watched
from ..drafts.walk import is_folder, walk
from ..files.hashing import hash_bytes, hash_file
from ..files.uris import absolute_uri, is_there, partly_encoded_paths, referenced_path
from ..files.verified_reader import verified
from .limit import ObjectCount
from .observing import observed_by_reading


class FileReferences:
    """Resolves ``file://``: the digest is the content's, so that a change is always seen.

    A folder stands for the files below it; links to files are followed, links to folders not. With
    W&B's digests, entries are what W&B makes of the URI: with a size and the files of a folder also
    where nothing is to be looked at, and with the URI as it was given.

    *Source*: W&B's class reference, ``add_reference``; ADR 0016.
    """

    schemes = frozenset({"file"})
    is_local = True

    def handles(self, uri: str) -> bool:
        """Whether it knows a URI: any with its scheme."""
        del uri
        return True

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the entries that a reference stands for."""
        path = referenced_path(reference.uri)
        is_wandb = reference.digest_algorithm is DigestAlgorithm.MD5
        if not reference.checksum and not is_wandb:
            yield _told(reference, self._unchecked(reference, path))
        elif is_folder(path):
            yield from self._folder(reference, path)
        else:
            name = EntryPath.clean(reference.name or path.name)
            uri = reference.uri if is_wandb else absolute_uri(reference.uri)
            yield _told(reference, self._file(reference, uri, path, name))

    def _unchecked(self, reference: Reference, path: Path) -> Entry:
        uri = absolute_uri(reference.uri)
        return Entry(
            path=EntryPath.clean(reference.name or path.name),
            digest=str(hash_bytes(uri.encode(), reference.digest_algorithm)),
            size_bytes=None,
            ref=uri,
        )

    def _folder(self, reference: Reference, folder: Path) -> Iterator[Entry]:
        count = ObjectCount(reference, "folder")
        for found in walk(folder):
            count.add(1)
            name = joined(reference.name, found.relative)
            uri = _uri_below(reference, found.relative)
            yield self._file(reference, uri, found.path, name)
        if not count.count:
            raise InvalidReferenceError(
                "reference", reference.uri, "the folder holds no files", "Check the path."
            )

    @staticmethod
    def _file(reference: Reference, uri: str, path: Path, name: EntryPath) -> Entry:
        facts = stat_regular(path)
        algorithm = reference.digest_algorithm
        if not reference.checksum:
            size_bytes, text = facts.st_size, _wandb_digest_of_path(path)
            return Entry(path=name, digest=text, size_bytes=size_bytes, ref=uri)
        watched = Watched(path, facts)
        try:
            digest, size_bytes = hash_file(path, algorithm, watched.progress)
            watched.require_unchanged(size_bytes)
        except SourceFileError:
            raise
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
            raise SourceFileError(uri, problem, "Check its permissions.") from error
        text = digest.base64 if algorithm is DigestAlgorithm.MD5 else str(digest)
        return Entry(path=name, digest=text, size_bytes=size_bytes, ref=uri)

    def observe(self, entry: Entry) -> Observation:
        """Compare what there is now with what was recorded, by reading it."""
        observed = observed_by_reading(self, entry)
        is_unchecked = entry.size_bytes is None or _is_unchecked(entry, _located(entry))
        if observed.state is ReferenceState.SAME and is_unchecked:
            return evolve(observed, state=ReferenceState.UNVERIFIABLE, found=None)
        return observed

    def open(self, entry: Entry) -> BinaryIO:
        """Open what an entry refers to; its content is checked while it is read."""
        uri = entry.ref or ""
        path = _located(entry)
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
        digest = entry.bytes_digest
        if entry.size_bytes is None or digest is None or _is_unchecked(entry, path):
            return source
        return _checked(source, entry, entry.size_bytes, digest)


def _told(reference: Reference, entry: Entry) -> Entry:
    if reference.progress is not None:
        reference.progress(1)
    return entry


def _uri_below(reference: Reference, relative: str) -> str:
    if reference.digest_algorithm is DigestAlgorithm.MD5:
        slash = "" if reference.uri.endswith("/") else "/"
        return f"{reference.uri}{slash}{relative}"
    return f"{absolute_uri(reference.uri).rstrip('/')}/{quote(relative)}"


def _wandb_digest_of_path(path: Path) -> str:
    return hash_bytes(path.resolve().as_uri().encode(), "md5").base64


def _is_unchecked(entry: Entry, path: Path) -> bool:
    return entry.digest == _wandb_digest_of_path(path)


def _located(entry: Entry) -> Path:
    uri = entry.ref or ""
    try:
        path = referenced_path(uri)
    except InvalidReferenceError:
        # It was accepted when it was added: a relative one, and there is nothing here now.
        path = None
    if Digest.of_base64_md5(entry.digest) is not None and "%" in uri:
        there = [each for each in partly_encoded_paths(uri) if is_there(each)]
        # Where names differ by their encoding, the recorded digest tells which one is meant.
        meant = [each for each in there if len(there) == 1 or _is_meant(entry, each)]
        path = next(iter(meant), path)
    if path is None:
        raise ReferenceMissingError(uri)
    return path


def _is_meant(entry: Entry, path: Path) -> bool:
    try:
        is_content = path.is_file() and hash_file(path, "md5")[0].base64 == entry.digest
    except OSError:
        return False
    return is_content or _is_unchecked(entry, path)


def _checked(source: BinaryIO, entry: Entry, size_bytes: int, digest: Digest) -> BinaryIO:
    uri, actual_bytes = entry.ref or "", os.fstat(source.fileno()).st_size
    if actual_bytes != size_bytes:
        source.close()
        raise ReferenceChangedError(uri, f"{size_bytes:,} bytes", f"{actual_bytes:,} bytes")

    def on_damage() -> None:
        raise ReferenceChangedError(uri, entry.digest, "other content of the same size")

    return verified(source, size_bytes, digest, uri, on_damage)
