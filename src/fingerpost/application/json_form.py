"""The JSON form of rows and objects: what the command line prints and a server can return.

One converter makes all of them, so that a time, an identity or a set looks the same everywhere.
``docs/reference/json-forms.md`` lists the forms.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from math import isfinite
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import attrs

from fingerpost.domain.timestamps import timestamp

if TYPE_CHECKING:
    from cattrs import Converter

Json = dict[str, Any]
"""A JSON object."""


class JsonForm:
    """Gives an attrs class its JSON form: each field under its name.

    A class whose form has other keys says so in ``_json_keys``, or extends :meth:`to_dict`.
    """

    __slots__ = ()

    _json_keys: ClassVar[Mapping[str, str | None]] = MappingProxyType({})
    """Keys of fields that are not called as the field is; ``None`` leaves the field out."""

    def to_dict(self) -> Json:
        """Return its JSON form, which ``json.dumps`` takes as it is."""
        cls: Any = type(self)
        return _form_of(cls)(self)


def plain_json(values: Mapping[str, object]) -> Json:
    """Return a JSON object of values that are not JSON yet.

    Times become text in UTC (RFC 3339), durations seconds, identities 32 hex digits, bytes hex
    digits, enumerations their values, sets sorted lists, tuples lists, and numbers that JSON does
    not have (NaN, infinities) null. What has a ``to_dict()`` of its own becomes that.
    """
    plain: Json = _converter().unstructure(values)
    return plain


@cache
def _form_of(cls: type[Any]) -> Callable[[JsonForm], Json]:
    from cattrs.gen import make_dict_unstructure_fn, override  # noqa: PLC0415 - slow to import

    converter, keys = _converter(), cls._json_keys
    # The class of the value decides, not the annotation: fields are annotated with base classes.
    overrides: dict[str, Any] = {
        field.name: override(
            unstruct_hook=converter.unstructure,
            rename=keys.get(field.name),
            omit=field.name in keys and keys[field.name] is None,
        )
        for field in attrs.fields(cls)
    }
    return make_dict_unstructure_fn(cls, converter, **overrides)


@cache
def _converter() -> "Converter":
    from cattrs import Converter  # noqa: PLC0415 - slow to import, and few programs need it

    converter = Converter()
    hooks: dict[type, Callable[[Any], object]] = {
        str: str,
        float: _number,
        bytes: bytes.hex,
        datetime: timestamp,
        timedelta: timedelta.total_seconds,
        UUID: lambda value: value.hex,
        PurePath: str,
        Enum: lambda value: value.value,
        tuple: lambda value: _list(converter, value),
        list: lambda value: _list(converter, value),
        set: lambda value: _list(converter, sorted(value)),
        frozenset: lambda value: _list(converter, sorted(value)),
        dict: lambda value: _object(converter, value),
        MappingProxyType: lambda value: _object(converter, value),
    }
    for kind, hook in hooks.items():
        converter.register_unstructure_hook(kind, hook)
    converter.register_unstructure_hook_func(
        lambda kind: hasattr(kind, "to_dict"), lambda value: value.to_dict()
    )
    return converter


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


def _list(converter: "Converter", values: Iterable[object]) -> list[Any]:
    return [converter.unstructure(each) for each in values]


def _object(converter: "Converter", values: Mapping[Any, object]) -> Json:
    return {str(key): converter.unstructure(value) for key, value in values.items()}
