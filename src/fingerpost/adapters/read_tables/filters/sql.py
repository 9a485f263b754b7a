"""Pieces of SQL that carry their parameters with them."""

from collections.abc import Sequence
from typing import Final

from attrs import frozen


@frozen
class Sql:
    """A piece of SQL and the values of its ``?``, in their order."""

    text: str
    values: tuple[object, ...] = ()


TRUE: Final = Sql("(1=1)")
FALSE: Final = Sql("(1=0)")


def joined(between: str, parts: Sequence[Sql], empty: Sql) -> Sql:
    """Return conditions that are connected, or what no condition at all comes to."""
    if not parts:
        return empty
    values = tuple(value for part in parts for value in part.values)
    return Sql(f"({between.join(part.text for part in parts)})", values)


def both(*parts: Sql) -> Sql:
    """Return the condition that all of these hold."""
    return joined(" AND ", [part for part in parts if part != TRUE], TRUE)
