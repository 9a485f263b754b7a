"""Filters where the database cannot be taught patterns, paths in metadata, and identities.

What it can say by itself stays in SQL and narrows down what is looked at. Of the rest it returns
what each condition is about, row by row, and whether the row passes is decided here, by the same
functions that SQLite calls.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from attrs import evolve, frozen

from fingerpost.application.read_models.selection import Selection
from fingerpost.domain.filters import (
    And,
    Condition,
    Expression,
    FieldType,
    Kind,
    Matches,
    Not,
    Or,
)
from fingerpost.domain.filters.documents import passes
from fingerpost.domain.filters.pattern import compiled
from fingerpost.domain.names.alias import version_label

from ..cursor import Row
from ..functions import VERSION_ID
from .columns import PLACES, Array, Place
from .sql import Sql
from .where import where

_NAME: Final = "asked"
_VERSION_ID: Final = "v.collection_id||':'||v.idx"


@frozen
class InMemoryFilters:
    """What of a selection's filters is in SQL, and what is not.

    Attributes:
        selection: with those filters that are in SQL.
        rest: the others; all of them are to hold.
    """

    selection: Selection
    rest: tuple[tuple[Kind, Expression], ...]

    @classmethod
    def of(cls, selection: Selection) -> "InMemoryFilters":
        """Divide the filters of a selection."""
        said: dict[Kind, Expression] = {}
        rest: list[tuple[Kind, Expression]] = []
        for kind, expression in selection.filters.items():
            parts = tuple(_conjuncts(expression))
            said[kind] = And(tuple(part for part in parts if _is_sql(kind, part)))
            rest += [(kind, part) for part in parts if not _is_sql(kind, part)]
        return cls(evolve(selection, filters=said), tuple(rest))

    def columns(self) -> Sql:
        """Return what is to be selected to decide on the rest."""
        asked = [_column(kind, leaf) for kind, leaf in self._leaves()]
        text = ", ".join(f"{each.text} AS {_NAME}{number}" for number, each in enumerate(asked))
        return Sql(text, tuple(value for each in asked for value in each.values))

    def is_passing(self, row: Row) -> bool:
        """Whether a row that has these columns passes the rest."""
        answers = iter(
            [
                _answer(kind, leaf, row[f"{_NAME}{number}"])
                for number, (kind, leaf) in enumerate(self._leaves())
            ]
        )
        held = [_holds(expression, answers) for _, expression in self.rest]
        return all(held)

    def _leaves(self) -> list[tuple[Kind, Condition]]:
        return [(kind, leaf) for kind, expression in self.rest for leaf in _leaves(expression)]


def _conjuncts(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, And):
        for each in expression.of:
            yield from _conjuncts(each)
    else:
        yield expression


def _is_sql(kind: Kind, expression: Expression) -> bool:
    return not any(_is_ours(kind, leaf) for leaf in _leaves(expression))


def _is_ours(kind: Kind, leaf: Condition) -> bool:
    is_pattern = isinstance(leaf.test, Matches)
    return is_pattern or leaf.field.type is FieldType.JSON or _is_version_id(_place(kind, leaf))


def _is_version_id(place: Place) -> bool:
    return not isinstance(place, Array) and place.text.startswith(VERSION_ID)


def _place(kind: Kind, leaf: Condition) -> Place:
    return PLACES[kind][leaf.field.name]


def _leaves(expression: Expression) -> Iterator[Condition]:
    match expression:
        case Condition():
            yield expression
        case And(of) | Or(of):
            for each in of:
                yield from _leaves(each)
        case Not(of):
            yield from _leaves(of)


def _holds(expression: Expression, answers: Iterator[bool]) -> bool:
    match expression:
        case Condition():
            return next(answers)
        case Not(of):
            return not _holds(of, answers)
        case And(several) | Or(several):
            # All are looked at: each condition takes its own answer, whatever the others are.
            held = [_holds(each, answers) for each in several]
            return all(held) if isinstance(expression, And) else any(held)


def _column(kind: Kind, leaf: Condition) -> Sql:
    place = _place(kind, leaf)
    if not _is_ours(kind, leaf):
        return where(kind, leaf)
    if isinstance(place, Array):
        return Sql(f"ARRAY({place.members})")
    return Sql(f"({_VERSION_ID})" if _is_version_id(place) else place.text)


def _answer(kind: Kind, leaf: Condition, found: Any) -> bool:
    place, test = _place(kind, leaf), leaf.test
    if not _is_ours(kind, leaf):
        return bool(found)
    if isinstance(place, Array) and isinstance(test, Matches):
        return any(compiled(test.pattern, test.options).is_in(each) for each in found)
    if _is_version_id(place):
        collection_id, _, index = found.partition(":")
        return passes(str(uuid5(UUID(collection_id), version_label(int(index)))), (), test)
    if leaf.field.type is FieldType.JSON:
        return passes(orjson.loads(found), leaf.path, test)
    return found is not None and passes(found, (), test)


def by_item(rows: Sequence[Row]) -> Mapping[int, Row]:
    """Return rows by what they are about."""
    return {row["item"]: row for row in rows}
