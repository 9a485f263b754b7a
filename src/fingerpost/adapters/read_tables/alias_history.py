"""How a change of an alias becomes a row of its history."""

from typing import Final

import orjson

from fingerpost.domain.events import AliasMoved, AliasRemoved

from .cursor import Cursor, to_hex, to_micros

_INSERT: Final = (
    "INSERT INTO alias_history (position, collection_id, alias, from_idx, to_idx, actor, at, "
    "reason, run_id, policy_version, effective_at, approved_by, event_version, undoes, command_id) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)


def add_alias_change(
    cursor: Cursor, position: int, event: AliasMoved | AliasRemoved, to_index: int | None
) -> None:
    """Add a placing, move or removal to the history."""
    approved_by: tuple[str, ...] = ()
    undoes = None
    if isinstance(event, AliasMoved):
        approved_by, undoes = event.approved_by, event.undoes
    cursor.execute(
        _INSERT,
        (
            position,
            event.originator_id.hex,
            event.alias,
            event.from_version,
            to_index,
            event.actor,
            to_micros(event.at),
            event.reason,
            to_hex(event.run_id),
            event.policy_version,
            _effective_at(cursor, event),
            orjson.dumps(approved_by).decode(),
            event.originator_version,
            None if undoes is None else _position(cursor, event, undoes),
            to_hex(event.command_id),
        ),
    )


def _effective_at(cursor: Cursor, event: AliasMoved | AliasRemoved) -> int:
    # Of the whole collection, not of the alias: aliases that moved in one step stay together.
    cursor.execute(
        "SELECT MAX(effective_at) FROM alias_history WHERE collection_id=?",
        (event.originator_id.hex,),
    )
    before = cursor.fetchone()[0]
    at = to_micros(event.at)
    return at if before is None else max(int(before), at)


def _position(cursor: Cursor, event: AliasMoved | AliasRemoved, version: int) -> int | None:
    cursor.execute(
        "SELECT position FROM alias_history WHERE collection_id=? AND event_version=?",
        (event.originator_id.hex, version),
    )
    row = cursor.fetchone()
    return None if row is None else int(row[0])
