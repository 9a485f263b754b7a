"""From what a filter says to a condition in SQL.

Each condition is true or false and never NULL, so that ``NOT`` turns one into the other.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from fingerpost.domain.filters import (
    And,
    Compares,
    Condition,
    Contains,
    Equals,
    Exists,
    Expression,
    FieldType,
    HasSize,
    IsIn,
    Kind,
    Matches,
    Not,
    Or,
    Test,
)
from fingerpost.domain.filters.expression import Operand, Order

from ..cursor import to_micros
from ..functions import MATCHES, MATCHES_JSON, write_test
from .columns import PLACES, Array, Column
from .sql import FALSE, TRUE, Sql, joined

_SIGNS: Final = {Order.ABOVE: ">", Order.AT_LEAST: ">=", Order.BELOW: "<", Order.AT_MOST: "<="}


def where(kind: Kind, expression: Expression) -> Sql:
    """Return the condition that what passes the filter meets."""
    match expression:
        case Condition():
            return _condition(kind, expression)
        case And(of):
            return joined(" AND ", [where(kind, each) for each in of], TRUE)
        case Or(of):
            return joined(" OR ", [where(kind, each) for each in of], FALSE)
        case Not(of):
            inner = where(kind, of)
            return Sql(f"(NOT {inner.text})", inner.values)


def _condition(kind: Kind, condition: Condition) -> Sql:
    place = PLACES[kind][condition.field.name]
    if isinstance(place, Array):
        return _of_array(place, condition.test)
    if condition.field.type is FieldType.JSON:
        return Sql(
            f"{MATCHES_JSON}({place.text}, ?)", (write_test(condition.path, condition.test),)
        )
    return _of_column(place, condition.test)


def _of_column(column: Column, test: Test) -> Sql:
    if column.identity is not None and isinstance(test, Equals | IsIn):
        return _of_column(Column(column.identity), _of_identities(test))
    match test:
        case Exists():
            return Sql(f"({column.text} IS NOT NULL)") if column.is_null else TRUE
        case Equals(None):
            return Sql(f"({column.text} IS NULL)") if column.is_null else FALSE
        case IsIn(values) if None in values:
            others = IsIn(tuple(value for value in values if value is not None))
            return joined(
                " OR ", [_of_column(column, Equals(None)), _of_column(column, others)], FALSE
            )
        case _:
            found = _of_value(column.text, test)
            if not column.is_null:
                return found
            return Sql(f"({column.text} IS NOT NULL AND {found.text})", found.values)


def _of_value(value: str, test: Test) -> Sql:
    """Return a condition on a value that is there."""
    match test:
        case Equals(wanted):
            return Sql(f"({value}=?)", (_stored(wanted),))
        case IsIn(several) if several:
            marks = ",".join("?" * len(several))
            return Sql(f"({value} IN ({marks}))", tuple(map(_stored, several)))
        case Compares(order, wanted):
            return Sql(f"({value}{_SIGNS[order]}?)", (_stored(wanted),))
        case Matches(pattern, options):
            return Sql(f"{MATCHES}(?, ?, {value})", (pattern, options))
        case Contains(text):
            return Sql(f"(instr({value}, ?)>0)", (text,))
        case _:
            return FALSE


def _of_array(array: Array, test: Test) -> Sql:
    match test:
        case Exists():
            return Sql(f"EXISTS ({array.members})")
        case Equals(None):
            return Sql(f"(NOT EXISTS ({array.members}))")
        case HasSize(size):
            # Without a value there is no array, and so none of size 0.
            if not size:
                return FALSE
            return Sql(f"((SELECT COUNT(*) FROM ({array.members}) members)=?)", (size,))
        case IsIn(values) if None in values:
            others = IsIn(tuple(value for value in values if value is not None))
            return joined(" OR ", [_of_array(array, Equals(None)), _of_array(array, others)], FALSE)
        case _:
            found = _of_value(array.value, test)
            holders = array.holders.replace("{test}", found.text)
            return Sql(
                f"({array.key} IN ({holders}))", found.values * array.holders.count("{test}")
            )


def _of_identities(test: Equals | IsIn) -> Equals | IsIn:
    if isinstance(test, Equals):
        return Equals(_hex(test.value))
    return IsIn(tuple(_hex(value) for value in test.values))


def _hex(value: Operand) -> Operand:
    try:
        return UUID(value).hex if isinstance(value, str) else value
    except ValueError:
        return value


def _stored(value: Operand) -> object:
    return to_micros(value) if isinstance(value, datetime) else value
