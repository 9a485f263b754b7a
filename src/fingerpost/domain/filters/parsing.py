"""Understanding filters: from a dictionary to an expression, or an error that says where."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, cast

from ..errors import InvalidFilterError, InvalidValueError, LimitExceededError, shown
from . import operands
from .expression import (
    And,
    Compares,
    Condition,
    Contains,
    Equals,
    Exists,
    Expression,
    HasSize,
    IsIn,
    Matches,
    Not,
    Operand,
    Or,
    Order,
    Test,
)
from .fields import FIELDS, FULL_NAME, Field, FieldType, Kind
from .pattern import compiled

DEEPEST: Final = 20
"""Levels of ``$and``, ``$or``, ``$nor`` and ``$not``."""

MOST_CONDITIONS: Final = 200
"""Conditions of one filter."""

MOST_VALUES: Final = 10_000
"""Values in the lists of one filter."""

_LONGEST_FIELD: Final = 100
"""Characters of a wrong name that near ones are looked for."""

_COMBINING: Final = ("$and", "$or", "$nor")
_OPERATORS: Final = (
    "$eq",
    "$ne",
    "$gt",
    "$gte",
    "$lt",
    "$lte",
    "$in",
    "$nin",
    "$all",
    "$size",
    "$exists",
    "$regex",
    "$options",
    "$contains",
    "$not",
    *_COMBINING,
)


def parse_filter(kind: Kind, given: object) -> Expression:
    """Return what a filter says.

    Args:
        kind: what is filtered; it decides which fields there are.
        given: a dictionary, or ``None`` for what all pass.

    Raises:
        InvalidFilterError: names the field, operator or value that is not known, and where.
        LimitExceededError: it is deeper or longer than any filter that a person means.
    """
    return _Parser(kind).expression({} if given is None else given, "", 0)


class _Parser:
    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._fields = FIELDS[kind]
        self._count = 0
        self._listed = 0

    # -- what combines conditions -------------------------------------------------------------

    def expression(self, given: object, where: str, depth: int) -> Expression:
        if depth > DEEPEST:
            raise LimitExceededError("levels of a filter", DEEPEST, depth, "Flatten it.")
        if not isinstance(given, Mapping):
            raise InvalidFilterError(
                where,
                f"{shown(given)} is no filter",
                "a filter is a dictionary of fields",
                "For example {'name': 'zoo'}.",
            )
        items = [self._item(key, value, where, depth) for key, value in given.items()]
        return items[0] if len(items) == 1 else And(tuple(items))

    def _item(self, key: object, value: object, where: str, depth: int) -> Expression:
        place = _joined(where, key)
        if not isinstance(key, str):
            raise self._unknown_field(key, place)
        if key in _COMBINING:
            parts = [
                self.expression(each, f"{place}[{number}]", depth + 1)
                for number, each in enumerate(_several(value, place))
            ]
            return _combined(key, parts)
        if key == "$not":
            return Not(self.expression(value, place, depth + 1))
        if key.startswith("$"):
            raise _unknown_operator(key, place, [*_COMBINING, "$not"])
        field, path = self._field(key, place)
        return self._tests(field, path, value, place, depth)

    def _field(self, key: str, place: str) -> tuple[Field, tuple[str, ...]]:
        name, *path = key.split(".")
        field = self._fields.get(name)
        if field is None:
            raise self._unknown_field(key, place)
        if path and (field.type is not FieldType.JSON or not all(path)):
            raise InvalidFilterError(
                place,
                f"there is no {shown(key)}",
                "only metadata has keys in it, with a '.' between two of them",
                "For example 'metadata.accuracy'.",
            )
        return field, tuple(path)

    def _unknown_field(self, key: object, place: str) -> InvalidFilterError:
        names = ", ".join(sorted({field.name for field in self._fields.values()}))
        near = difflib.get_close_matches(
            str(key)[:_LONGEST_FIELD], [str(name) for name in self._fields], n=1
        )
        return InvalidFilterError(
            place,
            f"there is no field {shown(key)}",
            f"a {self._kind.value} has the fields {names}",
            f"Did you mean {near[0]!r}?" if near else "Use one of those.",
        )

    # -- what is said of a field --------------------------------------------------------------

    def _tests(
        self, field: Field, path: tuple[str, ...], value: object, where: str, depth: int
    ) -> Expression:
        if not _is_operators(value):
            return self._condition(field, path, Equals(operands.operand(field, value, where)))
        if depth > DEEPEST:
            raise LimitExceededError("levels of a filter", DEEPEST, depth, "Flatten it.")
        tests = cast("Mapping[str, object]", value)
        parts = [
            self._operator(field, path, name, tests, f"{where}.{name}", depth)
            for name in tests
            if name != "$options"
        ]
        if "$options" in tests and "$regex" not in tests:
            place = f"{where}.$options"
            expected, remedy = "$options belong to a $regex", "Add {'$regex': …} beside it."
            raise InvalidFilterError(place, "there is no '$regex'", expected, remedy)
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _operator(
        self,
        field: Field,
        path: tuple[str, ...],
        name: object,
        tests: Mapping[str, object],
        where: str,
        depth: int,
    ) -> Expression:
        if not isinstance(name, str) or name not in _OPERATORS:
            raise _unknown_operator(name, where, _OPERATORS)
        value = tests[name]
        if name in _COMBINING:
            parts = [
                self._tests(field, path, each, f"{where}[{number}]", depth + 1)
                for number, each in enumerate(_several(value, where))
            ]
            return _combined(name, parts)
        if name == "$not":
            return Not(self._negated(field, path, value, where, depth))
        if name == "$all":
            found = self._values(field, value, where)
            same = [self._condition(field, path, Equals(each)) for each in found]
            return And(tuple(same)) if same else Or(())
        if name in {"$regex", "$contains"}:
            return self._looks_for(field, path, name, tests, where)
        found_test = self._test(field, name, value, where)
        condition = self._condition(field, path, found_test)
        is_negated = name in {"$ne", "$nin"} or (name == "$exists" and value is False)
        return Not(condition) if is_negated else condition

    def _negated(
        self, field: Field, path: tuple[str, ...], value: object, where: str, depth: int
    ) -> Expression:
        if not _is_operators(value):
            raise InvalidFilterError(
                where,
                f"{shown(value)} does not fit",
                "$not takes operators",
                "For what is not the same write {'$ne': …}.",
            )
        return self._tests(field, path, value, where, depth + 1)

    def _test(self, field: Field, name: str, value: object, where: str) -> Test:
        match name:
            case "$eq" | "$ne":
                return Equals(operands.operand(field, value, where))
            case "$in" | "$nin":
                return IsIn(self._values(field, value, where))
            case "$exists":
                if not isinstance(value, bool):
                    expected = "it is True or False"
                    remedy = "Write it without quotes."
                    raise InvalidFilterError(
                        where, f"{shown(value)} does not fit", expected, remedy
                    )
                return Exists()
            case "$size":
                return self._size(field, value, where)
            case _:
                return Compares(Order(name), operands.ordered_operand(field, value, where))

    def _values(self, field: Field, value: object, where: str) -> tuple[Operand, ...]:
        several = _listed(value, where)
        self._listed += len(several)
        if self._listed > MOST_VALUES:
            remedy = "Ask in several steps."
            raise LimitExceededError("values in a filter", MOST_VALUES, self._listed, remedy)
        return tuple(
            operands.operand(field, each, f"{where}[{number}]")
            for number, each in enumerate(several)
        )

    def _size(self, field: Field, value: object, where: str) -> HasSize:
        if not (field.is_array or field.type is FieldType.JSON):
            expected, remedy = "only arrays have a size", "Ask for 'tag', 'alias' or metadata."
            raise InvalidFilterError(where, f"{field.name!r} is no array", expected, remedy)
        if type(value) is not int or not 0 <= value < 1 << 62:
            expected, remedy = "it is a whole number, 0 or more", "For example 2."
            raise InvalidFilterError(where, f"{shown(value)} does not fit", expected, remedy)
        return HasSize(value)

    def _looks_for(
        self,
        field: Field,
        path: tuple[str, ...],
        name: str,
        tests: Mapping[str, object],
        where: str,
    ) -> Expression:
        text = operands.text_operand(tests[name], where)
        if field.type not in {FieldType.TEXT, FieldType.JSON}:
            expected = f"{field.name!r} holds a {field.type.value}, and {name} looks into text"
            raise InvalidFilterError(
                where, f"{shown(text)} does not fit", expected, "Use '$gt', say."
            )
        if self._kind is Kind.REGISTRY and field.name == "name" and operands.names_prefix(text):
            field = FULL_NAME
        if name == "$contains":
            wanted = operands.folded(text) if field.is_caseless else text
            return self._condition(field, path, Contains(wanted))
        return self._condition(field, path, self._pattern(field, text, tests, where))

    def _pattern(self, field: Field, text: str, tests: Mapping[str, object], where: str) -> Matches:
        options = operands.text_operand(tests.get("$options", ""), f"{where}.$options")
        letters = "".join(sorted({*options, *("i" if field.is_caseless else "")}))
        try:
            compiled(text, letters)
        except InvalidValueError as error:
            problem = f"{error.what} {shown(error.value)} does not fit"
            raise InvalidFilterError(where, problem, error.expected, error.remedy) from error
        return Matches(text, letters)

    def _condition(self, field: Field, path: tuple[str, ...], test: Test) -> Condition:
        self._count += 1
        if self._count > MOST_CONDITIONS:
            remedy = "Use $in for many values of one field."
            raise LimitExceededError("conditions of a filter", MOST_CONDITIONS, self._count, remedy)
        return Condition(field, path, test)


def _joined(where: str, key: object) -> str:
    return f"{where}.{key}" if where else str(key)


def _is_operators(value: object) -> bool:
    return isinstance(value, Mapping) and any(
        isinstance(key, str) and key.startswith("$") for key in value
    )


def _combined(name: str, parts: Sequence[Expression]) -> Expression:
    makers: dict[str, Callable[[tuple[Expression, ...]], Expression]] = {
        "$and": And,
        "$or": Or,
        "$nor": lambda of: Not(Or(of)),
    }
    return makers[name](tuple(parts))


def _listed(value: object, where: str) -> Sequence[object]:
    if not isinstance(value, list | tuple | set | frozenset):
        expected, remedy = "it is a list", "Write it in brackets."
        raise InvalidFilterError(where, f"{shown(value)} does not fit", expected, remedy)
    # The same set has to be the same filter, in another process too.
    return sorted(value, key=repr) if isinstance(value, set | frozenset) else list(value)


def _several(value: object, where: str) -> Sequence[object]:
    found = _listed(value, where)
    if not found:
        expected, remedy = "it is a list of one filter or more", "Leave the operator out."
        raise InvalidFilterError(where, "the list is empty", expected, remedy)
    return found


def _unknown_operator(name: object, where: str, known: Iterable[str]) -> InvalidFilterError:
    names = list(known)
    near = difflib.get_close_matches(str(name)[:_LONGEST_FIELD], names, n=1)
    return InvalidFilterError(
        where,
        f"there is no operator {shown(name)} here",
        f"there are {', '.join(names)}",
        f"Did you mean {near[0]!r}?" if near else "Use one of those.",
    )
