"""Metadata: JSON that somebody attached to a version.

One documented treatment for what Python has and JSON has not: NaN becomes ``None``, tuples become
lists, sets become sorted lists, bytes become text (UTF-8), integer keys become text. Infinities and
other objects are refused.

*Source*: W&B's class reference, ``metadata``.
"""

import json
import math
from collections.abc import Mapping
from typing import Final, TypeAlias, Union

from ..errors import InvalidMetadataError, LimitExceededError
from ..names.text import is_unicode, plain

JsonValue: TypeAlias = Union[  # noqa: UP007 - a recursive alias cannot be written with | in 3.11
    bool, int, float, str, list["JsonValue"], dict[str, "JsonValue"], None
]
JsonObject: TypeAlias = dict[str, JsonValue]

MOST_KEYS: Final = 100
"""Top-level keys of one version's metadata. *Source*: W&B's class reference."""

DEEPEST: Final = 64
"""Levels of nesting: deeper than any real document, and safe for every JSON reader."""

MOST_VALUES: Final = 1_000_000
"""Values in one version's metadata, at all levels: some 20 MB, which are in memory whenever the
version is. What is larger is a file."""

_PLAIN: Final = (str, int, float, type(None))

LARGEST_INTEGER: Final = 2**63
"""JSON integers beyond 64 bits are read differently from program to program."""


def normalized(
    metadata: Mapping[str, object] | Mapping[object, object] | None,
    what: str = "metadata",
) -> JsonObject:
    """Return a deep copy that is plain JSON.

    Args:
        metadata: a mapping, or ``None`` for an empty one.
        what: how messages call it.

    Raises:
        InvalidMetadataError: an infinity, an object that is not JSON, or nesting beyond 64 levels.
        LimitExceededError: more than 100 top-level keys, or 1,000,000 values at all levels.
    """
    if metadata is None:
        return {}
    if not isinstance(metadata, Mapping):
        raise _invalid(metadata, what, f"{what} is a dictionary")
    if len(metadata) > MOST_KEYS:
        raise LimitExceededError(
            f"{what} keys", MOST_KEYS, len(metadata), "Nest them, or store them as a file."
        )
    _require_few(metadata, what)
    return _mapping(metadata, what, 1)


def _require_few(metadata: object, what: str) -> None:
    # Before anything is copied: lists that hold each other several times over are a few lines of
    # Python, and more values than there is memory.
    count, pending = 0, [(metadata, 0)]
    while pending:
        value, depth = pending.pop()
        if not isinstance(value, Mapping | list | tuple | set | frozenset):
            continue
        count += len(value)
        if count > MOST_VALUES:
            raise LimitExceededError(f"{what} values", MOST_VALUES, count, "Store them as a file.")
        if depth < DEEPEST:
            inside = value.values() if isinstance(value, Mapping) else value
            pending.extend((item, depth + 1) for item in inside if not isinstance(item, _PLAIN))


def _mapping(
    value: Mapping[str, object] | Mapping[object, object], where: str, depth: int
) -> JsonObject:
    plain: JsonObject = {}
    for key, item in value.items():
        name = _key(key, where)
        if name in plain:
            raise _invalid(key, where, f"two keys become {name!r}")
        plain[name] = _value(item, f"{where}[{name!r}]", depth + 1)
    return plain


def _key(key: object, where: str) -> str:
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise _invalid(key, where, "keys are text or integers")
    return _text(key if isinstance(key, str) else str(key), where)


def _value(value: object, where: str, depth: int) -> JsonValue:
    if depth > DEEPEST:
        raise _invalid(type(value).__name__, where, f"values nest at most {DEEPEST} levels")
    if value is None or isinstance(value, bool):
        return value
    match value:
        case int() | float() | str() | bytes():
            return _scalar(value, where)
        case Mapping():
            return _mapping(value, where, depth)
        case list() | tuple():
            return [_value(item, f"{where}[{n}]", depth + 1) for n, item in enumerate(value)]
        case set() | frozenset():
            items = [_value(item, where, depth + 1) for item in value]
            return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
        case _:
            raise _invalid(value, where, "values are JSON: text, numbers, true, false, null, lists")


def _scalar(value: float | str | bytes, where: str) -> JsonValue:
    match value:
        case int():
            return _integer(value, where)
        case float():
            return _float(value, where)
        case str():
            return _text(value, where)
        case bytes():
            return _bytes(value, where)


def _integer(value: int, where: str) -> int:
    if abs(value) >= LARGEST_INTEGER:
        raise _invalid(value, where, "integers have at most 64 bits; store larger ones as text")
    return int(value)


def _float(value: float, where: str) -> float | None:
    if math.isinf(value):
        raise _invalid(value, where, "infinities are not JSON")
    return None if math.isnan(value) else float(value)


def _text(value: str, where: str) -> str:
    text = plain(value)
    if text is None or not is_unicode(text):
        raise _invalid(value, where, "text is valid Unicode")
    return text


def _bytes(value: bytes, where: str) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise _invalid(
            value, where, "bytes are UTF-8 text; encode others, with base64 say"
        ) from None


def _invalid(value: object, where: str, expected: str) -> InvalidMetadataError:
    return InvalidMetadataError(where, value, expected, "Convert the value before you set it.")


def is_same(left: JsonValue, right: JsonValue) -> bool:
    """Whether two values are the same JSON. Python's ``==`` takes 1, 1.0 and true for equal."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
