"""Whether JSON passes a test, as MongoDB defines it: paths, arrays, types, what is missing.

*Source*: MongoDB's manual, *Query Documents*, *Query an Array*, *Query for Null or Missing Fields*
and *Comparison/Sort Order*. Other than there, the order of a document's keys does not matter.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final

from ..metadata.metadata import JsonValue
from .expression import (
    Compares,
    Contains,
    Equals,
    Exists,
    HasSize,
    IsIn,
    Matches,
    Operand,
    Order,
    Test,
)
from .pattern import compiled


class _Missing(Enum):
    MISSING = 0


_Value = JsonValue | _Missing
_MISSING: Final = _Missing.MISSING

_SIGNS: Final = {
    Order.ABOVE: {1},
    Order.AT_LEAST: {0, 1},
    Order.BELOW: {-1},
    Order.AT_MOST: {-1, 0},
}


def passes(document: JsonValue, path: Sequence[str], test: Test) -> bool:
    """Whether what is at a path in a document passes a test.

    Args:
        document: JSON.
        path: keys; a number is an index, too, and an array stands for each document in it.
        test: what is asked of it; of an array, of the whole or of any element.
    """
    return any(_passes(value, test) for value in _reached(document, path))


def _reached(value: JsonValue, path: Sequence[str]) -> Iterator[_Value]:
    if not path:
        yield value
    elif isinstance(value, list):
        yield from _reached_in_array(value, path)
    elif isinstance(value, dict) and path[0] in value:
        yield from _reached(value[path[0]], path[1:])
    else:
        yield _MISSING


def _reached_in_array(array: list[JsonValue], path: Sequence[str]) -> Iterator[_Value]:
    index = int(path[0]) if path[0].isascii() and path[0].isdecimal() else None
    if index is not None and index < len(array):
        yield from _reached(array[index], path[1:])
    for element in array:
        if isinstance(element, dict):
            yield from _reached(element, path)


def _passes(value: _Value, test: Test) -> bool:
    match test:
        case Exists():
            return not isinstance(value, _Missing)
        case HasSize(size):
            return isinstance(value, list) and len(value) == size
        case _:
            return any(_is_hit(each, test) for each in _with_elements(value))


def _with_elements(value: _Value) -> Iterator[_Value]:
    yield value
    if isinstance(value, list):
        yield from value


def _is_hit(value: _Value, test: Test) -> bool:
    match test:
        case Equals(wanted):
            return _is_same(None if isinstance(value, _Missing) else value, wanted)
        case IsIn(several):
            known = None if isinstance(value, _Missing) else value
            return any(_is_same(known, wanted) for wanted in several)
        case Compares(order, wanted):
            return _type(value) == _type(wanted) and _sign(value, wanted) in _SIGNS[order]
        case Matches(pattern, options):
            return isinstance(value, str) and compiled(pattern, options).is_in(value)
        case Contains(text):
            return isinstance(value, str) and text in value
        case _:
            return False


def _type(value: _Value | Operand) -> str:  # noqa: PLR0911 - one for each type
    # `True` is an `int` in Python, and no number in JSON.
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "array"
        case dict():
            return "document"
        case None:
            return "null"
        case _:
            return "missing"


def _sign(left: _Value, right: Operand) -> int | None:
    """Return -1, 0 or 1 as two values of one type stand to each other, if they do."""
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return (left > right) - (left < right)
    return None


def _is_same(left: Operand, right: Operand) -> bool:
    if _type(left) != _type(right):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_is_same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_is_same(left[key], right[key]) for key in left)
    return left == right
