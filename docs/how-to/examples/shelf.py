"""References to what is in a dictionary: ``shelf://KEY``."""

import hashlib
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO
from urllib.parse import quote, unquote

from fingerpost.application.ports.references import Observation, Reference, ReferenceState
from fingerpost.domain.errors import (
    InvalidReferenceError,
    ReferenceChangedError,
    ReferenceMissingError,
)
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath


class ShelfReferences:
    """Knows a dictionary, whose values are told apart by a checksum that it calls a tag."""

    schemes = frozenset({"shelf"})
    is_local = True

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        self.objects = dict(objects)

    def handles(self, uri: str) -> bool:
        """Whether it knows a URI: any with its scheme."""
        return uri.startswith("shelf://")

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the one entry that a URI stands for."""
        key, uri = _key(reference.uri), reference.uri
        path = EntryPath.clean(reference.name or key.rpartition("/")[2])
        if not reference.checksum:
            digest = hashlib.sha256(uri.encode()).hexdigest()
            yield Entry(path=path, digest=digest, size_bytes=None, ref=uri)
            return
        if key not in self.objects:
            raise InvalidReferenceError("reference", uri, "nothing is there", "Check the key.")
        if reference.progress is not None:
            reference.progress(1)
        data = self.objects[key]
        extra = {"tag": _tag(data)}
        yield Entry(path=path, digest=_tag(data), size_bytes=len(data), ref=uri, extra=extra)

    def open(self, entry: Entry) -> BinaryIO:
        """Open what an entry refers to, if it is still the same."""
        uri = entry.ref or ""
        data = self.objects.get(_key(uri))
        if data is None:
            raise ReferenceMissingError(uri)
        if entry.size_bytes is not None and _tag(data) != entry.digest:
            raise ReferenceChangedError(uri, entry.digest, _tag(data))
        return io.BytesIO(data)

    def observe(self, entry: Entry) -> Observation:
        """Compare the tags."""
        data = self.objects.get(_key(entry.ref or ""))
        if data is None:
            return Observation(state=ReferenceState.MISSING, recorded=entry.digest)
        if entry.size_bytes is None:
            return Observation(state=ReferenceState.UNVERIFIABLE, recorded=entry.digest)
        is_same = _tag(data) == entry.digest
        state = ReferenceState.SAME if is_same else ReferenceState.CHANGED
        return Observation(state=state, recorded=entry.digest, found=_tag(data))


def uri_of(key: str) -> str:
    """Return the URI of a key."""
    return f"shelf://{quote(key)}"


def _key(uri: str) -> str:
    return unquote(uri.partition("://")[2])


def _tag(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
