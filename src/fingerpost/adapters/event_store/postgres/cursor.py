"""Cursors that take the SQL of the read tables.

That SQL is written so that SQLite and PostgreSQL both take it, but for the marks of parameters,
the names of types, and three functions that are called otherwise. Those are put in place here, and
never inside of a literal.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from types import MappingProxyType
from typing import Any, Final

from psycopg import Cursor, RawCursor

from ...read_tables.cursor import Row
from ...read_tables.search.gram_arrays import GramArrays

_TOKENS: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\?|[A-Za-z_]+(?:\s+ROWID)?""")

_FUNCTIONS: Final = {
    "GROUP_CONCAT": "string_agg",
    "instr": "strpos",
    "json_each": "json_array_elements_text",
}

_TYPES: Final = {
    # By code points, as SQLite compares, whatever the database's own collation is.
    "TEXT": 'TEXT COLLATE "C"',
    "INTEGER": "BIGINT",
    "BLOB": "BYTEA",
    "WITHOUT ROWID": "",
}


@lru_cache(maxsize=2_000)
def translated(sql: str) -> str:
    """Return a statement of the read tables in PostgreSQL's words."""
    numbers = count(1)
    words = {**_FUNCTIONS, **_TYPES} if sql.startswith("CREATE TABLE") else _FUNCTIONS

    def replaced(found: re.Match[str]) -> str:
        word = found[0]
        return f"${next(numbers)}" if word == "?" else words.get(word, word)

    return _TOKENS.sub(replaced, sql)


class NamedRow(tuple[Any, ...]):
    """A row: values by number and by name of column."""

    __slots__ = ()
    _numbers: Mapping[str, int] = MappingProxyType({})

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self._numbers[key] if isinstance(key, str) else key)


@lru_cache(maxsize=500)
def _row_class(names: tuple[str, ...]) -> type[NamedRow]:
    # Of two columns with one name the first is meant, as in SQLite.
    numbers = {name: number for number, name in reversed(list(enumerate(names)))}
    return type("NamedRow", (NamedRow,), {"__slots__": (), "_numbers": numbers})


def named_row(cursor: Any) -> Callable[[Sequence[Any]], NamedRow]:
    """Make the rows of a cursor."""
    names = tuple(column.name for column in cursor.description or ())
    return _row_class(names)


class PostgresCursor:
    """A cursor for the read tables.

    Attributes:
        grams: how texts are indexed for search.
    """

    grams = GramArrays()

    def __init__(self, cursor: "Cursor[NamedRow] | RawCursor[NamedRow]") -> None:
        self._cursor = cursor
        self._is_pipelined = False

    @contextmanager
    def pipelined(self) -> Iterator[None]:
        """Wait for the server only where rows are fetched, and at the end.

        What goes wrong in a statement is raised there.
        """
        with self._cursor.connection.pipeline():
            self._is_pipelined = True
            try:
                yield
            finally:
                self._is_pipelined = False

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> "PostgresCursor":
        """Run one statement."""
        if self._is_pipelined:
            # A cursor collects the results of all that it was asked and that nobody fetched.
            self._cursor = self._cursor.connection.cursor()
        self._cursor.execute(translated(sql).encode(), parameters)
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[object]], /) -> "PostgresCursor":
        """Run one statement for each row of parameters."""
        for parameters in rows:
            self.execute(sql, parameters)
        return self

    def fetchone(self) -> Row:
        """Return the next row or ``None``."""
        return self._cursor.fetchone()

    def fetchall(self) -> list[Row]:
        """Return all rows that are left."""
        return list(self._cursor.fetchall())

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""
        return self._cursor.rowcount
