"""Where versions came from, in the read tables."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from fingerpost.domain.versions.origin import Origin

from .reader import SqlReader


class SqlOriginQueries(SqlReader):
    """The part of :class:`~fingerpost.application.ports.origin_queries.OriginQueries` of its own.

    That of versions is beside the other queries for versions.
    """

    def origins(self, collection_id: UUID) -> Mapping[str, int]:
        """Return what was imported into a collection: key → index, deleted versions included."""
        sql = (
            "SELECT origin_key, idx FROM versions "
            "WHERE collection_id=? AND origin_key IS NOT NULL ORDER BY idx DESC"
        )
        return {row["origin_key"]: row["idx"] for row in self._all(sql, collection_id.hex)}


def origin_columns(origin: Origin | None) -> tuple[str | None, str | None]:
    """Return the columns ``origin`` and ``origin_key``."""
    if origin is None:
        return None, None
    made_at = origin.created_at
    stored = {
        "system": origin.system,
        "name": origin.name,
        "version": origin.version,
        "digest": origin.digest,
        "created_at": None if made_at is None else made_at.isoformat(),
        "created_by": origin.created_by,
        "facts": origin.facts,
    }
    return orjson.dumps(stored).decode(), origin.key


def origin_of(text: str | None) -> Origin | None:
    """Convert the column ``origin``."""
    if text is None:
        return None
    stored: dict[str, Any] = orjson.loads(text)
    made_at = stored.pop("created_at")
    return Origin(created_at=None if made_at is None else datetime.fromisoformat(made_at), **stored)
