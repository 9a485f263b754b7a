"""A digest of the bytes beside the provider's checksum, for stores where that proves nothing."""

from collections.abc import Callable
from typing import BinaryIO

from attrs import evolve

from fingerpost.domain.errors import ReferenceChangedError
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import CONTENT_DIGEST, Entry

from ..files.hashing import BLOCK_BYTES, new_hasher
from ..files.verified_reader import VerifiedReader, verified


def with_content_digest(
    entry: Entry, open_entry: Callable[[Entry], BinaryIO], algorithm: str
) -> Entry:
    """Return the entry with a digest of its bytes, which are read for it.

    An entry whose digest is of its bytes already is returned as it is.

    Args:
        entry: as a resolver made it.
        open_entry: opens what it refers to, in the version that was recorded.
        algorithm: what the digest is made with.

    Raises:
        ReferenceChangedError: there are more bytes, or fewer, than its size says.
    """
    if entry.bytes_digest is not None:
        return entry
    hasher, read_bytes = new_hasher(algorithm), 0
    with open_entry(entry) as source:
        while block := source.read(BLOCK_BYTES):
            hasher.update(block)
            read_bytes += len(block)
    if entry.size_bytes not in {None, read_bytes}:
        raise ReferenceChangedError(
            entry.ref or "", f"{entry.size_bytes:,} bytes", f"{read_bytes:,} bytes"
        )
    digest = Digest.of(algorithm, hasher.digest())
    extra = {**entry.extra, CONTENT_DIGEST: str(digest)}
    return evolve(entry, size_bytes=read_bytes, extra=extra)


def checked_by_content(source: BinaryIO, entry: Entry) -> BinaryIO:
    """Return a reader that compares the bytes with the digest that was recorded of them, if any.

    Raises:
        ReferenceChangedError: (while reading) they are others.
    """
    digest = entry.bytes_digest
    if CONTENT_DIGEST not in entry.extra or digest is None or entry.size_bytes is None:
        return source
    if isinstance(source, VerifiedReader):
        return source  # by its resolver
    uri = entry.ref or ""

    def on_damage() -> None:
        raise ReferenceChangedError(uri, str(digest), "other content")

    return verified(source, entry.size_bytes, digest, uri, on_damage)
