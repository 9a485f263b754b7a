"""References to objects of a bucket or container: what is the same for every provider.

Names, limits, digests and the comparison with what was recorded are here. A provider has its own
URIs (:class:`~.object_uris.ObjectUris`) and a client in the table of providers.
"""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from fingerpost.application.ports.references import (
    Observation,
    Reference,
    ReferenceState,
)
from fingerpost.domain.errors import (
    InvalidPathError,
    InvalidReferenceError,
    ReferenceChangedError,
    ReferenceMissingError,
)
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath, joined

from ..files.hashing import hash_bytes
from ..files.verified_reader import verified
from ..object_stores.prefetch import one_ahead
from ..object_stores.providers import Provider
from ..object_stores.ranged import buffered
from .content_digest import with_content_digest
from .limit import ObjectCount
from .object_reader import ObjectReader
from .object_uris import VERSION, Location, ObjectUris, ReferencedObject


class ObjectReferences:
    """Resolves URIs of objects and prefixes.

    Args:
        uris: of the provider.
        provider: of the objects.

    *Source*: W&B's artifact guides, references.
    """

    is_local = False

    def __init__(self, uris: ObjectUris, provider: Provider) -> None:
        self._uris = uris
        self._reader = ObjectReader(provider)

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the entries that a reference stands for; two pages of them in memory."""
        location = self._uris.located(reference.uri)
        if not reference.checksum:
            yield self._unchecked(reference, location)
            return
        found = self._object(location)
        if found is not None:
            name = EntryPath.clean(reference.name or _last_part(found.key))
            ObjectCount(reference).add(1)
            yield self._entry(reference, location, found, name)
            return
        if location.version is not None:
            problem = "there is no such version of an object"
            raise _nothing(reference, problem)
        yield from self._below(reference, location)

    def _unchecked(self, reference: Reference, location: Location) -> Entry:
        if reference.digest_algorithm is DigestAlgorithm.MD5:
            uri = digest = self._uris.uri_of(location, location.key, None)
            name = location.key or location.bucket
        else:
            uri = reference.uri
            digest = str(hash_bytes(uri.encode(), reference.digest_algorithm))
            name = _last_part(location.key) or location.bucket
        path = EntryPath.clean(reference.name or name)
        return Entry(path=path, digest=digest, size_bytes=None, ref=uri)

    def _object(self, location: Location) -> ReferencedObject | None:
        if location.key.endswith("/") or not location.key:
            return None
        found = self._found(location, location.version)
        return None if found is None or found.is_folder or _is_other(location, found) else found

    def _below(self, reference: Reference, location: Location) -> Iterator[Entry]:
        count = ObjectCount(reference)
        for page in one_ahead(self._reader.pages(location)):
            objects = [stored for stored in page if not stored.is_folder]
            count.add(len(objects))
            for found in map(self._uris.recorded, objects):
                name = _name_below(reference, location, found.key)
                yield self._entry(reference, location, found, name)
        if not count.count:
            raise _nothing(reference, "there is no such object, and none below that prefix")

    def _entry(
        self, reference: Reference, location: Location, found: ReferencedObject, name: EntryPath
    ) -> Entry:
        is_wandb = reference.digest_algorithm is DigestAlgorithm.MD5
        uri = self._uris.uri_of(location, found.key, found.version)
        if found.key == location.key and location.version is not None and not is_wandb:
            uri = reference.uri
        if self._uris.located(uri).key != found.key:
            raise InvalidReferenceError(
                "reference",
                reference.uri,
                f"no URI of its kind can name the object {found.key!r}",
                "Rename the object, or refer to others.",
            )
        extra = dict(found.extra) if is_wandb else {**found.extra, **found.more}
        entry = Entry(
            path=name, digest=found.checksum, size_bytes=found.size_bytes, ref=uri, extra=extra
        )
        if not reference.is_content_hashed:
            return entry
        return with_content_digest(entry, self.open, reference.digest_algorithm.storage)

    def open(self, entry: Entry) -> BinaryIO:
        """Open the recorded version; if that is gone, another one with the same content."""
        location = self._uris.located(entry.ref or "")
        found = self._recorded(location, entry)
        source = self._opened(location, found)
        digest = entry.bytes_digest
        if entry.size_bytes is None or digest is None:
            return source

        def on_damage() -> None:
            raise ReferenceChangedError(location.uri, str(digest), "other content of the same size")

        return verified(source, entry.size_bytes, digest, location.uri, on_damage)

    def _recorded(self, location: Location, entry: Entry) -> ReferencedObject:
        version = _version(location, entry)
        if version is not None:
            found = self._found(location, version)
            if found is not None and found.version == version and not found.is_folder:
                return _of_recorded_size(location, entry, found)
        now = self._found(location, None)
        if now is None or now.is_folder:
            raise ReferenceMissingError(location.uri)
        is_unpinned = entry.size_bytes is None and version is None
        if not is_unpinned and not _is_same(entry, now):
            raise ReferenceChangedError(location.uri, _recorded_text(location, entry), str(now))
        return now

    def _opened(self, location: Location, found: ReferencedObject) -> BinaryIO:
        return buffered(found.size_bytes, partial(self._read_range, location, found))

    def _found(self, location: Location, version: str | None) -> ReferencedObject | None:
        stored = self._reader.head(location, version)
        return None if stored is None else self._uris.recorded(stored)

    def _read_range(
        self, location: Location, found: ReferencedObject, offset: int, length: int
    ) -> bytes:
        try:
            return self._reader.read(location, found.stored, offset, length)
        except FileNotFoundError as error:
            now = self._found(location, None)
            if now is None:
                raise ReferenceMissingError(location.uri) from error
            raise ReferenceChangedError(location.uri, str(found), str(now)) from error

    def observe(self, entry: Entry) -> Observation:
        """Compare what there is now with what was recorded, with one request for its metadata.

        What is compared with is the current version, or the one that the URI pins.
        """
        location = self._uris.located(entry.ref or "")
        recorded = _recorded_text(location, entry)
        now = self._found(location, location.version)
        if now is None or now.is_folder:
            return Observation(state=ReferenceState.MISSING, recorded=recorded)
        if entry.size_bytes is None and location.version is None:
            state = ReferenceState.UNVERIFIABLE
        elif _is_same(entry, now) or (entry.size_bytes is None and now.version == location.version):
            state = ReferenceState.SAME
        else:
            state = ReferenceState.CHANGED
        return Observation(state=state, recorded=recorded, found=str(now))


def _nothing(reference: Reference, problem: str) -> InvalidReferenceError:
    remedy = "Check bucket, key and version; with checksum=False nothing is looked at."
    return InvalidReferenceError("reference", reference.uri, problem, remedy)


def _last_part(key: str) -> str:
    return key.rstrip("/").rpartition("/")[2]


def _is_other(location: Location, found: ReferencedObject) -> bool:
    return location.version is not None and found.version != location.version


def _name_below(reference: Reference, location: Location, key: str) -> EntryPath:
    relative = key[len(location.prefix) :]
    try:
        if key.endswith("/"):
            # Cleaned it would be taken for a file beside the folder of that name.
            return EntryPath(relative)
        return joined(reference.name, relative.lstrip("/"))
    except InvalidPathError as error:
        raise InvalidReferenceError(
            "reference",
            reference.uri,
            f"the object {key!r} below it cannot be a path in an artifact ({error.expected})",
            "Rename the object, or refer to others one by one with name=.",
        ) from error


def _version(location: Location, entry: Entry) -> str | None:
    recorded = entry.extra.get(VERSION)
    return location.version if recorded is None else str(recorded)


def _is_same(entry: Entry, now: ReferencedObject) -> bool:
    recorded = entry.extra.get(VERSION)
    if entry.size_bytes != now.size_bytes:
        return False
    if recorded is not None and str(recorded) == now.version:
        return True
    if entry.digest == now.checksum:
        return True
    known = [key for key in now.more if key in entry.extra]
    return bool(known) and all(entry.extra[key] == now.more[key] for key in known)


def _of_recorded_size(
    location: Location, entry: Entry, found: ReferencedObject
) -> ReferencedObject:
    if entry.size_bytes is not None and entry.size_bytes != found.size_bytes:
        raise ReferenceChangedError(location.uri, _recorded_text(location, entry), str(found))
    return found


def _recorded_text(location: Location, entry: Entry) -> str:
    size = "" if entry.size_bytes is None else f", {entry.size_bytes:,} bytes"
    version = _version(location, entry)
    return f"{entry.digest}{size}" + ("" if version is None else f", version {version}")
