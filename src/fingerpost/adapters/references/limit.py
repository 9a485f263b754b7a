"""Counting the objects that a reference stands for, up to its limit."""

from fingerpost.application.ports.references import Reference
from fingerpost.domain.errors import LimitExceededError


class ObjectCount:
    """How many objects were found.

    Args:
        reference: has the limit, and may want to be told.
        kind: what a reference to fewer objects would be one to.

    Attributes:
        count: how many so far.
    """

    def __init__(self, reference: Reference, kind: str = "prefix") -> None:
        self._reference = reference
        self._kind = kind
        self.count = 0

    def add(self, found: int) -> None:
        """Count objects, and tell of them.

        Raises:
            LimitExceededError: they are too many.
        """
        self.count += found
        reference = self._reference
        if self.count > reference.max_objects:
            raise LimitExceededError(
                f"objects of reference {reference.uri!r}",
                reference.max_objects,
                self.count,
                f"Pass a larger max_objects, or refer to a smaller {self._kind}.",
            )
        if found and reference.progress is not None:
            reference.progress(found)
