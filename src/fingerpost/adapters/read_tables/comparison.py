"""Comparing read tables with what they should be."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest

from .cursor import Cursor
from .schema import TABLES, create_tables
from .search.grams import GRAMS, rows_of_grams


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
        rows = zip_longest(_rows(expected, table), _rows(actual, table))
        if any(mine is None or theirs is None or mine != theirs for mine, theirs in rows):
            yield table
    grams = zip_longest(rows_of_grams(expected), rows_of_grams(actual))
    if any(mine != theirs for mine, theirs in grams):
        yield GRAMS


def _rows(cursor: Cursor, table: str) -> Iterator[tuple[object, ...]]:
    cursor.execute(f"PRAGMA table_info({table})")
    columns = ", ".join(str(number) for number, _ in enumerate(cursor.fetchall(), start=1))
    cursor.execute(f"SELECT * FROM {table} ORDER BY {columns}")
    while (row := cursor.fetchone()) is not None:
        yield tuple(row)
