"""The read-table queries that count."""

from collections.abc import Mapping
from typing import Protocol


class CountQueries(Protocol):
    """Queries about a store as a whole."""

    def counts(self) -> Mapping[str, int]:
        """Return the number of things of each kind, over all organizations.

        Returns: Counts by ``organizations``, ``registries``, ``collections``, ``versions`` and
            ``runs``, without deleted ones. A link counts as a version of its collection.
        """
        ...
