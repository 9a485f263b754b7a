"""The same index for databases without FTS5: of each text an array of its pieces.

A piece is three characters in a row, two or one, as one number of 63 bits; what is asked for is an
array that an inverted index finds in others. Whoever asks looks again into the texts it names.
"""

from itertools import zip_longest
from typing import Final

from ..cursor import Cursor

GRAMS: Final = "search_grams"
"""Name of the index."""

_LENGTH: Final = 3
_BITS: Final = 21
_MOST_ASKED: Final = 40


def pieces(folded: str) -> list[int]:
    """Return the numbers of all pieces of a text, in order."""
    found = {
        number(folded[at : at + length])
        for length in range(1, _LENGTH + 1)
        for at in range(len(folded) - length + 1)
    }
    return sorted(found)


def asked(term: str) -> list[int]:
    """Return the pieces that texts which contain a folded term have."""
    if len(term) <= _LENGTH:
        return [number(term)]
    grams = dict.fromkeys(term[at : at + _LENGTH] for at in range(len(term) - _LENGTH + 1))
    return [number(gram) for gram in list(grams)[:_MOST_ASKED]]


def number(piece: str) -> int:
    """Return the number that stands for a piece and for no other."""
    said = 0
    for at in range(_LENGTH):
        # A place with nothing in it is 0, and so a character is one more than its code.
        said = said << _BITS | (ord(piece[at]) + 1 if at < len(piece) else 0)
    return said


class GramArrays:
    """The index in a table of arrays."""

    def create(self, cursor: Cursor) -> None:
        """Create it if it is not there yet."""
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {GRAMS} ("
            "word INTEGER PRIMARY KEY, grams BIGINT[] NOT NULL)"
        )
        cursor.execute(f"CREATE INDEX IF NOT EXISTS words_by_gram ON {GRAMS} USING gin (grams)")

    def add(self, cursor: Cursor, word_id: int, folded: str) -> None:
        """Index a text."""
        cursor.execute(
            f"INSERT INTO {GRAMS} (word, grams) VALUES (?, ?::bigint[])", (word_id, pieces(folded))
        )

    def remove(self, cursor: Cursor, word_id: int) -> None:
        """Take a text out."""
        cursor.execute(f"DELETE FROM {GRAMS} WHERE word=?", (word_id,))

    def do_differ(self, expected: Cursor, actual: Cursor) -> bool:
        """Whether what is held is not what the texts say."""
        expected.execute("SELECT id, folded FROM search_words ORDER BY id")
        actual.execute(f"SELECT word, grams FROM {GRAMS} ORDER BY word")
        both = zip_longest(expected.fetchall(), actual.fetchall())
        return any(
            mine is None or theirs is None or (mine[0], pieces(mine[1])) != tuple(theirs)
            for mine, theirs in both
        )


def source_of(term: str) -> tuple[str, str, tuple[object, ...]]:
    """Return the tables with the texts that have a term, a condition, and values."""
    source = f"{GRAMS} g CROSS JOIN search_words w"
    condition = "w.id=g.word AND g.grams @> ?::bigint[] AND instr(w.folded, ?)>0"
    return source, condition, (asked(term), term)
