"""The port to a content store that can read all of its bytes again."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol, runtime_checkable

from fingerpost.domain.manifest.digest import Digest


class ContentProblem(NamedTuple):
    """Something damaged in a content store.

    Attributes:
        digest: the blob concerned; ``None`` for a pack whose index cannot be read, or that is
            damaged outside its blobs.
        location: the file, as a path or URL.
        problem: what is wrong with it.
    """

    digest: Digest | None
    location: str
    problem: str


@runtime_checkable
class CheckableContent(Protocol):
    """A content store that keeps its bytes where they can be damaged, and can look for that.

    A store whose bytes are in memory needs none.
    """

    def check(self, progress: Callable[[int], None] | None = None) -> Iterator[ContentProblem]:
        """Hash every stored byte again and yield what is damaged; nothing is changed.

        Args:
            progress: receives the number of stored bytes looked at since its last call.
        """
        ...
