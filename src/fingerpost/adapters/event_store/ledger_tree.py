"""The Merkle tree over the ledger, in a table that grows in the transaction of the events.

No read table: a rebuild does not touch it. It says what the events were when they were stored, so
making it again from what they are now would approve of whatever was done to them.

*Source*: ``docs/adr/0030-a-merkle-tree-over-the-ledger.md``.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Final

from fingerpost.domain.errors import CorruptLedgerError
from fingerpost.domain.ledger.merkle import Frontier, stored_count, tree_size
from fingerpost.domain.ledger.record import LedgerRecord

from ..read_tables.cursor import Cursor

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS ledger_tree (id INTEGER PRIMARY KEY, hash BLOB NOT NULL)"
)
_MOST_PARAMETERS: Final = 500
_PAGE: Final = 1_000


def create_tree(cursor: Cursor) -> None:
    """Create the table if it is not there."""
    cursor.execute(_TABLE)


def append_leaves(cursor: Cursor, records: Sequence[LedgerRecord]) -> None:
    """Add the leaves of events that are being stored, and the subtrees that they complete.

    Args:
        cursor: of the transaction that stores them.
        records: in order, without gaps.

    Raises:
        CorruptLedgerError: the tree does not end where they begin; nothing may be added.
    """
    if not records:
        return
    size = records[0].position - 1
    _require_end(cursor, stored_count(size), records[0])
    frontier = Frontier(size, partial(read_hashes, cursor))
    _add(cursor, frontier, records)


def _add(cursor: Cursor, frontier: Frontier, records: Sequence[LedgerRecord]) -> None:
    first = stored_count(frontier.size)
    hashes = [stored for record in records for stored in frontier.add(record.leaf)]
    rows = list(enumerate(hashes, start=first))
    cursor.executemany("INSERT INTO ledger_tree (id, hash) VALUES (?,?)", rows)


def _require_end(cursor: Cursor, count: int, record: LedgerRecord) -> None:
    cursor.execute("SELECT MAX(id) AS newest FROM ledger_tree")
    newest = cursor.fetchone()["newest"]
    if (-1 if newest is None else newest) != count - 1:
        raise CorruptLedgerError(
            f"event {record.position} of the ledger",
            "would not follow what the ledger's Merkle tree ends with: events were removed, or put "
            "in beside Fingerpost; `fingerpost ledger verify` says which",
        )


def read_hashes(cursor: Cursor, indexes: Sequence[int]) -> list[bytes]:
    """Return stored hashes, in the order of their indexes.

    Raises:
        CorruptLedgerError: one is not there.
    """
    found: dict[int, bytes] = {}
    for start in range(0, len(indexes), _MOST_PARAMETERS):
        wanted = indexes[start : start + _MOST_PARAMETERS]
        marks = ",".join("?" * len(wanted))
        cursor.execute(f"SELECT id, hash FROM ledger_tree WHERE id IN ({marks})", wanted)
        found |= {row["id"]: bytes(row["hash"]) for row in cursor.fetchall()}
    lost = [index for index in indexes if index not in found]
    if lost:
        raise CorruptLedgerError(f"hash {lost[0]} of the ledger's Merkle tree", "is not there")
    return [found[index] for index in indexes]


def stored_size(cursor: Cursor) -> int:
    """Return the number of events that the tree has leaves for.

    Raises:
        CorruptLedgerError: the tree ends in the middle of a leaf.
    """
    cursor.execute("SELECT MAX(id) AS newest FROM ledger_tree")
    newest = cursor.fetchone()["newest"]
    try:
        return tree_size(0 if newest is None else newest + 1)
    except ValueError as error:
        raise CorruptLedgerError("the ledger's Merkle tree", f"was cut: {error}") from error


def hashes_from(cursor: Cursor, first: int, limit: int) -> list[tuple[int, bytes]]:
    """Return stored hashes and their indexes, in order, from an index on."""
    cursor.execute(
        "SELECT id, hash FROM ledger_tree WHERE id>=? ORDER BY id LIMIT ?", (first, limit)
    )
    return [(row["id"], bytes(row["hash"])) for row in cursor.fetchall()]


def grow(cursor: Cursor, records: Iterable[LedgerRecord]) -> None:
    """Make the tree of a ledger that has none yet, of a store from before there were trees."""
    frontier, rest = Frontier(), iter(records)
    while page := list(islice(rest, _PAGE)):
        _add(cursor, frontier, page)
