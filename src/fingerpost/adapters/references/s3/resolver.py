"""The resolver of ``s3://`` URIs."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, Final

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
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.metadata.metadata import JsonValue

from ...files.hashing import hash_bytes
from ...files.verified_reader import verified
from ...object_stores.client import StoredObject
from ...object_stores.providers import S3
from ...object_stores.retrying import ATTEMPTS, RetryPolicy
from ..content_digest import with_content_digest
from ..limit import ObjectCount
from ..object_reader import ObjectReader
from .location import S3Location
from .objects import S3Objects
from .reading import PinnedObject, described, described_object

_ETAG: Final = "etag"
_VERSION: Final = "versionID"
_HASHED_AT_ONCE: Final = 8


class S3References:
    """Resolves ``s3://BUCKET/KEY``, and prefixes, in S3 and whatever speaks its protocol.

    An object that has exactly the URI's key is the reference. Else, and if the URI ends in ``/`` or
    names a bucket alone, it stands for the objects below that prefix, folder markers left out. The
    digest is the ETag; where the bucket has versions, that of each object is recorded and read.

    Args:
        attempts: how often a request is made at most.
        sleep: waits for a number of seconds.

    *Source*: W&B's artifact guides, "Adding references"; W&B's S3 handler.
    """

    schemes = S3.reference_schemes
    is_local = False

    def __init__(
        self, *, attempts: int = ATTEMPTS, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        retry = RetryPolicy(attempts=attempts, sleep=sleep)
        self._objects = S3Objects(ObjectReader(S3, retry))

    def handles(self, uri: str) -> bool:
        """Whether it knows a URI: any with its scheme."""
        del uri
        return True

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the entries that a reference stands for."""
        at = S3Location.parse(reference.uri)
        if not reference.checksum:
            return iter([_unchecked(reference, at)])
        found = self._found(reference, at)
        return self._hashed(reference, found) if reference.is_content_hashed else found

    def _found(self, reference: Reference, at: S3Location) -> Iterator[Entry]:
        uri = reference.uri
        found = None if at.is_prefix else self._objects.head(uri, at, at.version_id)
        if found is not None and not found.is_folder:
            ObjectCount(reference).add(1)
            yield _entry(at, found, _object_name(reference, at))
        elif at.version_id is not None:
            self._objects.require_bucket(uri, at.bucket)
            raise InvalidReferenceError(
                "reference",
                uri,
                "there is no such version of this object",
                "Check key and version; only an object can be pinned, not a prefix.",
            )
        else:
            yield from self._below(reference, at)

    def _below(self, reference: Reference, at: S3Location) -> Iterator[Entry]:
        count = ObjectCount(reference)
        above = f"{EntryPath.clean(reference.name)}/" if reference.name else ""
        is_wandb = reference.digest_algorithm is DigestAlgorithm.MD5
        for page in self._objects.pages(reference.uri, at):
            objects = [each for each in page if not _is_left_out(each, is_wandb=is_wandb)]
            count.add(len(objects))
            for listed in objects:
                yield _entry(at, listed, _named_below(at, above, listed.key))
        if not count.count:
            raise InvalidReferenceError("reference", reference.uri, _nothing(at), "Check the URI.")

    def _hashed(self, reference: Reference, entries: Iterator[Entry]) -> Iterator[Entry]:
        algorithm = reference.digest_algorithm.storage
        with ThreadPoolExecutor(_HASHED_AT_ONCE) as pool:
            waiting = []
            for entry in entries:
                waiting.append(pool.submit(with_content_digest, entry, self.open, algorithm))
                if len(waiting) > 2 * _HASHED_AT_ONCE:
                    yield waiting.pop(0).result()
            for each in waiting:
                yield each.result()

    def open(self, entry: Entry) -> BinaryIO:
        """Open what an entry refers to; ETag, length and what else is known are checked."""
        uri = entry.ref or ""
        at, etag, version_id = _recorded(entry)
        if etag is None or entry.size_bytes is None:
            found = self._objects.head(uri, at, version_id)
            if found is None:
                self._objects.require_bucket(uri, at.bucket)
                raise ReferenceMissingError(uri, described(etag, entry.size_bytes, version_id))
        else:
            found = StoredObject(at.key, entry.size_bytes, etag, version_id)
        pinned = PinnedObject(uri=uri, at=at, recorded=found, objects=self._objects)
        source, digest = pinned.opened(), entry.bytes_digest
        if digest is None:
            return source

        def on_damage() -> None:
            raise ReferenceChangedError(uri, str(digest), "other content of the same size")

        return verified(source, found.size_bytes, digest, uri, on_damage)

    def observe(self, entry: Entry) -> Observation:
        """Compare what HEAD says now, of the recorded version, with what was recorded."""
        uri = entry.ref or ""
        at, etag, version_id = _recorded(entry)
        recorded = described(etag, entry.size_bytes, version_id)
        found = self._objects.head(uri, at, version_id)
        if found is None:
            self._objects.require_bucket(uri, at.bucket)
            return Observation(state=ReferenceState.MISSING, recorded=recorded)
        if etag is None:
            # A version of an object does not change.
            is_pinned = version_id is not None
            state = ReferenceState.SAME if is_pinned else ReferenceState.UNVERIFIABLE
        else:
            is_same = (found.etag, found.size_bytes) == (etag, entry.size_bytes)
            state = ReferenceState.SAME if is_same else ReferenceState.CHANGED
        now = described_object(found)
        return Observation(state=state, recorded=recorded, found=now)


def _recorded(entry: Entry) -> tuple[S3Location, str | None, str | None]:
    at = S3Location.parse(entry.ref or "")
    etag, version_id = entry.extra.get(_ETAG), entry.extra.get(_VERSION)
    return (
        at,
        etag if isinstance(etag, str) else None,
        version_id if isinstance(version_id, str) else at.version_id,
    )


def _unchecked(reference: Reference, at: S3Location) -> Entry:
    is_wandb = reference.digest_algorithm is DigestAlgorithm.MD5
    name = reference.name or (at.key or at.bucket if is_wandb else at.base_name)
    extra: dict[str, JsonValue] = {} if at.version_id is None else {_VERSION: at.version_id}
    hashed = at.uri if is_wandb else str(hash_bytes(at.uri.encode(), reference.digest_algorithm))
    path = _path(at, at.key, name)
    return Entry(path=path, digest=hashed, size_bytes=None, ref=at.uri, extra=extra)


def _entry(at: S3Location, listed: StoredObject, path: EntryPath) -> Entry:
    extra: dict[str, JsonValue] = {_ETAG: listed.etag}
    if listed.version is not None:
        extra[_VERSION] = listed.version
    return Entry(
        path=path,
        digest=listed.etag,
        size_bytes=listed.size_bytes,
        ref=at.uri_of(listed.key),
        extra=extra,
    )


def _object_name(reference: Reference, at: S3Location) -> EntryPath:
    return _path(at, at.key, reference.name or at.base_name)


def _named_below(at: S3Location, above: str, key: str) -> EntryPath:
    try:
        # Not cleaned: "a//b" and "a/b" are two objects.
        return EntryPath(above + key[len(at.prefix) :])
    except InvalidPathError as error:
        raise _unusable(at, key, error.expected) from error


def _path(at: S3Location, key: str, name: str) -> EntryPath:
    try:
        return EntryPath.clean(name)
    except InvalidPathError as error:
        raise _unusable(at, key, error.expected) from error


def _unusable(at: S3Location, key: str, problem: str) -> InvalidReferenceError:
    return InvalidReferenceError(
        "reference",
        at.uri_of(key),
        f"its key cannot be a path in an artifact ({problem})",
        "Add the objects one by one, and this one with name=.",
    )


def _is_left_out(listed: StoredObject, *, is_wandb: bool) -> bool:
    # W&B leaves out what is empty, whatever it is.
    return listed.size_bytes == 0 and (is_wandb or listed.key.endswith("/"))


def _nothing(at: S3Location) -> str:
    if at.is_prefix:
        return f"there are no objects below {at.prefix!r} in bucket {at.bucket!r}"
    return (
        f"there is no object {at.key!r} in bucket {at.bucket!r}, and there are none below "
        f"{at.prefix!r}"
    )
