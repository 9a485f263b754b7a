"""What a filter says, once it is understood.

Few kinds of nodes: ``$ne``, ``$nin``, ``$nor`` and ``$exists: false`` are negations of others, and
``$all`` is several conditions.
"""

from datetime import datetime
from enum import Enum
from typing import TypeAlias, Union

from attrs import frozen

from ..metadata.metadata import JsonValue
from .fields import Field

Operand: TypeAlias = JsonValue | datetime
"""A value to compare with; moments are UTC."""


class Order(Enum):
    """How one value is to stand to another."""

    ABOVE = "$gt"
    AT_LEAST = "$gte"
    BELOW = "$lt"
    AT_MOST = "$lte"


@frozen
class Equals:
    """The value, or one of its elements, is this; ``None`` is a missing one too."""

    value: Operand


@frozen
class IsIn:
    """The value, or one of its elements, is one of these."""

    values: tuple[Operand, ...]


@frozen
class Compares:
    """The value, or one of its elements, is of the same type and in this order to another."""

    order: Order
    value: Operand


@frozen
class Exists:
    """There is a value, be it ``None``."""


@frozen
class Matches:
    """A pattern is found in the text, or in one of the texts."""

    pattern: str
    options: str


@frozen
class Contains:
    """The text, or one of the texts, has this in it, letter for letter."""

    text: str


@frozen
class HasSize:
    """It is an array with this many elements."""

    size: int


Test: TypeAlias = Equals | IsIn | Compares | Exists | Matches | Contains | HasSize


@frozen
class Condition:
    """A test of a field, or of what is at a path inside of it."""

    field: Field
    path: tuple[str, ...]
    test: Test


@frozen
class And:
    """All of these hold; none at all do."""

    of: "tuple[Expression, ...]"


@frozen
class Or:
    """One of these holds; none at all do not."""

    of: "tuple[Expression, ...]"


@frozen
class Not:
    """This does not hold."""

    of: "Expression"


Expression: TypeAlias = Union[Condition, And, Or, Not]  # noqa: UP007 - recursive
