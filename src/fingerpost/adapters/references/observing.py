"""Comparing by reading: for references of which nothing but their bytes can tell."""

from typing import Protocol

from fingerpost.application.ports.references import Observation, ReferenceState
from fingerpost.domain.errors import ReferenceChangedError, ReferenceMissingError
from fingerpost.domain.manifest.entry import Entry

from ..files.hashing import BLOCK_BYTES


class Opens(Protocol):
    """What :func:`observed_by_reading` needs of a resolver."""

    def open(self, entry: Entry, /) -> "Readable":
        """Open what an entry refers to."""
        ...


class Readable(Protocol):
    """A file to read."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def observed_by_reading(resolver: Opens, entry: Entry) -> Observation:
    """Return what reading all of it shows; without a digest of the bytes it is unverifiable."""
    told = recorded(entry)
    try:
        source = resolver.open(entry)
    except ReferenceMissingError:
        return Observation(state=ReferenceState.MISSING, recorded=told)
    except ReferenceChangedError as error:
        return _changed(error)
    if entry.bytes_digest is None:
        source.close()
        return Observation(state=ReferenceState.UNVERIFIABLE, recorded=told)
    try:
        while source.read(BLOCK_BYTES):
            pass
    except ReferenceChangedError as error:
        return _changed(error)
    finally:
        source.close()
    return Observation(state=ReferenceState.SAME, recorded=told, found=told)


def recorded(entry: Entry) -> str:
    """Return what was recorded of a reference, for people: checksum, size, version."""
    size = [] if entry.size_bytes is None else [f"{entry.size_bytes:,} bytes"]
    version = entry.extra.get("versionID")
    versions = [] if version is None else [f"version {version}"]
    return ", ".join([entry.digest, *size, *versions])


def _changed(error: ReferenceChangedError) -> Observation:
    return Observation(state=ReferenceState.CHANGED, recorded=error.expected, found=error.actual)
