"""An FTS5 index from each three characters in a row to the texts that have them.

The pieces are made here and not by one of SQLite's tokenizers, so that what is found does not
depend on its version, one and two characters are found too (as beginnings of pieces), and no text
can be syntax: a piece is written as hexadecimal digits. The index keeps no copy of the texts and
no positions (``content=''``, ``detail=none``): whoever asks looks again into the texts it names.

*Source*: https://sqlite.org/fts5.html, sections 4.4 (contentless tables) and 4.6 (detail).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from typing import Final

from ..cursor import Cursor, Row
from .gram_arrays import GRAMS, GramArrays

_LENGTH: Final = 3
_PADDING: Final = "\0" * (_LENGTH - 1)
_MOST_ASKED: Final = 40
"""Pieces of one term that are asked for: more of them do not narrow it down any more."""


def arrays_of(cursor: Cursor) -> GramArrays | None:
    """Return the index in arrays, in databases that have that in place of FTS5."""
    return getattr(cursor, "grams", None)


@lru_cache(maxsize=1)
def can_search_fast() -> bool:
    """Whether this Python's SQLite has FTS5; without it search looks into every text."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(f"CREATE VIRTUAL TABLE {GRAMS} USING fts5(grams)")
        except sqlite3.OperationalError:
            return False
    return True


def create_grams(cursor: Cursor) -> None:
    """Create the index if it is not there yet, where SQLite can have one."""
    arrays = arrays_of(cursor)
    if arrays is not None:
        arrays.create(cursor)
    elif can_search_fast():
        cursor.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {GRAMS} USING fts5("
            "grams, content='', columnsize=0, detail=none, tokenize='ascii')"
        )


def drop_grams(cursor: Cursor) -> None:
    """Drop the index."""
    cursor.execute(f"DROP TABLE IF EXISTS {GRAMS}")


def clear_grams(cursor: Cursor) -> None:
    """Empty the index."""
    if arrays_of(cursor) is not None:
        cursor.execute(f"DELETE FROM {GRAMS}")
    else:
        drop_grams(cursor)
        create_grams(cursor)


def add_grams(cursor: Cursor, word_id: int, folded: str) -> None:
    """Index a text that is not in the index."""
    arrays = arrays_of(cursor)
    if arrays is not None:
        arrays.add(cursor, word_id, folded)
    elif can_search_fast():
        cursor.execute(f"INSERT INTO {GRAMS} (rowid, grams) VALUES (?,?)", (word_id, _said(folded)))


def remove_grams(cursor: Cursor, word_id: int, folded: str) -> None:
    """Take a text out of the index."""
    arrays = arrays_of(cursor)
    if arrays is not None:
        arrays.remove(cursor, word_id)
    elif can_search_fast():
        cursor.execute(
            f"INSERT INTO {GRAMS} ({GRAMS}, rowid, grams) VALUES ('delete',?,?)",
            (word_id, _said(folded)),
        )


def rows_of_grams(cursor: Cursor) -> Iterator[Row]:
    """Iterate over what the index holds: piece and text, in order."""
    if not can_search_fast():
        return
    cursor.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.held_grams "
        f"USING fts5vocab(main, {GRAMS}, instance)"
    )
    cursor.execute("SELECT term, doc FROM temp.held_grams ORDER BY term, doc")
    while (row := cursor.fetchone()) is not None:
        yield tuple(row)


def asked(term: str) -> str:
    """Return the FTS5 query for the texts that may contain a folded term."""
    if len(term) < _LENGTH:
        return f'"{_hex(term)}" *'
    grams = dict.fromkeys(term[at : at + _LENGTH] for at in range(len(term) - _LENGTH + 1))
    return " AND ".join(f'"{_hex(gram)}"' for gram in list(grams)[:_MOST_ASKED])


def _said(folded: str) -> str:
    codes = _codes(folded + _PADDING)
    return " ".join(sorted({"".join(each) for each in zip(codes, codes[1:], codes[2:])}))  # noqa: B905 - the ends are left over


def _hex(gram: str) -> str:
    return "".join(_codes(gram))


def _codes(text: str) -> list[str]:
    # As long for each character, so that the beginning of a piece is the beginning of its digits.
    return [f"{ord(character):06x}" for character in text]
