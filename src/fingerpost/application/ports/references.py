"""The port to where references point."""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import BinaryIO, Protocol

from attrs import frozen

from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry

ObjectsFound = Callable[[int], None]
"""Progress callback: receives the number of objects found since the last call."""


@frozen(kw_only=True)
class Reference:
    """What a caller asked to be tracked.

    Attributes:
        uri: where the data is.
        name: the path in the artifact, or the prefix for a folder; ``None`` infers it.
        checksum: whether to look at the data; if not, the digest is that of the URI.
        max_objects: more objects than this are an error.
        digest_algorithm: what digests are made with where the resolver makes them itself.
        is_content_hashed: whether to read the bytes once, and record their digest under
            :data:`~fingerpost.domain.manifest.entry.CONTENT_DIGEST` beside the provider's checksum.
        progress: told of the objects that were found.
    """

    uri: str
    name: str | None
    checksum: bool
    max_objects: int
    digest_algorithm: DigestAlgorithm = DigestAlgorithm.BLAKE3
    is_content_hashed: bool = False
    progress: ObjectsFound | None = None


class ReferenceState(Enum):
    """How what a reference points at compares with what was recorded."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"
    UNVERIFIABLE = "unverifiable"
    """It is there, and nothing was recorded that could tell whether it is the same."""


@frozen(kw_only=True)
class Observation:
    """What there is now at a reference's URI.

    Attributes:
        state: how it compares.
        recorded: what was recorded, for people: checksum, size, version.
        found: what is there now, likewise; ``None`` when nothing is.
    """

    state: ReferenceState
    recorded: str
    found: str | None = None


class ReferenceResolver(Protocol):
    """Knows one or more kinds of URIs. Safe to use from several threads.

    The suite ``fingerpost.testing.ReferenceResolverConformance`` holds implementations to this
    contract.
    """

    @property
    def schemes(self) -> frozenset[str]:
        """Schemes in lower case, without ``://``."""
        ...

    @property
    def is_local(self) -> bool:
        """Whether the data is on disks of this machine, so that a copy nearby is of no use."""
        ...

    def handles(self, uri: str) -> bool:
        """Whether a URI of one of the schemes is of the kind that this resolver knows."""
        ...

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the entries that a reference stands for: one, or those of a folder.

        Lazily: memory does not grow with their number.

        Raises:
            InvalidReferenceError: it resolves to nothing, or cannot be tracked.
            LimitExceededError: it stands for more than ``max_objects``.
            MissingExtraError: a library that is needed is not installed; names the extra.
            ReferenceRefusedError: the provider refuses it for good (403, a bad bucket, …).
            ReferenceUnavailableError: the provider could not be reached, again and again.
        """
        ...

    def open(self, entry: Entry) -> BinaryIO:
        """Open what an entry refers to, in the version that was recorded.

        What is read is checked against what was recorded: a reader that reaches the end has read
        it, or got an error.

        Raises:
            ReferenceMissingError: it is gone.
            ReferenceChangedError: (also while reading) it is not what was recorded.
            ReferenceRefusedError: the provider refuses it for good.
            ReferenceUnavailableError: (also while reading) the provider could not be reached.
        """
        ...

    def observe(self, entry: Entry) -> Observation:
        """Compare what there is now with what was recorded, without reading the bytes if possible.

        Raises:
            ReferenceRefusedError: the provider refuses to tell.
            ReferenceUnavailableError: the provider could not be reached, again and again.
        """
        ...
