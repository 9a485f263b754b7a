"""Comparing read tables with what they should be."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest

from .cursor import Cursor
from .schema import TABLES, create_tables
from .search.gram_arrays import GRAMS
from .search.grams import arrays_of, rows_of_grams


@contextmanager
def fresh_tables() -> Iterator[Cursor]:
    """Lend empty read tables in memory, to be filled from the events."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        cursor = connection.cursor()
        create_tables(cursor)
        yield cursor
    finally:
        connection.close()


def differing(expected: Cursor, actual: Cursor) -> Iterator[str]:
    """Iterate over the names of the tables whose rows differ."""
    for table in TABLES:
        columns = _columns(expected, table)
        rows = zip_longest(_rows(expected, table, columns), _rows(actual, table, columns))
        if any(mine is None or theirs is None or mine != theirs for mine, theirs in rows):
            yield table
    if _do_grams_differ(expected, actual):
        yield GRAMS


def _do_grams_differ(expected: Cursor, actual: Cursor) -> bool:
    arrays = arrays_of(actual)
    if arrays is not None:
        return arrays.do_differ(expected, actual)
    grams = zip_longest(rows_of_grams(expected), rows_of_grams(actual))
    return any(mine != theirs for mine, theirs in grams)


def _columns(expected: Cursor, table: str) -> list[str]:
    expected.execute(f"PRAGMA table_info({table})")
    return [row[1] for row in expected.fetchall()]


def _rows(cursor: Cursor, table: str, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
    # Databases do not agree on where NULL comes.
    order = ", ".join(f"{column} IS NOT NULL, {column}" for column in columns)
    cursor.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}")
    while (row := cursor.fetchone()) is not None:
        yield tuple(row)
