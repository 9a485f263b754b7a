"""The port to where references point."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from attrs import frozen

from fingerpost.domain.digest_algorithm import DigestAlgorithm
from fingerpost.domain.entry import Entry


@frozen(kw_only=True)
class Reference:
    """What a caller asked to be tracked.

    Attributes:
        uri: where the data is.
        name: the path in the artifact, or the prefix for a folder; ``None`` infers it.
        checksum: whether to look at the data; if not, the digest is that of the URI.
        max_objects: more objects than this are an error.
        digest_algorithm: what digests are made with where the resolver makes them itself.
    """

    uri: str
    name: str | None
    checksum: bool
    max_objects: int
    digest_algorithm: DigestAlgorithm = DigestAlgorithm.BLAKE3


class ReferenceResolver(Protocol):
    """Knows one or more URI schemes."""

    @property
    def schemes(self) -> frozenset[str]:
        """Schemes in lower case, without ``://``."""
        ...

    @property
    def is_local(self) -> bool:
        """Whether the data is on disks of this machine, so that a copy nearby is of no use."""
        ...

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the entries that a reference stands for: one, or those of a folder.

        Raises:
            InvalidReferenceError: it resolves to nothing, or cannot be tracked.
            LimitExceededError: it stands for more than ``max_objects``.
        """
        ...

    def open(self, entry: Entry) -> BinaryIO:
        """Open what an entry refers to; what is read is verified against what was recorded.

        Raises:
            ReferenceMissingError: it is gone.
            ReferenceChangedError: (also while reading) it is not what was recorded.
        """
        ...
