"""What differs between two entries: of one path in two artifacts, or of a file that was renamed."""

from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from ..errors import InvalidValueError
from ..metadata.metadata import JsonObject, is_same
from .digest import Digest
from .digest_algorithm import DigestAlgorithm
from .entry import CONTENT_DIGEST, Entry

_URI: Final = "uri"
_ETAG: Final = "etag"
_PROVIDER: Final = "provider"


class Aspect(StrEnum):
    """What of an entry differs."""

    CONTENT = "content"
    """The bytes, or what the provider of a reference says of them."""
    SIZE = "size"
    REFERENCE = "reference"
    """Where it points, what pins it there, or whether it is a reference at all."""
    CHECKSUM = "checksum"
    """The kind of checksum that was recorded."""


@frozen(kw_only=True)
class EntryChange:
    """An entry that is in both of two artifacts, and not the same.

    Attributes:
        before: in the first.
        after: in the second.
    """

    before: Entry
    after: Entry

    @property
    def path(self) -> str:
        """Path in the second artifact."""
        return str(self.after.path)

    @property
    def old_path(self) -> str:
        """Path in the first artifact; another one if it was renamed."""
        return str(self.before.path)

    @property
    def what(self) -> tuple[Aspect, ...]:
        """What differs apart from the path; for a renamed one possibly nothing."""
        return aspects(self.before, self.after)

    @property
    def size_delta_bytes(self) -> int:
        """By how many bytes it grew, a size that is not known counting as 0."""
        return (self.after.size_bytes or 0) - (self.before.size_bytes or 0)

    def to_dict(self) -> JsonObject:
        """Return its JSON form; entries have the keys that they have in a manifest."""
        return {
            "path": self.path,
            "old_path": self.old_path,
            "what": [aspect.value for aspect in self.what],
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
        }


def has_same_content(before: Entry, after: Entry) -> bool | None:
    """Whether two entries have the same bytes; ``None`` where what was recorded does not tell.

    Digests are compared where both have one of the same algorithm, what providers say where both
    references point at the same place. Digests of different algorithms are no difference.
    """
    if None not in (before.size_bytes, after.size_bytes) and before.size_bytes != after.size_bytes:
        return False
    left, right = _digests(before), _digests(after)
    if common := left.keys() & right.keys():
        return all(left[algorithm] == right[algorithm] for algorithm in common)
    if before.ref != after.ref:
        return None
    return _is_said_to_be_same(before, after)


def _is_said_to_be_same(before: Entry, after: Entry) -> bool | None:
    kind = checksum_kind(before)
    if kind != checksum_kind(after):
        return None
    if kind == _URI:
        # Of neither anything was recorded but where it is; what pins them still tells.
        return True if is_same(_pins(before), _pins(after)) else None
    return before.digest == after.digest


def aspects(before: Entry, after: Entry) -> tuple[Aspect, ...]:
    """Return what differs between two entries but for their paths, in the order of the enum."""
    differing = {
        Aspect.CONTENT: has_same_content(before, after) is False,
        Aspect.SIZE: before.size_bytes != after.size_bytes,
        Aspect.REFERENCE: before.ref != after.ref or not is_same(_pins(before), _pins(after)),
        Aspect.CHECKSUM: _checksums(before) != _checksums(after),
    }
    found = tuple(aspect for aspect, differs in differing.items() if differs)
    # Whatever else is recorded of an entry is said of its checksum.
    return found or (() if evolve(before, path=after.path) == after else (Aspect.CHECKSUM,))


def checksum_kind(entry: Entry) -> str:
    """Return what an entry's digest is: an algorithm, ``etag``, ``provider``, or ``uri``.

    ``uri`` is a reference of which nothing was recorded but its place.
    """
    if _ETAG in entry.extra:
        return _ETAG
    if entry.ref is not None and entry.size_bytes is None and entry.content is None:
        return _URI
    try:
        return Digest(entry.digest).algorithm
    except InvalidValueError:
        is_md5 = Digest.of_base64_md5(entry.digest) is not None
        return DigestAlgorithm.MD5.value if is_md5 else _PROVIDER


def rename_key(entry: Entry) -> str | None:
    """Return what makes two entries the same thing under different paths.

    The digest of the bytes where it is known; of other references what they refer to, with what
    is said of it. ``None`` for empty files: all of them have the same bytes, which says nothing.
    """
    if entry.size_bytes == 0:
        return None
    digest = entry.bytes_digest
    return str(digest) if digest is not None else f"{entry.ref} {entry.digest}"


def _digests(entry: Entry) -> dict[str, Digest]:
    known = [entry.bytes_digest]
    hashed = entry.extra.get(CONTENT_DIGEST)
    if entry.content is not None and isinstance(hashed, str):
        known.append(Digest(hashed))
    if entry.content is not None:
        # Of stored bytes the digest is their own too, in another form perhaps: W&B's.
        known.append(_own(entry.digest))
    return {digest.algorithm: digest for digest in reversed(known) if digest is not None}


def _own(digest: str) -> Digest | None:
    try:
        return Digest(digest)
    except InvalidValueError:
        return Digest.of_base64_md5(digest)


def _pins(entry: Entry) -> JsonObject:
    # The others say what is there, and not where.
    return {key: value for key, value in entry.extra.items() if key not in {CONTENT_DIGEST, _ETAG}}


def _checksums(entry: Entry) -> tuple[object, ...]:
    hashed = entry.extra.get(CONTENT_DIGEST)
    algorithm = hashed.partition(":")[0] if isinstance(hashed, str) else None
    stored = None if entry.content is None else entry.content.algorithm
    return checksum_kind(entry), algorithm, stored
