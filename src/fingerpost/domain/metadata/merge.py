"""Three-way merges: what one person changed, on top of what others changed meanwhile.

What only one side changed is taken; what both changed in the same way is no conflict; what both
changed differently is a clash that a person has to decide.
"""

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

from attrs import frozen

from ..errors import EditClash
from .metadata import JsonObject, is_same

V = TypeVar("V")

_NOTHING: Final = "nothing"


@frozen
class Change(Generic[V]):
    """A value that somebody read, and what they made of it."""

    before: V
    after: V


def merged_value(what: str, change: Change[V], current: V) -> tuple[V, list[EditClash]]:
    """Return what a value is to be, and the clash if somebody else changed it differently."""
    if current in (change.before, change.after):
        return change.after, []
    return current, [EditClash(what, _said(change.before), _said(current), _said(change.after))]


def merged_metadata(
    change: Change[JsonObject], current: JsonObject
) -> tuple[JsonObject, list[EditClash]]:
    """Return what metadata is to be, and the top-level keys that were changed differently."""
    before, after, result = change.before, change.after, dict(current)
    clashes = []
    for key in _differing(before, after):
        if not (_is_same_at(key, current, before) or _is_same_at(key, current, after)):
            texts = (_text(key, side) for side in (before, current, after))
            clashes.append(EditClash(f"metadata[{key!r}]", *texts))
        elif key in after:
            result[key] = after[key]
        else:
            result.pop(key, None)
    return result, clashes


def _differing(left: JsonObject, right: JsonObject) -> Iterator[str]:
    return (key for key in sorted({*left, *right}) if not _is_same_at(key, left, right))


def _is_same_at(key: str, left: JsonObject, right: JsonObject) -> bool:
    if key not in left or key not in right:
        return (key in left) == (key in right)
    return is_same(left[key], right[key])


def _text(key: str, side: JsonObject) -> str:
    return repr(side[key]) if key in side else _NOTHING


def _said(value: object) -> str:
    if value is None:
        return _NOTHING
    return repr(value) if isinstance(value, str) else str(value)
