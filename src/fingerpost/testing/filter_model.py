"""What a filter means, in the simplest way: one dictionary against another.

Written after MongoDB's manual and not after the library's own evaluation, which it is to judge. It
trusts its input: what is not a valid filter is not looked for. Fields go by their first names.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

MISSING: Final = object()
"""Stands for the value of a field that a document has not."""

_TIMES: Final = ("created_at", "updated_at")


def is_passing(filter: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether a document passes a filter."""
    return all(_holds(key, value, document) for key, value in filter.items())


def _holds(key: str, value: Any, document: Mapping[str, Any]) -> bool:  # noqa: ANN401 - JSON
    match key:
        case "$and":
            return all(is_passing(each, document) for each in value)
        case "$or":
            return any(is_passing(each, document) for each in value)
        case "$nor":
            return not any(is_passing(each, document) for each in value)
        case "$not":
            return not is_passing(value, document)
    found = values_at(document, key.split("."))
    return _said(found, value, _typed(key))


def values_at(value: Any, path: Sequence[str]) -> list[Any]:  # noqa: ANN401 - JSON
    """Return all values that a path leads to."""
    if not path:
        return [value]
    if isinstance(value, dict):
        return values_at(value[path[0]], path[1:]) if path[0] in value else [MISSING]
    if not isinstance(value, list):
        return [MISSING]
    by_index = re.fullmatch("[0-9]+", path[0]) and int(path[0]) < len(value)
    found = values_at(value[int(path[0])], path[1:]) if by_index else []
    return found + [
        deep for each in value if isinstance(each, dict) for deep in values_at(each, path)
    ]


def _said(found: list[Any], said: Any, typed: Any) -> bool:  # noqa: ANN401 - JSON
    if isinstance(said, dict) and any(name.startswith("$") for name in said):
        return all(_operator(found, name, said, typed) for name in said if name != "$options")
    return _operator(found, "$eq", {"$eq": said}, typed)


def _operator(found: list[Any], name: str, said: Mapping[str, Any], typed: Any) -> bool:  # noqa: ANN401, C901, PLR0911, PLR0912 - JSON; one for each operator
    operand = said[name]
    each = [*found, *(inner for value in found if isinstance(value, list) for inner in value)]
    texts = [value for value in each if isinstance(value, str)]
    match name:
        case "$and":
            return all(_said(found, inner, typed) for inner in operand)
        case "$or":
            return any(_said(found, inner, typed) for inner in operand)
        case "$nor":
            return not any(_said(found, inner, typed) for inner in operand)
        case "$not":
            return not _said(found, operand, typed)
        case "$eq":
            return any(_is_same(value, typed(operand)) for value in each)
        case "$ne":
            return not any(_is_same(value, typed(operand)) for value in each)
        case "$in":
            return any(_is_same(value, typed(one)) for value in each for one in operand)
        case "$nin":
            return not any(_is_same(value, typed(one)) for value in each for one in operand)
        case "$all":
            return bool(operand) and all(
                any(_is_same(value, typed(one)) for value in each) for one in operand
            )
        case "$size":
            return any(isinstance(value, list) and len(value) == operand for value in found)
        case "$exists":
            return any(value is not MISSING for value in found) is operand
        case "$regex":
            flags = re.RegexFlag(0)
            for letter in said.get("$options", ""):
                flags |= re.RegexFlag[letter.upper()]
            return any(re.search(operand, text, flags) for text in texts)
        case "$contains":
            return any(operand in text for text in texts)
        case _:
            return any(_compares(value, name, typed(operand)) for value in each)


def _compares(value: Any, name: str, operand: Any) -> bool:  # noqa: ANN401 - JSON
    if _kind(value) != _kind(operand) or _kind(value) not in {"number", "text", "boolean", "time"}:
        return False
    outcomes = {
        "$gt": value > operand,
        "$gte": value >= operand,
        "$lt": value < operand,
        "$lte": value <= operand,
    }
    return bool(outcomes[name])


def _is_same(value: Any, operand: Any) -> bool:  # noqa: ANN401 - JSON
    value = None if value is MISSING else value
    if _kind(value) != _kind(operand):
        return False
    if isinstance(value, list):
        return len(value) == len(operand) and all(map(_is_same, value, operand))
    if isinstance(value, dict):
        is_alike = value.keys() == operand.keys()
        return is_alike and all(_is_same(value[key], operand[key]) for key in value)
    return bool(value == operand)


def _kind(value: Any) -> str:  # noqa: ANN401 - JSON
    kinds = {bool: "boolean", int: "number", float: "number", str: "text", datetime: "time"}
    return kinds.get(type(value), type(value).__name__)


def _typed(key: str) -> Any:  # noqa: ANN401 - a function
    if key in _TIMES:
        return _moment
    return _number if key == "version" else (lambda operand: operand)


def _moment(operand: Any) -> Any:  # noqa: ANN401 - what was written
    moment = datetime.fromisoformat(operand) if isinstance(operand, str) else operand
    return moment.replace(tzinfo=UTC) if moment is not None and not moment.tzinfo else moment


def _number(operand: Any) -> Any:  # noqa: ANN401 - what was written
    return int(operand[1:]) if isinstance(operand, str) else operand
