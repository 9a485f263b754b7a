"""The statements that registries, collections and versions are selected with."""

import json
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from attrs import frozen

from fingerpost.application.read_models.cursors import SortKey
from fingerpost.application.read_models.selection import Ordering, Selection
from fingerpost.domain.filters import Kind

from .sql import TRUE, Sql, both
from .where import where

_FROM: Final = {
    Kind.REGISTRY: "registries r",
    Kind.COLLECTION: "collections c JOIN registries r ON r.id=c.home_id",
    Kind.VERSION: (
        "versions v JOIN collections c ON c.id=v.collection_id "
        "JOIN registries r ON r.id=c.home_id "
        "JOIN versions s ON s.collection_id=COALESCE(v.source_collection_id, v.collection_id) "
        "AND s.idx=COALESCE(v.source_idx, v.idx) "
        "JOIN collections k ON k.id=s.collection_id"
    ),
}

_ANYWHERE: Final = {
    # What is in projects, too.
    Kind.REGISTRY: _FROM[Kind.REGISTRY],
    Kind.COLLECTION: "collections c",
    Kind.VERSION: _FROM[Kind.VERSION].replace("JOIN registries r ON r.id=c.home_id ", ""),
}

_ORDERED_BY: Final = {
    Kind.REGISTRY: {
        None: "r.position",
        "name": "r.name_key",
        "created_at": "r.created_at",
        "updated_at": "r.updated_at",
    },
    Kind.COLLECTION: {
        None: "c.position",
        "name": "c.name",
        "created_at": "c.created_at",
        "updated_at": "c.updated_at",
    },
}

_LIVE: Final = {
    Kind.REGISTRY: Sql("r.is_deleted=0"),
    Kind.COLLECTION: Sql("c.is_deleted=0"),
    Kind.VERSION: Sql("v.is_deleted=0"),
}

_POSITION: Final = {
    Kind.REGISTRY: "r.position",
    Kind.COLLECTION: "c.position",
    Kind.VERSION: "v.position",
}


@frozen
class Term:
    """A part of a sort key."""

    text: str
    is_descending: bool = False


def page(
    kind: Kind, columns: str | Sql, selection: Selection, after: SortKey | None, limit: int
) -> tuple[Sql, int]:
    """Return the statement for a page of things in registries, and how long sort keys are.

    The sort key's parts come first, then the columns.
    """
    terms = _terms(kind, selection)
    condition = both(_passing(kind, selection), _behind(terms, after))
    keys = ", ".join(term.text for term in terms)
    order = ", ".join(f"{term.text} DESC" if term.is_descending else term.text for term in terms)
    more = columns if isinstance(columns, Sql) else Sql(columns)
    text = f"SELECT {keys}, {more.text} FROM {_FROM[kind]} WHERE {condition.text}"
    values = (*more.values, *condition.values, limit)
    return Sql(f"{text} ORDER BY {order} LIMIT ?", values), len(terms)


def count(kind: Kind, selection: Selection) -> Sql:
    """Return the statement for how many there are in registries."""
    condition = _passing(kind, selection)
    return Sql(f"SELECT COUNT(*) FROM {_FROM[kind]} WHERE {condition.text}", condition.values)


def is_passing(kind: Kind, selection: Selection, item: str) -> Sql:
    """Return the condition that what began at a position, wherever it is, passes the filters."""
    condition = both(_LIVE[kind], _filtered(kind, selection))
    text = f"SELECT 1 FROM {_ANYWHERE[kind]} WHERE {_POSITION[kind]}={item} AND {condition.text}"
    return Sql(f"EXISTS ({text})", condition.values)


def facts(kind: Kind, columns: Sql, items: Sequence[int]) -> Sql:
    """Return the statement for facts about what began at positions, wherever it is."""
    marks = ",".join("?" * len(items))
    place = _POSITION[kind]
    text = (
        f"SELECT {place} AS item, {columns.text} FROM {_ANYWHERE[kind]} WHERE {place} IN ({marks})"
    )
    return Sql(text, (*columns.values, *items))


def in_homes(column: str, homes: Collection[UUID] | None) -> Sql:
    """Return the condition that a home is one of those that may be seen."""
    if homes is None:
        return TRUE
    listed = json.dumps(sorted(home.hex for home in homes))
    return Sql(f"{column} IN (SELECT value FROM json_each(?))", (listed,))


def _passing(kind: Kind, selection: Selection) -> Sql:
    parts = [_LIVE[kind], in_homes("r.id", selection.homes), _filtered(kind, selection)]
    if selection.organization_id is not None:
        parts.append(Sql("r.organization_id=?", (selection.organization_id.hex,)))
    if selection.registry_id is not None:
        parts.append(Sql("r.id=?", (selection.registry_id.hex,)))
    return both(*parts)


def _filtered(kind: Kind, selection: Selection) -> Sql:
    kinds = list(Kind)
    above = kinds[: kinds.index(kind) + 1]
    return both(
        *(where(each, said) for each in above if (said := selection.filters.get(each)) is not None)
    )


def _terms(kind: Kind, selection: Selection) -> list[Term]:
    registries = selection.orders.get(Kind.REGISTRY)
    collections = selection.orders.get(Kind.COLLECTION)
    terms: list[Term] = []
    if kind is Kind.REGISTRY or registries is not None:
        terms += _ordered(Kind.REGISTRY, registries or Ordering())
    if kind is Kind.COLLECTION or (kind is Kind.VERSION and collections is not None):
        terms += _ordered(Kind.COLLECTION, collections or Ordering())
    if kind is Kind.VERSION:
        terms.append(Term("v.position", is_descending=True))
    return terms


def _ordered(kind: Kind, ordering: Ordering) -> list[Term]:
    columns, down = _ORDERED_BY[kind], ordering.is_descending
    names = dict.fromkeys((columns[ordering.name], columns[None]))
    return [Term(name, down) for name in names]


def _behind(terms: Sequence[Term], after: SortKey | None) -> Sql:
    """Return the condition to come after a sort key, whatever the directions of its parts."""
    if after is None:
        return TRUE
    last, *before = list(zip(terms, after, strict=True))[::-1]
    behind = _beyond(*last)
    for term, value in before:
        ahead = _beyond(term, value)
        text = f"({ahead.text} OR ({term.text}=? AND {behind.text}))"
        behind = Sql(text, (*ahead.values, value, *behind.values))
    return behind


def _beyond(term: Term, value: str | int) -> Sql:
    return Sql(f"{term.text}{'<' if term.is_descending else '>'}?", (value,))
