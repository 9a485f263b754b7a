"""Which items have the words of a query, and what of them may be shown."""

from typing import Final

from attrs import evolve

from fingerpost.application.ports.search_queries import SearchQuery
from fingerpost.domain.search import LABELS, SearchField

from ..filters.selects import in_homes, is_passing
from ..filters.sql import TRUE, Sql, both
from .grams import GRAMS, asked, can_search_fast

LABEL_FIELDS: Final = ", ".join(f"'{field.value}'" for field in LABELS)

# What a word is worth, by where it is: the smaller the more telling.
_CLASS: Final = f"""
    CASE WHEN t.field IN ({LABEL_FIELDS})
         THEN CASE WHEN w.folded=? THEN 0 WHEN substr(w.folded, 1, length(?))=? THEN 1 ELSE 2 END
         WHEN t.field='{SearchField.DESCRIPTION.value}' THEN 3 ELSE 4 END
"""


def found(query: SearchQuery) -> Sql:
    """Return the tables ``h0``, ``h1`` …: for each word the items that have it, and its class."""
    parts = [_found(number, term) for number, term in enumerate(query.terms)]
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


def counted(query: SearchQuery) -> Sql:
    """Return the statement for how many items have all words."""
    tables, condition = found(query), shown(query)
    text = f"{tables.text} SELECT COUNT(*) FROM {joined(query)} WHERE {condition.text}"
    return Sql(text, (*tables.values, *condition.values))


def _found(number: int, term: str) -> Sql:
    if can_search_fast():
        source = f"{GRAMS} g CROSS JOIN search_words w ON w.id=g.rowid"
        condition, pieces = f"g.{GRAMS} MATCH ? AND instr(w.folded, ?)>0", [asked(term)]
    else:
        source, condition, pieces = "search_words w", "instr(w.folded, ?)>0", []
    text = (
        f"h{number} AS (SELECT t.item AS item, MIN({_CLASS}) AS class FROM {source} "
        f"CROSS JOIN search_texts t ON t.word=w.id WHERE {condition} GROUP BY t.item)"
    )
    return Sql(text, (term, term, term, *pieces, term))


def _filtered(query: SearchQuery) -> Sql:
    if query.filter is None:
        return TRUE
    kind = query.kinds[0]
    return is_passing(kind, evolve(query.where, filters={kind: query.filter}), "i.id")
