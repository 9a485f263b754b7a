"""Items that are searched, and their texts.

An item is a registry, a collection or a version; its number is the place in the ledger where it
began, which it keeps. A text that several items have (an alias, a tag, what a link shares with its
source) is stored and indexed once.
"""

from hashlib import blake2b
from typing import Final
from uuid import UUID

from fingerpost.domain.filters import Kind
from fingerpost.domain.search import LONGEST_TEXT, SearchField, folded

from ..cursor import Cursor
from .grams import add_grams, remove_grams

NO_INDEX: Final = -1
"""Stands for the index of what is no version."""


def add_item(
    cursor: Cursor, position: int, kind: Kind, home_id: UUID, owner_id: UUID, index: int = NO_INDEX
) -> None:
    """Add an item: a registry or collection by its own identity, a version by its collection's."""
    cursor.execute(
        "INSERT INTO search_items (id, kind, home_id, owner_id, idx) VALUES (?,?,?,?,?)",
        (position, kind.value, home_id.hex, owner_id.hex, index),
    )


def item_of(cursor: Cursor, owner_id: UUID, index: int = NO_INDEX) -> int | None:
    """Return the number of an item, or ``None`` for one that is gone."""
    cursor.execute("SELECT id FROM search_items WHERE owner_id=? AND idx=?", (owner_id.hex, index))
    row = cursor.fetchone()
    return None if row is None else int(row[0])


def home_of(cursor: Cursor, collection_id: UUID) -> UUID:
    """Return where a collection is."""
    cursor.execute("SELECT home_id FROM collections WHERE id=?", (collection_id.hex,))
    return UUID(cursor.fetchone()[0])


def remove_item(cursor: Cursor, item: int) -> None:
    """Remove an item and its texts."""
    cursor.execute(
        "SELECT field, part FROM search_texts WHERE item=? ORDER BY field, part", (item,)
    )
    for field, part in cursor.fetchall():
        remove_text(cursor, item, SearchField(field), part)
    cursor.execute("DELETE FROM search_items WHERE id=?", (item,))


def remove_all_of(cursor: Cursor, owner_id: UUID) -> None:
    """Remove a collection or registry, and a collection's versions."""
    cursor.execute("SELECT id FROM search_items WHERE owner_id=? ORDER BY id", (owner_id.hex,))
    for row in cursor.fetchall():
        remove_item(cursor, row[0])


def set_text(
    cursor: Cursor, item: int, field: SearchField, text: str | None, part: str = ""
) -> None:
    """Say what is searched of a field, or of a part of it: an alias, a tag, a metadata key."""
    word = None if text is None else _word(cursor, folded(text)[:LONGEST_TEXT])
    if word is None:
        remove_text(cursor, item, field, part)
        return
    before = _word_at(cursor, item, field, part)
    cursor.execute(
        "INSERT INTO search_texts (item, field, part, word) VALUES (?,?,?,?) "
        "ON CONFLICT (item, field, part) DO UPDATE SET word=excluded.word",
        (item, field.value, part, word),
    )
    if before is not None:
        _release(cursor, before)


def remove_text(cursor: Cursor, item: int, field: SearchField, part: str = "") -> None:
    """Search for this no more."""
    before = _word_at(cursor, item, field, part)
    if before is not None:
        cursor.execute(
            "DELETE FROM search_texts WHERE item=? AND field=? AND part=?",
            (item, field.value, part),
        )
        _release(cursor, before)


def copy_texts(cursor: Cursor, source: int, item: int) -> None:
    """Let a link be found by what its source says: all but the aliases."""
    cursor.execute(
        "INSERT INTO search_texts (item, field, part, word) "
        "SELECT ?, field, part, word FROM search_texts WHERE item=? AND field<>?",
        (item, source, SearchField.ALIAS.value),
    )


def key_of(text: str) -> bytes:
    """Return what a folded text is looked up by."""
    return blake2b(text.encode(), digest_size=16).digest()


def _word_at(cursor: Cursor, item: int, field: SearchField, part: str) -> int | None:
    cursor.execute(
        "SELECT word FROM search_texts WHERE item=? AND field=? AND part=?",
        (item, field.value, part),
    )
    row = cursor.fetchone()
    return None if row is None else int(row[0])


def _word(cursor: Cursor, text: str) -> int | None:
    if not text:
        return None
    key = key_of(text)
    cursor.execute("SELECT id FROM search_words WHERE key=?", (key,))
    row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    cursor.execute("SELECT COALESCE(MAX(id), 0) FROM search_words")
    word = int(cursor.fetchone()[0]) + 1
    cursor.execute("INSERT INTO search_words (id, key, folded) VALUES (?,?,?)", (word, key, text))
    add_grams(cursor, word, text)
    return word


def _release(cursor: Cursor, word: int) -> None:
    cursor.execute("SELECT 1 FROM search_texts WHERE word=? LIMIT 1", (word,))
    if cursor.fetchone() is not None:
        return
    cursor.execute("SELECT folded FROM search_words WHERE id=?", (word,))
    remove_grams(cursor, word, cursor.fetchone()[0])
    cursor.execute("DELETE FROM search_words WHERE id=?", (word,))
