"""The queries that count."""

from collections.abc import Mapping
from typing import Final

from .reader import SqlReader

_COUNTS: Final = """
    SELECT
        (SELECT count(*) FROM organizations) AS organizations,
        (SELECT count(*) FROM registries WHERE is_deleted=0) AS registries,
        (SELECT count(*) FROM collections WHERE is_deleted=0) AS collections,
        (SELECT count(*) FROM versions v JOIN collections c ON c.id = v.collection_id
         WHERE v.is_deleted=0 AND c.is_deleted=0) AS versions,
        (SELECT count(*) FROM runs) AS runs
"""
_NAMES: Final = ("organizations", "registries", "collections", "versions", "runs")


class SqlCountQueries(SqlReader):
    """The part of ``Queries`` that counts."""

    def counts(self) -> Mapping[str, int]:
        """Return how many there are, over all organizations."""
        row = self._one(_COUNTS)
        assert row is not None  # noqa: S101 - counts always give a row
        return {name: row[name] for name in _NAMES}
