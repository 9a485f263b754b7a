"""The part of the port to the read tables that counts."""

from collections.abc import Mapping
from typing import Protocol


class CountQueries(Protocol):
    """What can be asked of a store as a whole."""

    def counts(self) -> Mapping[str, int]:
        """Return how many there are, over all organizations.

        Returns:
            By ``organizations``, ``registries``, ``collections``, ``versions`` and ``runs``; what
            was deleted is not counted, and a link counts as a version of its collection.
        """
        ...
