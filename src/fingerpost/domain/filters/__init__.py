"""Filters in the style of MongoDB: their fields, their operators, and what they mean."""

from .expression import (
    All,
    Any,
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
    Test,
)
from .fields import FIELDS, Field, FieldType, Kind
from .parsing import parse_filter

__all__ = [
    "FIELDS",
    "All",
    "Any",
    "Compares",
    "Condition",
    "Contains",
    "Equals",
    "Exists",
    "Expression",
    "Field",
    "FieldType",
    "HasSize",
    "IsIn",
    "Kind",
    "Matches",
    "Not",
    "Test",
    "parse_filter",
]
