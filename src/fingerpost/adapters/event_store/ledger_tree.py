"""The Merkle tree over the ledger, in a table that grows in the transaction of the events.

No read table: a rebuild does not touch it. It says what the events were when they were stored, so
making it again from what they are now would approve of whatever was done to them.

*Source*: ``docs/adr/0030-a-merkle-tree-over-the-ledger.md``.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from fingerpost.domain.errors import CorruptLedgerError
from fingerpost.domain.ledger_record import LedgerRecord
from fingerpost.domain.merkle import completed_siblings, new_hashes, stored_index, tree_size

from ..read_tables.cursor import Cursor

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS ledger_tree (id INTEGER PRIMARY KEY, hash BLOB NOT NULL)"
)
_MOST_PARAMETERS: Final = 500


def create_tree(cursor: Cursor) -> None:
    """Create the table if it is not there."""
    cursor.execute(_TABLE)


def append_leaf(cursor: Cursor, record: LedgerRecord) -> None:
    """Add the leaf of an event that is being stored, and the subtrees that it completes.

    Raises:
        CorruptLedgerError: the tree does not end where the event begins; nothing may be added.
    """
    index = record.position - 1
    first = stored_index(0, index)
    siblings = completed_siblings(index)
    _require_end(cursor, first, record)
    found = read_hashes(cursor, siblings)
    for number, stored in enumerate(new_hashes(record.leaf, found), start=first):
        cursor.execute("INSERT INTO ledger_tree (id, hash) VALUES (?,?)", (number, stored))


def _require_end(cursor: Cursor, first: int, record: LedgerRecord) -> None:
    cursor.execute("SELECT MAX(id) AS newest FROM ledger_tree")
    newest = cursor.fetchone()["newest"]
    if (-1 if newest is None else newest) != first - 1:
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
    for number, stored in enumerate(_all_hashes(records)):
        cursor.execute("INSERT INTO ledger_tree (id, hash) VALUES (?,?)", (number, stored))


def _all_hashes(records: Iterable[LedgerRecord]) -> Iterator[bytes]:
    frontier: list[bytes] = []
    for index, record in enumerate(records):
        completes = len(completed_siblings(index))
        siblings = [frontier.pop() for _ in range(completes)]
        found = new_hashes(record.leaf, siblings)
        frontier.append(found[-1])
        yield from found
