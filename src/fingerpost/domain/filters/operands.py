"""The values in filters: of the type of their field, never converted from one to another."""

import math
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from ..errors import InvalidFilterError, InvalidMetadataError, LimitExceededError, shown
from ..metadata.metadata import LARGEST_INTEGER, JsonValue, normalized
from ..names.alias import version_index
from ..names.names import RegistryName
from ..names.text import is_unicode
from .expression import Operand
from .fields import Field, FieldType

_REGISTRY_PREFIX: Final = "wandb-registry-"

_EXPECTED: Final = {
    FieldType.TEXT: ("it is text", "Write it as text, in quotes."),
    FieldType.NUMBER: ("it is a number", "Write it as a number, without quotes."),
    FieldType.TIME: (
        "it is a datetime, or a date or time in ISO 8601, UTC where no offset is given",
        "For example '2026-03-03' or '2026-03-03T12:00:00Z'.",
    ),
    FieldType.VERSION: ("it is a version", "For example 3 or 'v3'."),
}


def operand(field: Field, value: object, where: str) -> Operand:
    """Return a value that the field can be compared with for being the same.

    Raises:
        InvalidFilterError: it has another type than the field.
    """
    if field.type is FieldType.JSON:
        return _json(value, where)
    if value is None:
        return None
    found = _typed(field, value)
    if found is None:
        expected, remedy = _EXPECTED[field.type]
        if field.is_array and isinstance(value, list | tuple | set | frozenset):
            remedy = "For one of several write {'$in': […]}, for all of them {'$all': […]}."
        raise InvalidFilterError(where, f"{shown(value)} does not fit", expected, remedy)
    return found


def ordered_operand(field: Field, value: object, where: str) -> Operand:
    """Return a value that the field can be above or below.

    Raises:
        InvalidFilterError: nothing is above or below it.
    """
    found = operand(field, value, where)
    if found is None or isinstance(found, list | dict):
        raise InvalidFilterError(
            where,
            f"{shown(value)} does not fit",
            "only text, numbers, true and false have an order",
            "Compare with one of those.",
        )
    return found


def text_operand(value: object, where: str) -> str:
    """Return text to look for.

    Raises:
        InvalidFilterError: it is no text.
    """
    if not isinstance(value, str) or not is_unicode(value):
        raise InvalidFilterError(where, f"{shown(value)} does not fit", "it is text", "Pass text.")
    return str(value)


def folded(text: str) -> str:
    """Return text of a field whose letter case does not matter, as it is compared."""
    return RegistryName.key_of(text)


def unprefixed(text: str) -> str:
    """Return a registry's name without ``wandb-registry-``."""
    return text[len(_REGISTRY_PREFIX) :] if is_prefixed(text) else text


def is_prefixed(text: str) -> bool:
    """Whether text spells ``wandb-registry-`` out."""
    return text.lower().startswith(_REGISTRY_PREFIX)


def names_prefix(text: str) -> bool:
    """Whether a pattern or a part of a name speaks of ``wandb-registry-``."""
    return _REGISTRY_PREFIX in text.lower()


def _typed(field: Field, value: object) -> str | int | float | datetime | None:
    match field.type:
        case FieldType.TEXT:
            return _text(field, value)
        case FieldType.NUMBER:
            return _number(value)
        case FieldType.TIME:
            return _moment(value)
        case FieldType.VERSION:
            return version_index(value) if isinstance(value, str) else _number(value)
        case FieldType.JSON:  # pragma: no cover - handled by the caller
            return None


def _text(field: Field, value: object) -> str | None:
    if not isinstance(value, str) or not is_unicode(value):
        return None
    if not field.is_caseless:
        # Names and labels were normalized when they were given, and free text was not.
        return unicodedata.normalize("NFC", value) if field.is_label else str(value)
    return folded(unprefixed(value) if field.name == "name" else value)


def _number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    return None if isinstance(value, int) and abs(value) >= LARGEST_INTEGER else value


def _moment(value: object) -> datetime | None:
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(moment, datetime):
        return None
    try:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except OverflowError:
        return None


def _json(value: object, where: str) -> JsonValue:
    if isinstance(value, float) and math.isinf(value):
        return value
    if isinstance(value, float) and math.isnan(value):
        problem, remedy = "nan does not fit", "Metadata has null in its place: write None."
        raise InvalidFilterError(where, problem, "nothing equals it", remedy)
    if isinstance(value, Mapping):
        _require_no_operator(value, where)
    try:
        return normalized({"": value}, "value")[""]
    except (InvalidMetadataError, LimitExceededError) as error:
        raise InvalidFilterError(
            where, f"{shown(value)} does not fit", "it is JSON", str(error)
        ) from error


def _require_no_operator(value: Mapping[object, object], where: str) -> None:
    for key in value:
        if isinstance(key, str) and key.startswith("$"):
            raise InvalidFilterError(
                where,
                f"{shown(key)} stands inside a value",
                "a dictionary without operators is compared as a whole",
                "Write the path as the field: {'metadata.KEY': {'$gt': 1}}.",
            )
        inner = value[key]
        if isinstance(inner, Mapping):
            _require_no_operator(inner, f"{where}.{key}")
