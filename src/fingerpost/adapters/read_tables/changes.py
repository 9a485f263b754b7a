"""When registries and collections were last changed."""

from typing import Final

from fingerpost.domain.events import (
    ArtifactTypeLinked,
    CollectionAdded,
    Event,
    VersionPublished,
    VersionWithdrawn,
)

from .cursor import Cursor, to_micros

_TABLES: Final = {"registry": "registries", "collection": "collections"}

_BOOKKEEPING: Final = (ArtifactTypeLinked, CollectionAdded, VersionPublished, VersionWithdrawn)
"""What is noted on a stream for others to depend on, and changes nothing that people see."""


def note_change(cursor: Cursor, event: Event) -> None:
    """Note an event of a registry's or collection's stream as its last change."""
    table = _TABLES.get(event.wire_name.partition(".")[0])
    if table is not None and not isinstance(event, _BOOKKEEPING):
        cursor.execute(
            f"UPDATE {table} SET updated_at=? WHERE id=?",
            (to_micros(event.at), event.originator_id.hex),
        )
