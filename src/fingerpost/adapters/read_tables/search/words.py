"""Which items have the words of a query, and what of them may be shown."""

from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import evolve, frozen

from fingerpost.application.ports.search_queries import SearchQuery
from fingerpost.domain.search import LABELS, SearchField

from ..filters.selects import in_homes, is_passing
from ..filters.sql import TRUE, Sql, both
from .gram_arrays import GRAMS
from .grams import asked, can_search_fast

LABEL_FIELDS: Final = ", ".join(f"'{field.value}'" for field in LABELS)

# What a word is worth, by where it is: the smaller the more telling.
_CLASS: Final = f"""
    CASE WHEN t.field IN ({LABEL_FIELDS})
         THEN CASE WHEN w.folded=? THEN 0 WHEN substr(w.folded, 1, length(?))=? THEN 1 ELSE 2 END
         WHEN t.field='{SearchField.DESCRIPTION.value}' THEN 3 ELSE 4 END
"""


OFTEN: Final = 1_000
"""Texts with a word from which on it is cheaper to find them all than to look into each item."""


Source: TypeAlias = Callable[[str], tuple[str, str, tuple[object, ...]]]
"""From a word to the tables with the texts that have it, as ``w``, a condition, and values."""


@frozen
class Plan:
    """How to carry out a query.

    Attributes:
        query: with the rarest word first.
        is_narrow: whether that is so rare that the others are looked for only where it is.
        source_of: how texts are found; by default with SQLite's index.
    """

    query: SearchQuery
    is_narrow: bool
    source_of: Source | None = None


def frequency(term: str, source_of: Source | None = None) -> Sql:
    """Return the statement for in how many texts of items a word is; ``OFTEN`` for more."""
    source, condition, values = (source_of or indexed)(term)
    text = (
        f"SELECT COUNT(*) FROM (SELECT 1 FROM {source} CROSS JOIN search_texts t "
        f"WHERE t.word=w.id AND {condition} LIMIT {OFTEN}) found"
    )
    return Sql(text, values)


def found(plan: Plan) -> Sql:
    """Return the tables ``h0``, ``h1`` …: for each word the items that have it, and its class."""
    first, *others = plan.query.terms
    source_of = plan.source_of or indexed
    parts = [_anywhere(0, first, source_of)]
    for number, term in enumerate(others, 1):
        is_narrow = plan.is_narrow
        parts.append(_within(number, term) if is_narrow else _anywhere(number, term, source_of))
    text = ", ".join(part.text for part in parts)
    return Sql(f"WITH {text}", tuple(value for part in parts for value in part.values))


def joined(query: SearchQuery) -> str:
    """Return the join of those tables, and of the items as ``i``."""
    others = [f"JOIN h{number} ON h{number}.item=h0.item" for number in range(1, len(query.terms))]
    return " ".join(["h0", *others, "JOIN search_items i ON i.id=h0.item"])


def shown(query: SearchQuery) -> Sql:
    """Return the condition that an item is of what was asked for, and may be seen."""
    parts = [in_homes("i.home_id", query.where.homes)]
    if query.kinds:
        marks = ",".join("?" * len(query.kinds))
        parts.append(Sql(f"i.kind IN ({marks})", tuple(kind.value for kind in query.kinds)))
    if query.where.registry_id is not None:
        parts.append(Sql("i.home_id=?", (query.where.registry_id.hex,)))
    parts.append(_filtered(query))
    return both(*parts)


def counted(plan: Plan) -> Sql:
    """Return the statement for how many items have all words."""
    tables, condition = found(plan), shown(plan.query)
    text = f"{tables.text} SELECT COUNT(*) FROM {joined(plan.query)} WHERE {condition.text}"
    return Sql(text, (*tables.values, *condition.values))


def _anywhere(number: int, term: str, source_of: Source) -> Sql:
    source, condition, values = source_of(term)
    text = (
        f"h{number} AS (SELECT t.item AS item, MIN({_CLASS}) AS class FROM {source} "
        f"CROSS JOIN search_texts t WHERE t.word=w.id AND {condition} GROUP BY t.item)"
    )
    return Sql(text, (term, term, term, *values))


def _within(number: int, term: str) -> Sql:
    text = (
        f"h{number} AS (SELECT t.item AS item, MIN({_CLASS}) AS class FROM h0 "
        "CROSS JOIN search_texts t CROSS JOIN search_words w "
        "WHERE t.item=h0.item AND w.id=t.word AND instr(w.folded, ?)>0 GROUP BY t.item)"
    )
    return Sql(text, (term,) * 4)


def indexed(term: str) -> tuple[str, str, tuple[object, ...]]:
    """Return the tables with the texts that have a word, as SQLite finds them."""
    if not can_search_fast():
        return "search_words w", "instr(w.folded, ?)>0", (term,)
    source = f"{GRAMS} g CROSS JOIN search_words w"
    condition = f"w.id=g.rowid AND g.{GRAMS} MATCH ? AND instr(w.folded, ?)>0"
    return source, condition, (asked(term), term)


def _filtered(query: SearchQuery) -> Sql:
    if query.filter is None:
        return TRUE
    kind = query.kinds[0]
    return is_passing(kind, evolve(query.where, filters={kind: query.filter}), "i.id")
